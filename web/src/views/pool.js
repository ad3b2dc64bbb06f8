import { get, getIfAny, path, post } from "../api/client.js";
import { hasTokens, may } from "../api/session.js";
import { el, fill } from "../dom/element.js";
import { ago, grouped, number, plural, size } from "../dom/format.js";
import { every } from "../dom/poll.js";
import { actionButton, badge, card, confirmed, problem } from "../dom/parts.js";
import { link } from "../router.js";
import { accessCard } from "./access.js";

/**
 * @typedef {import("../api/types.js").Runner} Runner
 * @typedef {import("../api/types.js").Batch} Batch
 * @typedef {import("../api/types.js").Overview} Overview
 */

const MOST_BATCHES = 20;

/**
 * The runners, what each does, the queue by study, and for administrators who may use the pool.
 *
 * @param {HTMLElement} root
 * @param {import("../router.js").Address} _
 * @param {AbortSignal} signal
 * @returns {Promise<() => void>}
 */
export async function showPool(root, _, signal) {
  document.title = "Pool · lynx-runner";
  const runners = el("div", { class: "stack" });
  const queue = el("div");
  const trouble = el("div");
  fill(root, el("div", { class: "stack" }, trouble, card("Runners", {}, runners), card("Queue", {}, queue),
    hasTokens() && may("admin") ? accessCard(signal) : null));

  async function read() {
    const { runners: list } = /** @type {{runners: Runner[]}} */ (await get("/runners?limit=1000", signal));
    fill(runners,
      list.length === 0 ? el("p", { class: "muted" },
        "No runner has registered. Start one: runner-host --config runner.yaml",
      ) : [summary(list), ...list.map((runner) => runnerRow(runner, read))],
    );
    fill(queue, await queueTable(signal));
    fill(trouble);
  }

  await read();
  every(2, read, signal, (error) => fill(trouble, problem(error)));
  return () => {};
}

/** @param {Runner[]} list */
function summary(list) {
  const online = list.filter(({ status }) => status !== "Offline");
  const slots = online.reduce((sum, { capabilities }) => sum + capabilities.max_concurrent_jobs, 0);
  const used = online.reduce((sum, { current_jobs }) => sum + current_jobs.length, 0);
  return el("p", {},
    `${plural(online.length, "runner")} of ${grouped(list.length)} online, ${grouped(used)} of ${plural(slots, "slot")} used.`,
  );
}

/**
 * @param {Runner} runner
 * @param {() => Promise<void>} onDone
 */
function runnerRow(runner, onDone) {
  const { capabilities, current_jobs, engines, quarantine, status } = runner;
  const base = path("runners", runner.runner_id);
  const free = Math.max(0, capabilities.max_concurrent_jobs - current_jobs.length);
  const slots = el("div", {
    class: "slots",
    "aria-label": `${current_jobs.length} of ${capabilities.max_concurrent_jobs} slots used`,
  },
    current_jobs.slice(0, 64).map((job) => el("a", { class: "slot is-used", href: link(["run", job]), title: job },
      `run ${job.split("-").pop()}`,
    )),
    Array.from({ length: Math.min(free, 64) }, () => el("span", { class: "slot" }, "free")));
  const isDrained = status === "Maintenance";
  const action = !may("admin") || status === "Offline" ? null : isDrained
    ? actionButton("Resume", async () => { await post(`${base}/resume`); await onDone(); }, { kind: "primary" })
    : actionButton("Drain", async () => {
      if (!(await confirmed(`Drain ${runner.name}? It gets no more runs; those that it does run out.`, "Drain it"))) return;
      await post(`${base}/drain`);
      await onDone();
    });
  return el("div", { class: "notice" },
    el("div", { class: "row spread" },
      el("div", { class: "row" },
        el("strong", { class: "break" }, runner.name),
        badge(status),
        el("span", { class: "muted small" },
          machineOf(runner),
        ),
      ),
      action),
    quarantine ? el("p", { class: "break" },
      "Quarantined: ",
      quarantine.reason,
      ". It gets runs again when it is resumed.",
    ) : null,
    slots,
    engines.map(({ id, version, warm_workers }) => el("div", { class: "small" },
      `engine ${id} ${version}`,
      (warm_workers ?? []).map((worker) => el("div", { class: "muted break" }, warmWorker(worker))))));
}

/** @param {Runner} runner */
function machineOf({ capabilities, version, last_heartbeat_at }) {
  const { cpu_cores, memory_gb, gpu_available, supported_simulation_types } = capabilities;
  const size = `${cpu_cores} cores, ${number(memory_gb, 3)} GB${gpu_available ? ", GPU" : ""}`;
  return [size, supported_simulation_types.join(", "), `version ${version}`, `heard ${ago(last_heartbeat_at)}`].join(" · ");
}

/** @param {import("../api/types.js").WarmWorker} worker */
function warmWorker({ entrypoint, state, message, jobs_started, rss_bytes, modules, modules_warm }) {
  const parts = [message ? `${state}, ${message}` : state, `${plural(jobs_started, "run")} started`];
  if (rss_bytes) parts.push(size(rss_bytes));
  if (modules) parts.push(`${grouped(modules_warm ?? 0)} of ${grouped(modules)} modules warm`);
  return `warm worker ${entrypoint}: ${parts.join(", ")}`;
}

/** @param {AbortSignal} signal */
async function queueTable(signal) {
  const states = await Promise.all(
    ["Running", "Pending"].map(
      (status) => /** @type {Promise<{batches: Batch[]}>} */ (get(`/batches?status=${status}&limit=${MOST_BATCHES}`, signal)),
    ),
  );
  const open = states.flatMap(({ batches }) => batches);
  if (open.length === 0) return el("p", { class: "muted" }, "Nothing waits and nothing runs.");
  const overviews = await Promise.all(
    open.map(({ batch_id }) => /** @type {Promise<Overview | null>} */ (getIfAny(path("batches", batch_id), signal))),
  );
  const rows = overviews.flatMap((overview) => {
    if (!overview) return [];
    const { batch, jobs_by_status, pending_reason, unroutable } = overview;
    return [el("tr", {},
      el("td", { class: "break" }, el("a", { href: link(["study", batch.batch_id]) }, batch.name)),
      el("td", { class: "number" }, grouped((jobs_by_status.Running ?? 0) + (jobs_by_status.Claimed ?? 0))),
      el("td", { class: "number" }, grouped(jobs_by_status.Pending ?? 0)),
      el("td", { class: "break small" }, unroutable ?? pending_reason ?? "the next runner that asks"))];
  });
  const heads = ["Study", "Running", "Waiting", "Waits for"].map((text) => el("th", { scope: "col" }, text));
  return el("div", { class: "scroll-x" },
    el("table", { class: "plain" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows)),
  );
}
