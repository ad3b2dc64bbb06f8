import { between } from "../data/condition.js";
import { histogram, moments, quantile, sorted } from "../data/statistics.js";
import { el, setText } from "../dom/element.js";
import { grouped, number, withUnits } from "../dom/format.js";
import { FONT, diamond, labelWidth, line, xAxis, yAxis } from "./axes.js";
import { Brush } from "./brush.js";
import { Scale, widened } from "./scale.js";
import { Surface } from "./surface.js";
import { colour } from "./theme.js";

/**
 * @typedef {import("../data/runs.js").Runs} Runs
 * @typedef {import("../data/column.js").Column} Column
 * @typedef {{value: number, label: string}} Mark A value that means something, such as a threshold.
 */

/** How one column is distributed over all runs and over the selected ones. Drawing a range selects the runs in it. */
export class Distribution {
  /**
   * @param {Runs} runs
   * @param {Column} column
   * @param {{height?: number, marks?: Mark[]}} [options]
   */
  constructor(runs, column, options = {}) {
    const { height = 170, marks = [] } = options;
    this.runs = runs;
    this.column = column;
    this.marks = marks;
    /** @type {"histogram" | "ecdf"} */
    this.form = "histogram";
    /** One line of numbers. */
    this.summary = el("p", { class: "small muted" });
    /**
     * All numbers in ascending order, until they change.
     *
     * @type {Float64Array | null}
     */
    this.ascending = null;
    /** @type {{x: Scale, y: Scale | null} | null} */
    this.scales = null;
    /** @type {import("./axes.js").Frame} */
    this.frame = { left: 0, right: 0, top: 0, bottom: 0 };
    this.surface = new Surface(
      (context, width, size) => this.paint(context, width, size),
      { label: column.label, height, focusable: true },
      (context) => this.paintOver(context),
    );
    this.brush = new Brush(this.surface.canvas, {
      scales: () => (this.scales ? { x: this.scales.x, y: null } : null),
      onRange: (range) => this.runs.select(this.view, range?.x ? between(this.column.name, ...range.x) : ""),
    });
  }

  get view() {
    return `distribution ${this.column.name}`;
  }

  /** The values have changed. */
  forget() {
    this.ascending = null;
    this.surface.schedule();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   */
  paint(context, width, height) {
    const { runs, column } = this;
    const range = column.range(runs.count);
    if (!range) {
      context.font = FONT;
      context.fillStyle = colour("muted");
      context.fillText("No run has a value yet.", 8, 20);
      return;
    }
    if (!runs.selection.clauses.has(this.view)) this.brush.range = null;
    const rows = runs.selection.isActive ? runs.selection.rows : null;
    if (this.form === "histogram") this.paintHistogram(context, width, height, range, rows);
    else this.paintECDF(context, width, height, range, rows);
  }

  /**
   * The range that is drawn, and the run that the pointer is at.
   *
   * @param {CanvasRenderingContext2D} context
   */
  paintOver(context) {
    const { frame, scales, runs, column } = this;
    if (!scales) return;
    const value = runs.hovered >= 0 ? column.numbers[runs.hovered] : NaN;
    if (!Number.isNaN(value)) {
      context.strokeStyle = colour("text");
      context.lineWidth = 2;
      line(context, scales.x.pixel(value), frame.top, scales.x.pixel(value), frame.bottom);
    }
    this.brush.paint(context, frame, colour("accent"));
  }

  /** Writes the line of numbers under the chart, which is read also where the chart is out of view. */
  summarise() {
    const { runs, column } = this;
    const rows = runs.selection.isActive ? runs.selection.rows : null;
    const numbers = column.numbers.subarray(0, runs.count);
    const { count, mean, deviation } = moments(numbers, rows);
    if (count === 0) {
      setText(this.summary, "no values");
      return;
    }
    // To sort takes long, so it waits until all runs are there.
    if (!rows && runs.isLoaded) this.ascending ??= sorted(numbers, null);
    const quantiles = rows || !this.ascending ? [] : [quantile(this.ascending, 0.05), quantile(this.ascending, 0.95)];
    const spread = quantiles.map((value, place) => `, ${place === 0 ? 5 : 95} % ${number(value, 5)}`).join("");
    const whose = rows ? "selected runs" : "runs";
    const own = runs.hasNominal ? column.numbers[runs.nominal] : NaN;
    const nominal = Number.isNaN(own) ? "" : `; nominal run ${withUnits(number(own, 5), column.units)}, not counted`;
    const text = `${grouped(count)} ${whose}, mean ${withUnits(number(mean, 5), column.units)}, s.d. ${number(deviation, 3)}${spread}${nominal}`;
    setText(this.summary, text);
    this.surface.describe(`${column.label}: ${text}. Arrow keys move a selection, with Shift its size.`);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   * @param {{low: number, high: number}} range
   * @param {Uint8Array | null} rows
   */
  paintHistogram(context, width, height, range, rows) {
    const { runs, column } = this;
    const numbers = column.numbers.subarray(0, runs.count);
    // As many bins as tell a shape (Rice's rule), and as are wide enough to be seen.
    const wanted = Math.ceil(2 * Math.cbrt(runs.count));
    const bins = Math.max(5, Math.min(wanted, Math.floor((width - 50) / 5), 80));
    // Where all values are equal their bar stands in the middle.
    if (range.low === range.high) range = widened({ low: range.low, high: range.high + (Math.abs(range.high) * 1e-6 || 1) }, 0.5);
    const all = histogram(numbers, null, range, bins);
    const chosen = rows ? histogram(numbers, rows, range, bins) : all;
    const most = all.reduce((a, b) => Math.max(a, b), 1);
    const probe = new Scale(0, most, height, 0);
    const frame = { left: labelWidth(context, probe, height - 50), right: width - 10, top: 10, bottom: height - 24 };
    const x = new Scale(range.low, range.high, frame.left, frame.right);
    const y = new Scale(0, most, frame.bottom, frame.top);
    this.scales = { x, y };
    yAxis(context, frame, y, "");
    xAxis(context, frame, x, "", column.kind);
    const step = (frame.right - frame.left) / bins;
    for (const [counts, name] of /** @type {[Uint32Array, string][]} */ (rows ? [
      [all, "faded"],
      [chosen, "accent"],
    ] : [[all, "accent"]])) {
      context.fillStyle = colour(name);
      counts.forEach((count, bin) => {
        if (count === 0) return;
        const top = Math.min(y.pixel(count), frame.bottom - 1);
        context.fillRect(frame.left + bin * step, top, Math.max(1, step - 1), frame.bottom - top);
      });
    }
    this.finish(context, frame, x);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   * @param {{low: number, high: number}} range
   * @param {Uint8Array | null} rows
   */
  paintECDF(context, width, height, range, rows) {
    const { runs, column } = this;
    const numbers = column.numbers.subarray(0, runs.count);
    this.ascending ??= sorted(numbers, null);
    const frame = { left: 40, right: width - 10, top: 10, bottom: height - 24 };
    const x = new Scale(range.low, range.high, frame.left, frame.right);
    const y = new Scale(0, 1, frame.bottom, frame.top);
    this.scales = { x, y };
    yAxis(context, frame, y, "");
    xAxis(context, frame, x, "", column.kind);
    steps(context, this.ascending, x, y, rows ? colour("muted") : colour("accent"));
    if (rows) steps(context, sorted(numbers, rows), x, y, colour("accent"));
    this.finish(context, frame, x);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import("./axes.js").Frame} frame
   * @param {Scale} x
   */
  finish(context, frame, x) {
    for (const { value, label } of this.marks) {
      const at = x.pixel(value);
      if (at < frame.left || at > frame.right) continue;
      context.strokeStyle = colour("breach");
      context.lineWidth = 1.5;
      context.setLineDash([5, 3]);
      line(context, at, frame.top, at, frame.bottom);
      context.setLineDash([]);
      context.font = FONT;
      context.fillStyle = colour("breach");
      context.textBaseline = "top";
      const isRight = at + context.measureText(label).width + 6 < frame.right;
      context.textAlign = isRight ? "left" : "right";
      context.fillText(label, at + (isRight ? 4 : -4), frame.top);
    }
    this.finishNominal(context, frame, x);
    this.frame = frame;
  }

  /**
   * The nominal run as a mark of its own, at the edge if it lies beyond the sample.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {import("./axes.js").Frame} frame
   * @param {Scale} x
   */
  finishNominal(context, frame, x) {
    const { runs, column } = this;
    const value = runs.hasNominal ? column.numbers[runs.nominal] : NaN;
    if (Number.isNaN(value)) return;
    const at = Math.max(frame.left, Math.min(frame.right, x.pixel(value)));
    context.strokeStyle = colour("nominal");
    context.lineWidth = 1.5;
    line(context, at, frame.top, at, frame.bottom);
    diamond(context, at, frame.bottom, 5, colour("nominal"));
  }

  remove() {
    this.surface.remove();
  }
}

/**
 * The empirical distribution function, with no more points than there are pixels.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Float64Array} ascending
 * @param {Scale} x
 * @param {Scale} y
 * @param {string} stroke
 */
function steps(context, ascending, x, y, stroke) {
  const count = ascending.length;
  if (count === 0) return;
  context.strokeStyle = stroke;
  context.lineWidth = 1.75;
  context.beginPath();
  context.moveTo(x.from, y.pixel(0));
  const stride = Math.max(1, Math.floor(count / 2000));
  for (let place = 0; place < count; place += stride) {
    const at = x.pixel(ascending[place]);
    context.lineTo(at, y.pixel(place / count));
    context.lineTo(at, y.pixel(Math.min(1, (place + stride) / count)));
  }
  context.lineTo(x.pixel(ascending[count - 1]), y.pixel(1));
  context.lineTo(x.to, y.pixel(1));
  context.stroke();
}
