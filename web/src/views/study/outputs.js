import { Distribution } from "../../charts/distribution.js";
import { el, fill } from "../../dom/element.js";
import { number, withUnits } from "../../dom/format.js";
import { card, choice, offer, toggle } from "../../dom/parts.js";
import { limitOf } from "./context.js";

/**
 * @typedef {import("./context.js").Study} Study
 * @typedef {{chart: Distribution, element: HTMLElement}} Panel
 */

/** How many outputs are shown without asking. */
const SHOWN = 6;

/**
 * How the outputs are distributed: those that requirements are about first. Further columns are added by name.
 *
 * @param {Study} study
 * @returns {import("./context.js").Section}
 */
export function outputs(study) {
  const { runs } = study;
  const grid = el("div", { class: "grid-3" });
  /** @type {Map<string, Panel>} */
  const panels = new Map();
  /** @type {Set<string>} */
  const removed = new Set();
  let isOrdered = false;
  let form = /** @type {"histogram" | "ecdf"} */ ("histogram");

  const add = choice("Add the distribution of a column", [], "", (name) => {
    const column = runs.column(name);
    if (column) show(column);
    add.value = "";
  });
  const forms = toggle([{ value: "histogram", text: "Histogram" }, { value: "ecdf", text: "ECDF" }], form, (value) => {
    form = /** @type {typeof form} */ (value);
    for (const { chart } of panels.values()) {
      chart.form = form;
      chart.surface.schedule();
    }
  });
  const element = card("Outputs", { controls: [forms, add] }, grid);

  /** @param {import("../../data/column.js").Column} column */
  function show(column) {
    if (panels.has(column.name)) return;
    const chart = new Distribution(runs, column, { marks: marksOf(study, column.label) });
    chart.form = form;
    const close = el("button", {
      type: "button",
      class: "plain small",
      "aria-label": `Remove the distribution of ${column.label}`,
      onclick: () => {
        chart.remove();
        panels.delete(column.name);
        removed.add(column.name);
        panel.remove();
        if (runs.selection.clauses.has(chart.view)) runs.select(chart.view, "");
      },
    }, "remove");
    const heading = el("h3", { class: "break" },
      column.label,
      column.units ? el("span", { class: "muted" }, ` [${column.units}]`) : "",
    );
    const panel = el("div", {}, el("div", { class: "row spread" }, heading, close), chart.surface.element, chart.summary);
    panels.set(column.name, { chart, element: panel });
    chart.summarise();
    grid.append(panel);
  }

  function onColumns() {
    for (const column of runs.group("output").slice(0, SHOWN)) if (!removed.has(column.name)) show(column);
    const others = [
      ...runs.group("output"),
      ...runs.group("parameter"),
      ...runs.group("run"),
    ].filter(({ kind }) => kind === "number");
    offer(add, [{ value: "", text: "Add a column…" }, ...others.map(({ name }) => ({ value: name, text: name }))], "");
    if (panels.size === 0 && runs.isLoaded) fill(grid, el("p", { class: "muted" }, "No run has given an output yet."));
  }

  /** What requirements are about comes first, once: what a reader looks at stays where it is. */
  function putRequiredFirst() {
    const required = (study.verdicts?.verdicts ?? []).flatMap(({ output }) => runs.column(`outputs.${output}`) ?? []);
    for (const column of required.reverse()) {
      if (removed.has(column.name)) continue;
      show(column);
      grid.prepend(/** @type {Panel} */ (panels.get(column.name)).element);
      isOrdered = true;
    }
  }

  return {
    element,
    onChange(changes) {
      if (changes.has("columns")) {
        if (runs.group("output").length > 0 && panels.size === 0) fill(grid);
        onColumns();
      }
      for (const { chart } of panels.values()) {
        if (changes.has("rows")) chart.forget();
        else if (changes.has("selection")) chart.surface.draw();
        else chart.surface.drawOver();
        if (changes.has("rows") || changes.has("selection")) chart.summarise();
      }
    },
    onVerdicts() {
      for (const { chart } of panels.values()) {
        chart.marks = marksOf(study, chart.column.label);
        chart.surface.schedule();
      }
      if (!isOrdered) putRequiredFirst();
    },
    remove() {
      for (const { chart } of panels.values()) chart.remove();
    },
  };
}

/**
 * The thresholds of the requirements on an output.
 *
 * @param {Study} study
 * @param {string} output
 */
function marksOf(study, output) {
  return (study.verdicts?.verdicts ?? []).flatMap((verdict) => {
    const limit = limitOf(verdict);
    if (limit?.output !== output) return [];
    const units = study.runs.column(`outputs.${output}`)?.units;
    return [{ value: limit.threshold, label: `${limit.operator} ${withUnits(number(limit.threshold), units)}` }];
  });
}
