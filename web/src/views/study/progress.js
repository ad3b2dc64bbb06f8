import { get, path } from "../../api/client.js";
import { OUTCOMES, countOutcomes, outcomes } from "../../data/outcomes.js";
import { el, fill, setText } from "../../dom/element.js";
import { duration, grouped, number, percent } from "../../dom/format.js";
import { card } from "../../dom/parts.js";
import { link } from "../../router.js";

/**
 * @typedef {import("./context.js").Study} Study
 * @typedef {import("../../api/types.js").Job} Job
 */

const WINDOW_MS = 60_000;
const MOST_SHOWN = 24;

/**
 * How far a study is: a bar of outcomes, rate, time to go, and what runs now.
 *
 * @param {Study} study
 * @returns {import("./context.js").Section & {onConnection: (isUp: boolean) => void}}
 */
export function progress(study) {
  const bar = el("div", { class: "bar", role: "progressbar", "aria-label": "Progress", "aria-valuemin": 0 });
  const legend = el("div", { class: "legend" });
  const figures = el("div", { class: "figures" });
  const running = el("p", { class: "small", hidden: true });
  const connection = el("span", { class: "small muted", role: "status" });
  const spans = OUTCOMES.map(({ name }) => el("span", { class: `fill-${name}` }));
  bar.append(...spans);
  /** @type {{at: number, ended: number}[]} */
  const samples = [];

  function onOverview() {
    const { batch } = study.overview;
    const ended = batch.completed_jobs + batch.failed_jobs + batch.cancelled_jobs;
    const now = Date.now();
    samples.push({ at: now, ended });
    while (samples.length > 2 && now - samples[0].at > WINDOW_MS) samples.shift();
    const isOver = batch.completed_at !== undefined;
    const perSecond = rate(
      samples,
      ended,
      Date.parse(batch.created_at),
      batch.completed_at ? Date.parse(batch.completed_at) : now,
    );
    const left = batch.total_jobs - ended;
    const entries = /** @type {[string, string][]} */ ([
      [study.runs.hasNominal ? "ended, with the nominal run" : "ended", `${grouped(ended)} of ${grouped(batch.total_jobs)}`],
      ["done", percent(batch.total_jobs > 0 ? ended / batch.total_jobs : 1, 3)],
      ["failed", grouped(batch.failed_jobs)],
      [
        isOver ? "mean rate" : "rate",
        perSecond > 0 ? perSecond >= 1 ? `${number(perSecond, 3)} / s` : `${number(60 * perSecond, 3)} / min` : "–",
      ],
      isOver
        ? ["took", duration((Date.parse(/** @type {string} */ (batch.completed_at)) - Date.parse(batch.created_at)) / 1000)]
        : ["time to go", perSecond > 0 ? duration(Math.round(left / perSecond)) : "–"],
    ]);
    fill(figures, entries.map(([name, value]) => el("div", {}, el("strong", {}, value), el("span", {}, name))));
    bar.setAttribute("aria-valuemax", String(batch.total_jobs));
    bar.setAttribute("aria-valuenow", String(ended));
    running.hidden = running.hidden || isOver;
  }

  /** @param {Set<import("../../data/runs.js").Change>} changes */
  function onChange(changes) {
    if (!changes.has("rows") && !changes.has("selection")) return;
    const codes = outcomes(study.runs);
    const counts = countOutcomes(codes, null);
    const chosen = study.runs.selection.isActive ? countOutcomes(codes, study.runs.selection.rows) : null;
    OUTCOMES.forEach((_, place) => {
      spans[place].style.width = `${(100 * counts[place]) / Math.max(1, study.runs.count)}%`;
    });
    fill(legend, OUTCOMES.flatMap(({ name, label, condition }, place) => {
      if (counts[place] === 0) return [];
      const isPressed = study.runs.selection.clauses.get("outcome")?.text === condition;
      const text = chosen ? `${grouped(chosen[place])} of ${grouped(counts[place])} ${label}` : `${grouped(counts[place])} ${label}`;
      return [el("button", {
        type: "button",
        "aria-pressed": String(isPressed),
        title: `Select the runs that are ${label}`,
        onclick: () => study.runs.select("outcome", isPressed ? "" : condition),
      }, el("span", { class: `swatch fill-${name}` }), text)];
    }));
  }

  async function onRefresh() {
    if (study.overview.batch.completed_at !== undefined) return;
    const base = `${path("batches", study.id)}/jobs`;
    const { jobs } = /** @type {{jobs: Job[]}} */ (await get(`${base}?status=Running&limit=1000`, study.signal));
    study.runs.markRunning(jobs.map(({ run_config }) => run_config.run_index));
    running.hidden = jobs.length === 0;
    const links = jobs.slice(0, MOST_SHOWN).flatMap(({ job_id, run_config }) => [
      " ",
      el("a", { href: link(["run", job_id]) }, study.runs.nameOf(run_config.run_index)),
    ]);
    fill(running, `Running now (${grouped(jobs.length)}):`, links, jobs.length > MOST_SHOWN ? " …" : "");
  }

  onOverview();
  const element = card("Progress", { controls: [connection] }, figures, bar, legend, running);
  return {
    element,
    onOverview,
    onChange,
    onRefresh,
    onConnection(isUp) {
      setText(connection, isUp ? "live" : "connection lost, trying again");
      connection.className = isUp ? "small muted" : "small notice bad";
    },
  };
}

/**
 * Runs ended per second: of the last minute, or over all the time if less is known.
 *
 * @param {{at: number, ended: number}[]} samples
 * @param {number} ended
 * @param {number} created
 * @param {number} until
 */
function rate(samples, ended, created, until) {
  const [first] = samples;
  const last = samples[samples.length - 1];
  const seconds = (last.at - first.at) / 1000;
  if (seconds > 10 && last.ended > first.ended) return (last.ended - first.ended) / seconds;
  return until > created ? ended / ((until - created) / 1000) : 0;
}
