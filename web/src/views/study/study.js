import { Problem, get, path } from "../../api/client.js";
import { follow } from "../../api/events.js";
import { el, fill } from "../../dom/element.js";
import { paced } from "../../dom/pace.js";
import { problem } from "../../dom/parts.js";
import { breaches } from "./breaches.js";
import { runsOf, submissionOf } from "./context.js";
import { drivers } from "./drivers.js";
import { head } from "./head.js";
import { outputs } from "./outputs.js";
import { progress } from "./progress.js";
import { parallelSection, scatterSection } from "./relations.js";
import { requirements } from "./requirements.js";
import { selectionBar } from "./selectionbar.js";
import { runTable } from "./table.js";
import { telemetry } from "./telemetry.js";
import { worstRuns } from "./worst.js";

/**
 * @typedef {import("./context.js").Study} Study
 * @typedef {import("./context.js").Section} Section
 */

/** What follows single runs: the table, verdicts, what runs now. */
const QUICK = { leastPause: 1000, factor: 4 };
/** What the control plane computes over all runs. */
const SLOW = { leastPause: 2000, factor: 6 };
const RETRY_MS = 2000;

/**
 * One study, top to bottom: requirements, progress, outcomes, and linked views over all its runs.
 *
 * @param {HTMLElement} root
 * @param {import("../../router.js").Address} address
 * @param {AbortSignal} signal
 * @returns {Promise<() => void>}
 */
export async function showStudy(root, { parts, query }, signal) {
  const id = parts[1] ?? "";
  const overview = /** @type {import("../../api/types.js").Overview} */ (await get(path("batches", id), signal));
  document.title = `${overview.batch.name} · lynx-runner`;
  const runs = runsOf(overview);
  // Who comes back from a run finds the selection as it was; another address is another selection.
  if ((query.get("select") ?? "") !== runs.selection.text) runs.selection.clear();
  /** @type {Study} */
  const study = { id, runs, overview, verdicts: null, submission: null, signal };

  const top = head(study);
  const verdicts = requirements(study, () => sections.forEach((section) => section.onVerdicts?.()));
  const advance = progress(study);
  const selection = selectionBar(study);
  const scatter = scatterSection(study);
  const parallel = parallelSection(study);
  const driving = drivers(study, {
    onDrivers({ drivers: [first] }) {
      if (!first) return;
      scatter.propose(first.drivers[0]?.parameter ?? "", first.output);
      parallel.propose(first.drivers.map(({ parameter }) => parameter));
    },
    onPick: (parameter) => scatter.show(parameter),
  });
  const worst = worstRuns(study);
  const results = outputs(study);
  const breached = breaches(study);
  const overRuns = telemetry(study);
  const table = runTable(study);
  /** @type {Section[]} */
  const sections = [top, verdicts, advance, selection, results, worst, scatter, parallel, driving, breached, overRuns, table];
  const pair = el("div", { class: "grid-2" }, scatter.element, parallel.element);
  const order = [top, verdicts, advance, selection, results, worst];
  fill(root,
    el("div", { class: "stack" },
      order.map(({ element }) => element),
      pair,
      driving.element,
      overRuns.element,
      breached.element,
      table.element,
    ),
  );

  const forget = runs.watch((changes) => {
    for (const section of sections) section.onChange?.(changes);
  });

  let stopFollowing = () => {};
  /** How far the study was when it was read last. */
  let readUpTo = "";

  function overviewChanged() {
    runs.resize(study.overview.batch.total_jobs);
    for (const section of sections) section.onOverview?.();
    if (stateOf(study.overview) === readUpTo) return;
    wishQuick();
    wishSlow();
  }

  /** @param {boolean} isSlow */
  async function refresh(isSlow) {
    if (!isSlow) readUpTo = stateOf(study.overview);
    try {
      if (!isSlow) await runs.refresh(signal);
      await Promise.all(sections.map((section) => ((section.isSlow ?? false) === isSlow ? section.onRefresh?.() : null)));
    } catch {
      // The connection is made again, and the events tell to read again.
      readUpTo = "";
      if (!signal.aborted) advance.onConnection(false);
    }
  }

  const wishQuick = paced(() => refresh(false), QUICK, signal);
  const wishSlow = paced(() => refresh(true), SLOW, signal);

  function connect() {
    const onOverview = (/** @type {import("./context.js").Overview} */ next) => {
      study.overview = next;
      overviewChanged();
    };
    stopFollowing = follow(id, { onConnection: advance.onConnection, onOverview, onEnd: onOverview });
  }

  async function load() {
    while (!runs.isLoaded && !signal.aborted) {
      try {
        await runs.load(signal);
      } catch (error) {
        if (signal.aborted || (error instanceof Problem && error.status >= 400 && error.status < 500)) throw error;
        advance.onConnection(false);
        await new Promise((resolve) => window.setTimeout(resolve, RETRY_MS));
      }
    }
    advance.onConnection(true);
  }

  async function begin() {
    const submission = submissionOf(id).then((answer) => { study.submission = answer; }, () => {});
    if (runs.isLoaded) runs.changed("columns", "rows");
    await load();
    const selected = query.get("select");
    if (selected && !runs.selection.isActive) selection.restore(selected);
    await submission;
    runs.changed("columns", "rows");
    wishQuick();
    wishSlow();
    if (!signal.aborted) connect();
  }

  void begin().catch((error) => { if (!signal.aborted) root.append(problem(error)); });
  return () => {
    forget();
    stopFollowing();
    for (const section of sections) section.remove?.();
  };
}

/** @param {import("./context.js").Overview} overview */
function stateOf({ batch, jobs_by_status }) {
  return JSON.stringify([batch.status, batch.total_jobs, jobs_by_status]);
}
