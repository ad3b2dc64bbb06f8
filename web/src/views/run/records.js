import { artifactPath, path } from "../../api/client.js";
import { el, fill } from "../../dom/element.js";
import { duration, moment, number, size } from "../../dom/format.js";
import { badge, card, command, problem } from "../../dom/parts.js";
import { canPreview, preview } from "./preview.js";

/**
 * @typedef {import("../../api/types.js").Job} Job
 * @typedef {import("../../api/types.js").Result} Result
 * @typedef {import("../../api/types.js").Attempt} Attempt
 * @typedef {import("../../api/types.js").Artifact} Artifact
 * @typedef {import("../../api/types.js").Runner} Runner
 */

/**
 * The attempts at a run, and why each ended.
 *
 * @param {Attempt[]} attempts
 * @param {Map<string, string>} names Of runners, by id.
 */
export function attemptsCard(attempts, names) {
  const heads = ["#", "Ended", "Why", "Runner", "Began", "Took"].map((text) => el("th", { scope: "col" }, text));
  const rows = attempts.map(({ attempt, outcome, message, runner_id, claimed_at, started_at, ended_at }) => {
    const began = started_at ?? claimed_at;
    return el("tr", {}, el("td", {}, attempt), el("td", {},
      outcome ? badge(outcome) : badge("Running"),
    ), el("td", { class: "break" }, message ?? "–"),
      el("td", { class: "break", title: runner_id }, names.get(runner_id) ?? runner_id), el("td", {}, moment(began)), el(
        "td",
        { class: "number" },
        ended_at ? duration((Date.parse(ended_at) - Date.parse(began)) / 1000) : "–",
      ));
  });
  return card("Attempts", {},
    attempts.length === 0 ? el("p", { class: "muted" }, "Not tried yet.") : el("div", { class: "scroll-x" },
      el("table", { class: "plain" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows)),
    ),
  );
}

/**
 * What a run gave, by name.
 *
 * @param {Result | null} result
 */
export function outputsCard(result) {
  const outputs = result?.outputs ?? [];
  const rows = outputs.map(({ name, value, units, note }) => el("tr", {},
    el("td", { class: "break" }, name),
    el("td", { class: "number" }, number(value, 8)),
    el("td", {}, units),
    el("td", { class: "small muted break" }, note ?? ""),
  ));
  const element = card("Outputs", {}, el("div", { class: "scroll-x" }, el("table", { class: "plain" }, el("tbody", {}, rows))));
  element.hidden = outputs.length === 0;
  return element;
}

/**
 * The files of a run, with previews.
 *
 * @param {Job} job
 * @param {Artifact[]} artifacts
 * @param {AbortSignal} signal
 */
export function artifactsCard(job, artifacts, signal) {
  const files = artifacts.filter(({ kind }) => kind === "output");
  const list = files.map((artifact) => {
    const place = el("div");
    const show = canPreview(artifact) && artifact.available
      ? el("button", { type: "button", "aria-expanded": "false", onclick: async () => {
        const isOpen = show?.getAttribute("aria-expanded") === "true";
        show?.setAttribute("aria-expanded", String(!isOpen));
        if (isOpen) fill(place);
        else fill(place, await preview(job.job_id, artifact, signal).catch(problem));
      } }, "Preview")
      : null;
    const save = artifact.available ? el(
      "a",
      {
        class: "button",
        href: artifactPath(job.job_id, artifact.path, artifact.attempt),
        download: artifact.path.split("/").pop(),
      },
      "Save",
    ) : el("span", { class: "muted" }, "being uploaded");
    return el("div", {},
      el("div", { class: "row spread" },
        el("span", { class: "break" },
          artifact.path,
          " ",
          el("span", { class: "muted small" }, `${size(artifact.size_bytes)} · ${artifact.media_type}`),
        ),
        el("span", { class: "row" }, show, save),
      ),
      place,
    );
  });
  return card("Files", {},
    list.length === 0 ? el("p", { class: "muted" },
      "The control plane has no files of this run.",
    ) : el("div", { class: "stack" }, list),
  );
}

/**
 * What a run was made with, and how it is repeated by hand.
 *
 * @param {Job} job
 * @param {Result | null} result
 * @param {Runner | null} runner
 */
export function provenanceCard(job, result, runner) {
  const metadata = result?.metadata;
  const { provenance } = metadata ?? {};
  const entries = /** @type {[string, string | null | undefined][]} */ ([
    ["simulation", `${job.run_config.simulation.name} ${job.run_config.simulation.version} (${job.run_config.simulation.type})`],
    ["seed of the run", job.run_config.seed_decimal],
    ["engine", metadata && `${metadata.engine} ${metadata.engine_version}`],
    ["runner", runner ? `${runner.name} ${runner.version}` : (job.assigned_runner ?? null)],
    ["runner's host", provenance?.host_version],
    ["memory", metadata?.max_rss_bytes === undefined ? null : size(metadata.max_rss_bytes)],
    ["directory", metadata?.directory],
    ["rests on", metadata?.basis],
    ["SHA-256 of the engine", provenance?.engine_sha256],
    ...Object.entries(provenance?.files ?? {}).map(
      ([name, sum]) => /** @type {[string,
      string]} */ ([`SHA-256 of ${name}`, sum]),
    ),
  ]);
  const facts = el("dl", { class: "facts" },
    entries.flatMap(
      ([name, value]) => (value ? [
        el("dt", {}, name),
        el("dd", { class: /SHA|seed|directory/.test(name) ? "mono" : null }, value),
      ] : []),
    ),
  );
  const warnings = (metadata?.warnings ?? []).map((text) => el("p", { class: "notice warn" }, text));
  return card("Made with", {}, warnings, facts, repetition(job, metadata?.directory, runner));
}

/**
 * @param {Job} job
 * @param {string | undefined} directory Of the attempt, on the runner's machine.
 * @param {Runner | null} runner
 */
function repetition(job, directory, runner) {
  const entrypoint = runner?.engines.flatMap(({ warm_workers }) => warm_workers ?? [])[0]?.entrypoint;
  const config = directory ? `${directory}/run_config.json` : "run_config.json";
  const save = el("a", { class: "plain", href: `${path("jobs", job.job_id)}`, download: "run_config.json" },
    "Save run_config.json",
  );
  save.addEventListener("click", (event) => {
    event.preventDefault();
    const url = URL.createObjectURL(new Blob([JSON.stringify(job.run_config, null, 2)], { type: "application/json" }));
    el("a", { href: url, download: "run_config.json" }).click();
    window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
  });
  return el("div", { class: "stack" }, el("h3", {}, "Repeat it by hand"),
    el("p", { class: "small muted" },
      directory ? "On the runner's machine, with the scenario's own Python:" : "With the configuration of this run, saved here:",
    ),
    command(
      `mkdir -p again && TETRYX_RUN_CONFIG=${quoted(config)} TETRYX_OUTPUT_DIR=again python3 ${quoted(entrypoint ?? "SCENARIO.py")}`,
    ), save);
}

/** @param {string} text */
function quoted(text) {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
