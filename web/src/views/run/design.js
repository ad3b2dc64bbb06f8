import { Scale } from "../../charts/scale.js";
import { Surface } from "../../charts/surface.js";
import { colour } from "../../charts/theme.js";
import { extent, histogram, shareBelow, sorted } from "../../data/statistics.js";
import { el, fill } from "../../dom/element.js";
import { number, percent, withUnits } from "../../dom/format.js";
import { card } from "../../dom/parts.js";

/**
 * @typedef {import("../../data/runs.js").Runs} Runs
 * @typedef {import("../../api/types.js").Job} Job
 * @typedef {import("../../api/types.js").Submission} Submission
 */

/**
 * The parameters of a run against those of all runs of its study: where in each distribution it lies.
 *
 * @param {Job} job
 * @param {Runs} runs
 * @param {Submission | null} submission
 */
export function design(job, runs, submission) {
  /** @type {Surface[]} */
  const surfaces = [];
  const grid = el("div", { class: "design" });
  const { parameters, units, run_index } = job.run_config;
  const element = card("Parameters, against the design", {},
    el("p", { class: "small muted" },
      "Each strip shows how the parameter lies over all runs of the study; the line is this run. Far out at either side is where "
        + "failures often come from.",
    ),
    grid,
  );
  element.hidden = Object.keys(parameters).length === 0;

  function draw() {
    for (const surface of surfaces.splice(0)) surface.remove();
    fill(grid, Object.entries(parameters).map(([name, value]) => {
      const spec = submission?.config.dispersions?.[name]?.distribution;
      const column = runs.column(`parameters.${name}`);
      const label = el("div", { class: "name", title: spec ? `${name}: ${described(spec)}` : name },
        name,
        spec ? el("div", { class: "small muted" }, described(spec)) : null,
      );
      const text = typeof value === "number" ? withUnits(number(value, 7), units[name]) : String(value);
      if (typeof value !== "number" || !column || column.kind !== "number") return row(
        label,
        el("div"),
        el("div", { class: "number break" }, text),
      );
      const range = extent(column.numbers, runs.count);
      if (!range || range.low === range.high) return row(
        label,
        el("div", { class: "small muted" }, "the same in all runs"),
        el("div", { class: "number" }, text),
      );
      const share = shareBelow(sorted(column.numbers, null), value);
      const surface = strip(column.numbers, range, value, `${name}: ${text}, above ${percent(share, 4)} of all runs`);
      surfaces.push(surface);
      return row(
        label,
        surface.element,
        el("div", { class: "number" }, text, el("div", { class: "small muted" }, `above ${percent(share, 4)}`)),
      );
    }));
  }

  draw();
  return {
    element,
    draw,
    run: run_index,
    remove() {
      for (const surface of surfaces) surface.remove();
    },
  };
}

/**
 * @param {HTMLElement} name
 * @param {HTMLElement} place
 * @param {HTMLElement} value
 */
function row(name, place, value) {
  return el("div", { class: "parameter" }, name, el("div", { class: "place" }, place), value);
}

/**
 * @param {Float64Array} numbers
 * @param {{low: number, high: number}} range
 * @param {number} value
 * @param {string} label
 */
function strip(numbers, range, value, label) {
  return new Surface((context, width, height) => {
    const bins = Math.max(8, Math.min(40, Math.ceil(2 * Math.cbrt(numbers.length)), Math.floor(width / 6)));
    const counts = histogram(numbers, null, range, bins);
    const most = counts.reduce((a, b) => Math.max(a, b), 1);
    const x = new Scale(range.low, range.high, 4, width - 4);
    const step = (width - 8) / bins;
    context.fillStyle = colour("faded");
    counts.forEach((count, bin) => {
      const size = (count / most) * (height - 6);
      context.fillRect(4 + bin * step, height - size, Math.max(1, step - 1), size);
    });
    context.fillStyle = colour("accent");
    context.fillRect(x.pixel(value) - 1.5, 0, 3, height);
  }, { label, height: 34 });
}

/**
 * A distribution in a few words.
 *
 * @param {import("../../api/types.js").Distribution} distribution
 */
function described({ type, ...rest }) {
  const parts = Object.entries(rest).map(([name, value]) => {
    if (typeof value === "number") return `${name} ${number(value)}`;
    if (Array.isArray(value)) return `${value.length} ${name}`;
    return typeof value === "object" ? name : `${name} ${String(value)}`;
  });
  return [type.replaceAll("_", " "), ...parts].join(", ");
}
