import { Parallel } from "../../charts/parallel.js";
import { Scatter, shadesBy } from "../../charts/scatter.js";
import { colour, colourRamp, pixel, whenColoursChange } from "../../charts/theme.js";
import { OUTCOMES, outcomes } from "../../data/outcomes.js";
import { el, fill } from "../../dom/element.js";
import { number, withUnits } from "../../dom/format.js";
import { card, choice, offer } from "../../dom/parts.js";
import { address, link, remember } from "../../router.js";

/**
 * @typedef {import("./context.js").Study} Study
 * @typedef {import("../../data/column.js").Column} Column
 */

const BY_OUTCOME = "how it ended";
/** How many axes the parallel coordinates have without asking, in each group. */
const AXES = 4;

/**
 * Any two columns against each other with a third as colour. Until the reader chooses, the strongest driver of the first output.
 *
 * @param {Study} study
 * @returns {import("./context.js").Section & {propose: (parameter: string, output: string) => void, show: (parameter: string) => void}}
 */
export function scatterSection(study) {
  const { runs } = study;
  const scatter = new Scatter(runs, (run) => {
    location.hash = link(["run", `${study.id}-${run}`]);
  });
  const { query } = address();
  const chosen = { x: query.get("x") ?? "", y: query.get("y") ?? "", colour: query.get("colour") ?? BY_OUTCOME };
  /** Whether the reader has chosen, so that nothing else is proposed. */
  let isChosen = query.has("x") || query.has("y");
  const pick = (/** @type {"x" | "y" | "colour"} */ axis) => (/** @type {string} */ name) => {
    chosen[axis] = name;
    isChosen = true;
    runs.select("scatter", "");
    remember({ [axis]: name });
    redraw();
  };
  const lists = {
    x: choice("Horizontal axis", [], "", pick("x")),
    y: choice("Vertical axis", [], "", pick("y")),
    colour: choice("Colour", [], "", pick("colour")),
  };
  const key = el("div", { class: "row small muted" });
  const swap = el(
    "button",
    {
      type: "button",
      title: "Swap the axes",
      onclick: () => { [chosen.x, chosen.y] = [chosen.y, chosen.x]; isChosen = true; runs.select("scatter", ""); onColumns(); },
    },
    "⇄",
  );
  const element = card("Scatter", { controls: [lists.x, swap, lists.y, lists.colour] }, scatter.surface.element, key);

  function onColumns() {
    const all = [...runs.columns.values()].filter(({ name }) => name !== "error_message");
    const options = all.map(({ name }) => ({ value: name, text: name }));
    if (!runs.columns.has(chosen.x)) chosen.x = (runs.group("parameter").find(isDispersed) ?? runs.column("run"))?.name ?? "";
    if (!runs.columns.has(chosen.y)) chosen.y = (runs.group("output")[0] ?? runs.column("duration_secs"))?.name ?? "";
    offer(lists.x, options, chosen.x);
    offer(lists.y, options, chosen.y);
    if (chosen.colour !== BY_OUTCOME && !runs.columns.has(chosen.colour)) chosen.colour = BY_OUTCOME;
    offer(
      lists.colour,
      [
        { value: BY_OUTCOME, text: `colour: ${BY_OUTCOME}` },
        ...options.map(({ value }) => ({ value, text: `colour: ${value}` })),
      ],
      chosen.colour,
    );
    redraw();
  }

  /** @param {Column} column */
  function isDispersed(column) {
    if (column.kind !== "number") return false;
    const range = column.range(runs.count);
    return range !== null && range.high > range.low;
  }

  function redraw() {
    const [x, y] = [runs.column(chosen.x), runs.column(chosen.y)];
    if (!x || !y) return;
    const column = chosen.colour === BY_OUTCOME ? undefined : runs.column(chosen.colour);
    if (column) {
      const range = column.range(runs.count) ?? { low: 0, high: 1 };
      scatter.show(x, y, shadesBy(column, runs.count, range));
      fill(key, column.kind === "text" ? textKey(column) : rampKey(column, range));
    } else {
      const shades = Uint32Array.from(OUTCOMES, ({ name }) => pixel(name));
      const codes = outcomes(runs);
      scatter.show(x, y, Uint32Array.from(codes, (code) => shades[code]));
      const present = new Set(codes);
      fill(key,
        OUTCOMES.flatMap(
          ({ name, label }, place) => (present.has(place) ? [
            el("span", { class: "row" }, el("span", { class: `swatch fill-${name}` }), label),
          ] : []),
        ),
        runs.hasNominal ? el("span", { class: "row" }, el("span", { class: "swatch fill-nominal" }), "nominal run") : null,
      );
    }
  }

  const forget = whenColoursChange(redraw);
  return {
    element,
    onChange(changes) {
      if (changes.has("columns")) onColumns();
      else if (changes.has("rows")) redraw();
      if (!runs.selection.clauses.has("scatter")) scatter.brush.range = null;
      if (changes.has("selection")) scatter.surface.draw();
      else if (changes.has("hover")) scatter.surface.drawOver();
    },
    propose(parameter, output) {
      if (isChosen) return;
      if (runs.columns.has(`parameters.${parameter}`)) chosen.x = `parameters.${parameter}`;
      if (runs.columns.has(`outputs.${output}`)) chosen.y = `outputs.${output}`;
      onColumns();
    },
    show(parameter) {
      isChosen = true;
      chosen.x = `parameters.${parameter}`;
      runs.select("scatter", "");
      remember({ x: chosen.x });
      onColumns();
      element.scrollIntoView({ block: "nearest", behavior: "smooth" });
    },
    remove() {
      forget();
      scatter.remove();
    },
  };
}

/**
 * @param {Column} column
 * @param {{low: number, high: number}} range
 */
function rampKey(column, { low, high }) {
  const canvas = el("canvas", { width: 256, height: 1, "aria-hidden": "true" });
  canvas.style.width = "140px";
  canvas.style.height = "10px";
  const image = new ImageData(256, 1);
  new Uint32Array(image.data.buffer).set(colourRamp());
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return [column.label, number(low, 5), canvas, withUnits(number(high, 5), column.units)];
}

/** @param {Column} column */
function textKey(column) {
  return column.texts.slice(0, 12).map((text, place) => {
    const swatch = el("span", { class: "swatch" });
    swatch.style.background = colour(`series-${(place % 6) + 1}`);
    return el("span", { class: "row" }, swatch, text);
  });
}

/**
 * Parallel coordinates of the parameters that matter and the outputs.
 *
 * @param {Study} study
 * @returns {import("./context.js").Section & {propose: (parameters: string[]) => void}}
 */
export function parallelSection(study) {
  const { runs } = study;
  const parallel = new Parallel(runs);
  /** @type {string[] | null} */
  let chosen = null;
  /** @type {string[]} */
  let proposed = [];
  let isSettled = false;
  const choices = el("div", { class: "columns-choice", hidden: true });
  const open = el("button", { type: "button", "aria-expanded": "false", onclick: () => {
    choices.hidden = !choices.hidden;
    open.setAttribute("aria-expanded", String(!choices.hidden));
  } }, "Axes…");
  const element = card("Parallel coordinates", { controls: [open] }, choices, parallel.surface.element);

  function columns() {
    if (chosen) return chosen.flatMap((name) => runs.column(name) ?? []);
    const varied = runs.group("parameter").filter((column) => {
      const range = column.kind === "number" ? column.range(runs.count) : null;
      return range !== null && range.high > range.low;
    });
    const ranked = varied.sort((a, b) => rank(a) - rank(b));
    return [...ranked.slice(0, AXES), ...runs.group("output").slice(0, AXES)];
  }

  /** @param {Column} column */
  function rank(column) {
    const place = proposed.indexOf(column.label);
    return place < 0 ? proposed.length : place;
  }

  function redraw() {
    isSettled = runs.isLoaded;
    const shown = columns();
    parallel.show(shown);
    const names = new Set(shown.map(({ name }) => name));
    fill(choices, [...runs.columns.values()].filter(({ kind }) => kind === "number").map((column) => {
      const box = el("input", { type: "checkbox", checked: names.has(column.name) });
      box.addEventListener("change", () => {
        const now = chosen ?? shown.map(({ name }) => name);
        chosen = box.checked ? [...now, column.name] : now.filter((name) => name !== column.name);
        parallel.show(columns());
      });
      return el("label", {}, box, column.name);
    }));
  }

  return {
    element,
    onChange(changes) {
      // Which parameters vary is known when all runs are there.
      if (changes.has("columns") || (changes.has("rows") && !isSettled)) redraw();
      else if (changes.has("rows")) parallel.forget();
      else if (changes.has("selection")) parallel.surface.draw();
      else parallel.surface.drawOver();
    },
    propose(parameters) {
      proposed = parameters;
      if (!chosen) redraw();
    },
    remove: () => parallel.remove(),
  };
}
