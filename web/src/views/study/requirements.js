import { getIfAny, path } from "../../api/client.js";
import { quotedName } from "../../data/condition.js";
import { el, fill } from "../../dom/element.js";
import { number, percent, plural } from "../../dom/format.js";
import { badge, card, problem } from "../../dom/parts.js";
import { limitOf } from "./context.js";

/**
 * @typedef {import("../../api/types.js").Verdict} Verdict
 * @typedef {import("./context.js").Study} Study
 */

/**
 * The requirements of a study: verdict, bounds, and what would decide them.
 *
 * @param {Study} study
 * @param {() => void} onVerdicts Told when there are new ones.
 * @returns {import("./context.js").Section}
 */
export function requirements(study, onVerdicts) {
  const list = el("div");
  const element = card("Requirements", {}, list);
  element.hidden = true;

  async function onRefresh() {
    try {
      study.verdicts = await getIfAny(`${path("batches", study.id)}/verdicts`, study.signal);
    } catch (error) {
      if (study.signal.aborted) return;
      element.hidden = false;
      fill(list, problem(error));
      return;
    }
    const verdicts = study.verdicts?.verdicts ?? [];
    element.hidden = false;
    const rare = study.verdicts?.rare_event;
    if (verdicts.length > 0 || rare) {
      fill(list, rare ? rareEvent(study, rare) : null, verdicts.map((verdict) => requirement(study, verdict)));
    } else {
      const text = "This study states no requirements, so it has no verdict. They are part of the batch file: requirements.";
      fill(list, el("p", { class: "muted" }, text));
    }
    onVerdicts();
  }

  return { element, onRefresh };
}

/**
 * The probability of a rare failure.
 *
 * @param {Study} study
 * @param {import("../../api/types.js").RareEvent} rare
 */
function rareEvent(study, { limit_state, probability, low, high, confidence, failed_runs, explanation }) {
  const bounds = `between ${number(low, 3)} and ${number(high, 3)} with confidence ${percent(confidence)}`;
  const condition = failed_runs.slice(0, 100).map((run) => `run = ${run}`).join(" or ");
  const select = el("button", { type: "button", class: "plain", onclick: () => study.runs.select("failure", condition) },
    `Select ${failed_runs.length} failed runs`);
  return el("div", { class: "requirement" },
    el("div", {}, el("strong", {}, probability === undefined ? "–" : number(probability, 3))),
    el("div", { class: "text" },
      el("strong", {}, "Probability of failure"), ` ${limit_state}: ${bounds}`,
      el("div", { class: "small muted" }, explanation, ". ", failed_runs.length > 0 ? select : null)));
}

/**
 * @param {Study} study
 * @param {Verdict} verdict
 */
function requirement(study, verdict) {
  const limit = limitOf(verdict);
  const failures = verdict.failures - verdict.missing;
  const condition = limit && study.runs.column(`outputs.${limit.output}`) !== undefined
    ? `not (${quotedName(`outputs.${limit.output}`)} ${limit.operator} ${limit.threshold}) or breach is not null`
    : verdict.first_failures.slice(0, 50).map((run) => `run = ${run}`).join(" or ");
  const select = verdict.failures > 0 && condition
    ? el("button", { type: "button", class: "plain", onclick: () => study.runs.select(`requirement ${verdict.name}`, condition) },
      `Select ${limit ? "its failures" : `the first ${verdict.first_failures.length} failures`}`,
    )
    : null;
  return el("div", { class: "requirement" },
    el("div", {}, badge(verdict.verdict)),
    el("div", { class: "text" },
      el("strong", {}, verdict.name), " ", verdict.statement, ` in ${percent(verdict.probability)} of runs, with confidence ${percent(verdict.confidence)}`,
      shareBar(verdict),
      el("div", { class: "small" },
        verdict.explanation,
        verdict.is_approximate ? " (approximate: the runs are not independent draws)" : "",
      ),
      el("div", { class: "small muted" }, whatDecides(verdict, failures), " ", select)));
}

/**
 * The interval in which the share of passing runs lies, and the share that is required.
 *
 * @param {Verdict} verdict
 */
function shareBar({ lower_bound, upper_bound, probability }) {
  // Shares near 1 matter most, so the bar begins where something is to be seen.
  const begin = Math.max(0, Math.min(lower_bound, probability) - 0.25 * (1 - Math.min(lower_bound, probability)) - 0.005);
  const place = (/** @type {number} */ share) => `${(100 * (share - begin)) / (1 - begin)}%`;
  const interval = el("span", { class: "interval" });
  interval.style.left = place(lower_bound);
  interval.style.width = `${(100 * (upper_bound - lower_bound)) / (1 - begin)}%`;
  const target = el("span", { class: "target" });
  target.style.left = `min(${place(probability)}, calc(100% - 3px))`;
  const label = `The share of runs that pass lies between ${percent(lower_bound)} and ${percent(upper_bound)}; ${percent(probability)} is required.`;
  return el("div", { class: "share", role: "img", "aria-label": label, title: label }, interval, target);
}

/**
 * @param {Verdict} verdict
 * @param {number} failures
 */
function whatDecides(verdict, failures) {
  const judged = `${plural(verdict.runs, "run")} judged, ${plural(failures, "failure")}, ${number(verdict.missing)} missing, by ${verdict.rule}.`;
  if (verdict.verdict !== "UNDECIDED") return judged;
  return verdict.runs_still_needed === undefined
    ? `${judged} More runs alone, even if all pass, would not decide it within this plan.`
    : `${judged} ${plural(verdict.runs_still_needed, "further run")} without a failure would decide it.`;
}
