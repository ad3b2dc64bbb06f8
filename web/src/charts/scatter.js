import { between, quotedName, quotedText } from "../data/condition.js";
import { grouped, number, withUnits } from "../dom/format.js";
import { FONT, diamond, labelWidth, xAxis, yAxis } from "./axes.js";
import { Brush } from "./brush.js";
import { Raster } from "./raster.js";
import { Scale, widened } from "./scale.js";
import { Surface } from "./surface.js";
import { colour, colourRamp, pixel } from "./theme.js";

/**
 * @typedef {import("../data/runs.js").Runs} Runs
 * @typedef {import("../data/column.js").Column} Column
 */

/** Every run as a point of two columns. Drawing a rectangle selects the runs in it. */
export class Scatter {
  /**
   * @param {Runs} runs
   * @param {(run: number) => void} onOpen A run was clicked.
   */
  constructor(runs, onOpen) {
    this.runs = runs;
    this.onOpen = onOpen;
    /** @type {Column | null} */
    this.x = null;
    /** @type {Column | null} */
    this.y = null;
    /** A pixel for each run. */
    this.shades = new Uint32Array(0);
    /** @type {{x: Scale, y: Scale} | null} */
    this.scales = null;
    this.raster = new Raster();
    /** @type {import("./axes.js").Frame} */
    this.frame = { left: 0, right: 0, top: 0, bottom: 0 };
    this.surface = new Surface((context, width, height) => this.paint(context, width, height), {
      label: "Scatter plot of all runs",
      height: 380,
      focusable: true,
      isRaster: true,
    }, (context) => this.paintOver(context));
    this.brush = new Brush(this.surface.canvas, {
      scales: () => this.scales,
      onRange: (range) => this.select(range),
      onPoint: (x, y) => {
        const run = this.nearest(x, y);
        if (run >= 0) this.onOpen(run);
      },
      onHover: (x, y) => this.runs.hover(this.nearest(x, y)),
      onLeave: () => this.runs.hover(-1),
    });
  }

  /**
   * @param {Column} x
   * @param {Column} y
   * @param {Uint32Array} shades
   */
  show(x, y, shades) {
    if (x !== this.x || y !== this.y) this.brush.range = null;
    this.x = x;
    this.y = y;
    this.shades = shades;
    this.surface.schedule();
  }

  /** @param {import("./brush.js").Range | null} range */
  select(range) {
    const { x, y } = this;
    if (!x || !y) return;
    const clauses = [];
    if (range?.x) clauses.push(within(x, range.x));
    if (range?.y) clauses.push(within(y, range.y));
    this.runs.select("scatter", clauses.join(" and "));
  }

  /**
   * The run whose point is nearest to a place, within reach of a fingertip; -1 if none is.
   *
   * @param {number} x
   * @param {number} y
   */
  nearest(x, y) {
    if (!this.scales || !this.x || !this.y) return -1;
    const { x: scaleX, y: scaleY } = this.scales;
    const [xs, ys] = [this.numbers(this.x), this.numbers(this.y)];
    let best = -1;
    let least = 144;
    for (let run = 0; run < this.runs.rows; run += 1) {
      const distance = (scaleX.pixel(xs[run]) - x) ** 2 + (scaleY.pixel(ys[run]) - y) ** 2;
      if (distance < least) [best, least] = [run, distance];
    }
    return best;
  }

  /** @param {Column} column */
  numbers(column) {
    return column.kind === "text" ? column.places : column.numbers;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   */
  paint(context, width, height) {
    const { x, y, runs, surface } = this;
    if (!x || !y) return;
    const [rangeX, rangeY] = [rangeOf(x, runs.count), rangeOf(y, runs.count)];
    if (!rangeX || !rangeY) {
      context.font = FONT;
      context.fillStyle = colour("muted");
      context.fillText("No run has both values yet.", 12, 24);
      return;
    }
    const wideX = widened(rangeX);
    const wideY = widened(rangeY);
    const probe = new Scale(wideY.low, wideY.high, height, 0);
    const frame = { left: labelWidth(context, probe, height - 64, y.kind), right: width - 12, top: 24, bottom: height - 38 };
    this.frame = frame;
    this.scales = {
      x: new Scale(wideX.low, wideX.high, frame.left, frame.right),
      y: new Scale(wideY.low, wideY.high, frame.bottom, frame.top),
    };
    this.paintPoints(context, surface.ratio);
    // Pixels that are set replace what was there, so the grid is put behind them.
    context.globalCompositeOperation = "destination-over";
    xAxis(context, frame, this.scales.x, withUnits(x.label, x.units && `[${x.units}]`), x.kind);
    yAxis(context, frame, this.scales.y, withUnits(y.label, y.units && `[${y.units}]`), y.kind);
    context.globalCompositeOperation = "source-over";
    const selected = runs.selection.isActive ? `, ${grouped(runs.selection.count)} selected` : "";
    surface.describe(
      `Scatter plot: ${y.label} against ${x.label} of ${grouped(runs.count)} runs${selected}. `
        + "Arrow keys move a selection, with Shift its size.",
    );
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} ratio
   */
  paintPoints(context, ratio) {
    const { frame, runs, raster, scales, shades } = this;
    if (!scales || !this.x || !this.y) return;
    raster.clear(Math.round((frame.right - frame.left) * ratio), Math.round((frame.bottom - frame.top) * ratio));
    const [xs, ys] = [this.numbers(this.x), this.numbers(this.y)];
    const { selection, count } = runs;
    const [factorX, offsetX] = [
      scales.x.factor * ratio,
      (scales.x.from - frame.left) * ratio - scales.x.low * scales.x.factor * ratio,
    ];
    const [factorY, offsetY] = [
      scales.y.factor * ratio,
      (scales.y.from - frame.top) * ratio - scales.y.low * scales.y.factor * ratio,
    ];
    const radius = count > 20_000 ? 0 : count > 2_000 ? 1 : count > 300 ? 2 : 3;
    const size = Math.round((radius === 0 ? 1.5 : radius) * ratio);
    const faded = pixel("faded");
    const isActive = selection.isActive;
    // What is selected lies above what is not.
    for (let pass = isActive ? 0 : 1; pass < 2; pass += 1) {
      for (let run = 0; run < count; run += 1) {
        if (isActive && selection.rows[run] !== pass) continue;
        const [x, y] = [xs[run] * factorX + offsetX, ys[run] * factorY + offsetY];
        // Not a number, where a run has no value.
        if (x !== x || y !== y) continue;
        const shade = pass ? shades[run] : faded;
        if (radius < 2) raster.square((x | 0) - (size >> 1), (y | 0) - (size >> 1), size, shade);
        else raster.disc(x | 0, y | 0, size, shade);
      }
    }
    raster.show(context, Math.round(frame.left * ratio), Math.round(frame.top * ratio));
  }

  /** @param {CanvasRenderingContext2D} context */
  paintOver(context) {
    this.paintNominal(context);
    this.brush.paint(context, this.frame, colour("accent"));
    const { runs, scales, x, y } = this;
    const run = runs.hovered;
    if (run < 0 || !scales || !x || !y) return;
    const [valueX, valueY] = [this.numbers(x)[run], this.numbers(y)[run]];
    if (Number.isNaN(valueX) || Number.isNaN(valueY)) return;
    const [px, py] = [scales.x.pixel(valueX), scales.y.pixel(valueY)];
    context.strokeStyle = colour("text");
    context.lineWidth = 2;
    context.beginPath();
    context.arc(px, py, 7, 0, 2 * Math.PI);
    context.stroke();
    const text = `${runs.nameOf(run)}: ${shown(x, run)}, ${shown(y, run)}`;
    context.font = FONT;
    const width = context.measureText(text).width + 12;
    const left = Math.min(Math.max(this.frame.left, px - width / 2), this.frame.right - width);
    const top = py > this.frame.top + 34 ? py - 34 : py + 12;
    context.fillStyle = colour("raised");
    context.fillRect(left, top, width, 22);
    context.strokeStyle = colour("border");
    context.lineWidth = 1;
    context.strokeRect(left, top, width, 22);
    context.fillStyle = colour("text");
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillText(text, left + 6, top + 11);
  }

  /**
   * The nominal run as a mark of its own, unless it lies outside of the frame.
   *
   * @param {CanvasRenderingContext2D} context
   */
  paintNominal(context) {
    const { runs, scales, x, y, frame } = this;
    if (!runs.hasNominal || !scales || !x || !y) return;
    const [px, py] = [scales.x.pixel(this.numbers(x)[runs.nominal]), scales.y.pixel(this.numbers(y)[runs.nominal])];
    if (!(px >= frame.left && px <= frame.right && py >= frame.top && py <= frame.bottom)) return;
    diamond(context, px, py, 7, colour("nominal"));
  }

  remove() {
    this.surface.remove();
  }
}

/**
 * @param {Column} column
 * @param {number} count
 */
function rangeOf(column, count) {
  return column.kind === "text" ? { low: 0, high: Math.max(1, column.texts.length - 1) } : column.range(count);
}

/**
 * @param {Column} column
 * @param {number} run
 */
function shown(column, run) {
  const value = column.value(run);
  return withUnits(typeof value === "number" ? number(value, 5) : String(value ?? "–"), column.units);
}

/**
 * @param {Column} column
 * @param {[number, number]} range
 */
function within(column, [low, high]) {
  if (column.kind === "number") return between(column.name, low, high);
  const name = quotedName(column.name);
  if (column.kind === "time") {
    const time = (/** @type {number} */ value) => quotedText(new Date(value).toISOString());
    return `${name} >= ${time(low)} and ${name} <= ${time(high)}`;
  }
  const values = column.kind === "bool" ? ["false", "true"] : column.texts.map(quotedText);
  const chosen = values.filter((_, place) => place >= low && place <= high);
  if (chosen.length === 0) return `${name} is null and ${name} is not null`;
  return `(${chosen.map((value) => `${name} = ${value}`).join(" or ")})`;
}

/**
 * A pixel for each run, from the values of a column: low to high for numbers, a colour for each of few texts.
 *
 * @param {Column} column
 * @param {number} count
 * @param {{low: number, high: number}} range
 * @returns {Uint32Array}
 */
export function shadesBy(column, count, { low, high }) {
  const shades = new Uint32Array(count);
  if (column.kind === "text") {
    const names = ["series-1", "series-2", "series-3", "series-4", "series-5", "series-6"].map((name) => pixel(name));
    for (let run = 0; run < count; run += 1) {
      const place = column.places[run];
      shades[run] = place < 0 ? pixel("faded") : names[place % names.length];
    }
    return shades;
  }
  const ramp = colourRamp();
  const scale = high > low ? 255 / (high - low) : 0;
  const none = pixel("faded");
  for (let run = 0; run < count; run += 1) {
    const value = column.numbers[run];
    shades[run] = Number.isNaN(value) ? none : ramp[Math.min(255, Math.max(0, Math.round((value - low) * scale)))];
  }
  return shades;
}
