import { get, getIfAny, path, post } from "../../api/client.js";
import { may } from "../../api/session.js";
import { el, fill } from "../../dom/element.js";
import { duration, moment } from "../../dom/format.js";
import { every } from "../../dom/poll.js";
import { actionButton, announce, badge, card, confirmed, problem } from "../../dom/parts.js";
import { link } from "../../router.js";
import { runsOf, submissionOf } from "../study/context.js";
import { design } from "./design.js";
import { logEnd } from "./preview.js";
import { artifactsCard, attemptsCard, outputsCard, provenanceCard } from "./records.js";
import { runTelemetry } from "./telemetry.js";
import { breachedCondition, why } from "./why.js";

/**
 * @typedef {import("../../api/types.js").Job} Job
 * @typedef {import("../../api/types.js").Result} Result
 * @typedef {import("../../api/types.js").Overview} Overview
 */

const TERMINAL = new Set(["Completed", "Failed", "Timeout", "Cancelled"]);

/**
 * One run: why it failed, telemetry, parameters, log, files, attempts, and what it was made with.
 *
 * @param {HTMLElement} root
 * @param {import("../../router.js").Address} address
 * @param {AbortSignal} signal
 * @returns {Promise<() => void>}
 */
export async function showRun(root, { parts }, signal) {
  const id = parts[1] ?? "";
  let job = /** @type {Job} */ (await get(path("jobs", id), signal));
  const batch = job.batch_id;
  const run = job.run_config.run_index;
  const [overview, submission] = await Promise.all([
    /** @type {Promise<Overview>} */ (get(path("batches", batch), signal)),
    submissionOf(batch).catch(() => null),
  ]);
  const total = overview.batch.total_jobs;
  const runs = runsOf(overview);
  const name = run === overview.nominal_run ? `Nominal run (${run})` : `Run ${run}`;
  document.title = `${name} · lynx-runner`;

  const head = el("div", { class: "stack" });
  const reason = el("div");
  const plots = runTelemetry(id, signal);
  const parameters = design(job, runs, submission);
  const outputs = el("div");
  const log = el("div");
  const files = el("div");
  const attempts = el("div");
  const origin = el("div");
  fill(root,
    el("div", { class: "stack" },
      head,
      reason,
      plots.element,
      el("div", { class: "grid-2" }, parameters.element, el("div", { class: "stack" }, outputs, log)),
      files,
      attempts,
      origin,
    ),
  );

  function drawHead() {
    const neighbour = (/** @type {number} */ other, /** @type {string} */ text) => (other >= 0 && other < total ? el(
      "a",
      { class: "button", href: link(["run", `${batch}-${other}`]) },
      text,
    ) : null);
    const isOver = TERMINAL.has(job.status);
    const cancel = isOver || !may("submit") ? null : actionButton("Cancel the run", async () => {
      if (!(await confirmed(`Cancel run ${run}? If it runs, it is killed.`, "Cancel the run"))) return;
      job = await post(`${path("jobs", id)}/cancel`);
      await read();
    }, { kind: "danger" });
    const hasFailed = job.status === "Failed" || job.status === "Timeout";
    const retry = hasFailed && may("submit") ? actionButton("Retry the run", async () => {
      await post(`${path("batches", batch)}/retry`, { runs: [run] });
      announce(`Run ${run} is queued again.`);
      await read();
    }) : null;
    const { started_at, completed_at } = job;
    const seconds = started_at && completed_at ? (Date.parse(completed_at) - Date.parse(started_at)) / 1000 : NaN;
    const took = Number.isNaN(seconds) ? "" : ` · took ${duration(seconds)}`;
    fill(head, el("div", { class: "study-head" },
      el("div", { class: "title" },
        el("div", { class: "row" }, el("h1", {}, name), badge(job.status)),
        el("p", { class: "muted small break" },
          "of ",
          el("a", { href: link(["study", batch]) }, overview.batch.name),
          ` · `,
          el("span", { class: "mono" }, id),
          job.started_at ? ` · began ${moment(job.started_at)}` : "",
          took,
        )),
      el("div", { class: "actions" }, neighbour(run - 1, "‹ Previous"), neighbour(run + 1, "Next ›"), retry, cancel)),
    job.pending_reason ? el("p", { class: "notice warn" }, `Waiting: ${job.pending_reason}`) : null);
  }

  async function read() {
    job = /** @type {Job} */ (await get(path("jobs", id), signal));
    drawHead();
    const isOver = TERMINAL.has(job.status);
    const base = path("jobs", id);
    const [result, tries, artifacts, runner] = await Promise.all([
      isOver ? /** @type {Promise<Result | null>} */ (getIfAny(`${base}/results?telemetry=summary`, signal)) : null,
      /** @type {Promise<{attempts: import("../../api/types.js").Attempt[]}>} */ (get(`${base}/attempts`, signal)),
      /** @type {Promise<{artifacts: import("../../api/types.js").Artifact[]} | null>} */ (getIfAny(`${base}/artifacts`, signal)),
      job.assigned_runner ? /** @type {Promise<import("../../api/types.js").Runner | null>} */ (getIfAny(
        path("runners", job.assigned_runner),
        signal,
      ).catch(() => null)) : null,
      plots.read(),
    ]);
    const met = breachedCondition(result, submission);
    const conditions = submission?.config.early_termination?.conditions ?? (met ? [met] : []);
    plots.explain(conditions, result?.metadata.breach);
    // What other runs did makes sense of a breach, but is not worth waiting for.
    fill(reason, why(job, result, submission, null));
    if (result?.metadata.breach) {
      void getIfAny(`${path("batches", batch)}/statistics`, signal).then(
        (answer) => fill(reason, why(job, result, submission, /** @type {any} */ (answer))),
        () => {},
      );
    }
    fill(outputs, outputsCard(result));
    fill(files, artifactsCard(job, artifacts?.artifacts ?? [], signal));
    const names = new Map(runner ? [[runner.runner_id, runner.name]] : []);
    fill(attempts, attemptsCard(tries.attempts, names));
    fill(origin, provenanceCard(job, result, runner));
    await readLogs();
  }

  async function readLogs() {
    const streams = await Promise.all(["stderr", "stdout"].map(async (stream) => {
      const block = await logEnd(`${path("jobs", id)}/logs/${stream}`, signal);
      return block && el("div", {},
        el("h3", {}, stream === "stderr" ? "Errors and warnings (stderr)" : "Output (stdout)"),
        block,
      );
    }));
    fill(log,
      card("The end of its log", {},
        streams.some(Boolean) ? el("div", { class: "stack" }, streams) : el("p", { class: "muted" },
          TERMINAL.has(job.status) ? "The simulation printed nothing." : "The log comes when the run has ended.",
        ),
      ),
    );
  }

  drawHead();
  await read();
  if (!runs.isLoaded) void runs.load(signal).then(
    () => parameters.draw(),
    (error) => { if (!signal.aborted) parameters.element.append(problem(error)); },
  );
  let isSettled = TERMINAL.has(job.status);
  every(2, async () => {
    if (isSettled) return;
    const before = job.status;
    const next = /** @type {Job} */ (await get(path("jobs", id), signal));
    if (next.status !== before || TERMINAL.has(next.status)) await read();
    else await plots.read();
    isSettled = TERMINAL.has(next.status);
  }, signal, (error) => announce(/** @type {Error} */ (error).message, true));
  return () => {
    plots.remove();
    parameters.remove();
  };
}
