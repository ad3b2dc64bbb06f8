import { OUTCOMES, outcomes } from "../../data/outcomes.js";
import { el, fill } from "../../dom/element.js";
import { number, withUnits } from "../../dom/format.js";
import { card } from "../../dom/parts.js";
import { link } from "../../router.js";
import { limitOf } from "./context.js";

/** @typedef {import("./context.js").Study} Study */

const SHOWN = 8;

/**
 * The runs to look at first: those nearest to a threshold or beyond it, then those that failed otherwise. Without either, the
 * extremes of the first output.
 *
 * @param {Study} study
 * @returns {import("./context.js").Section}
 */
export function worstRuns(study) {
  const content = el("div", { class: "grid-3" });
  const element = card("Runs to look at first", {}, content);

  function redraw() {
    const groups = [...failing(study), ...byRequirement(study)];
    if (groups.length === 0) groups.push(...extremes(study));
    element.hidden = groups.length === 0;
    fill(content, groups.slice(0, 6).map(({ title, entries }) => el("div", {}, el("h3", { class: "break" },
      title,
    ), el("table", { class: "plain" }, el("tbody", {}, entries.map(({ run, text }) =>
      el("tr", {},
        el("td", {}, el("a", { href: link(["run", `${study.id}-${run}`]) }, `run ${run}`)),
        el("td", { class: "small break" }, text),
      )))))));
  }

  return {
    element,
    onChange(changes) {
      if (changes.has("rows") || changes.has("columns")) redraw();
    },
    onVerdicts: redraw,
  };
}

/**
 * @typedef {{title: string, entries: {run: number, text: string}[]}} Group
 * @param {Study} study
 * @returns {Group[]}
 */
function failing(study) {
  const { runs } = study;
  const codes = outcomes(runs);
  const messages = runs.column("error_message");
  return [1, 2, 3].flatMap((code) => {
    const entries = [];
    for (let run = 0; run < runs.count && entries.length < SHOWN; run += 1) {
      if (codes[run] === code) entries.push({ run, text: clipped(String(messages?.value(run) ?? "")) });
    }
    return entries.length > 0 ? [{ title: `First runs ${OUTCOMES[code].label}`, entries }] : [];
  });
}

/** @param {string} text */
function clipped(text) {
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
}

/**
 * @param {Study} study
 * @returns {Group[]}
 */
function byRequirement(study) {
  return (study.verdicts?.verdicts ?? []).flatMap((verdict) => {
    const limit = limitOf(verdict);
    const column = limit && study.runs.column(`outputs.${limit.output}`);
    if (!limit || !column) return [];
    const best = greatest(column.numbers, study.runs.count, limit.failsAbove ? 1 : -1);
    return [
      {
        title: `${verdict.name}: nearest to ${limit.output} ${limit.operator} ${number(limit.threshold)}, or beyond`,
        entries: entriesOf(best, column),
      },
    ];
  });
}

/**
 * @param {Study} study
 * @returns {Group[]}
 */
function extremes(study) {
  const column = study.runs.group("output").find((output) => {
    const range = output.range(study.runs.count);
    return range !== null && range.high > range.low;
  });
  if (!column) return [];
  return [
    { title: `Greatest ${column.label}`, entries: entriesOf(greatest(column.numbers, study.runs.count, 1), column) },
    { title: `Least ${column.label}`, entries: entriesOf(greatest(column.numbers, study.runs.count, -1), column) },
  ].filter(({ entries }) => entries.length > 0);
}

/**
 * @param {number[]} list
 * @param {import("../../data/column.js").Column} column
 */
function entriesOf(list, column) {
  return list.map((run) => ({ run, text: withUnits(number(column.numbers[run]), column.units) }));
}

/**
 * The rows with the greatest numbers, or with the sign −1 the least.
 *
 * @param {Float64Array} numbers
 * @param {number} count
 * @param {1 | -1} sign
 */
function greatest(numbers, count, sign) {
  /** @type {number[]} */
  const best = [];
  for (let row = 0; row < count; row += 1) {
    const value = sign * numbers[row];
    if (Number.isNaN(value)) continue;
    if (best.length === SHOWN && value <= sign * numbers[best[SHOWN - 1]]) continue;
    let place = best.length;
    while (place > 0 && sign * numbers[best[place - 1]] < value) place -= 1;
    best.splice(place, 0, row);
    if (best.length > SHOWN) best.pop();
  }
  return best;
}
