import { between } from "../data/condition.js";
import { grouped, number } from "../dom/format.js";
import { FONT, diamond, line, shortened } from "./axes.js";
import { Brush } from "./brush.js";
import { Raster } from "./raster.js";
import { Scale } from "./scale.js";
import { Surface } from "./surface.js";
import { colour } from "./theme.js";

/**
 * @typedef {import("../data/runs.js").Runs} Runs
 * @typedef {import("../data/column.js").Column} Column
 */

/** How finely a line's ends are told apart, for each axis. */
const LEVELS = 80;

/**
 * Parallel coordinates of all runs, drawn as densities: the more runs take a way between two axes, the stronger it is, so that
 * 100,000 runs take no longer than the pairs of levels that there are.
 */
export class Parallel {
  /**
   * @param {Runs} runs
   */
  constructor(runs) {
    this.runs = runs;
    /** @type {Column[]} */
    this.columns = [];
    /**
     * For each column the level of each run; 255: it has no value.
     *
     * @type {Uint8Array[]}
     */
    this.levels = [];
    /** @type {Map<string, [number, number]>} */
    this.ranges = new Map();
    this.active = 0;
    this.raster = new Raster();
    /** The ways of all runs, faded, as they were drawn last; null: they have changed. */
    this.background = /** @type {Uint32Array | null} */ (null);
    this.shade = "";
    this.frame = { left: 34, right: 0, top: 44, bottom: 0 };
    this.surface = new Surface((context, width, height) => this.paint(context, width, height), {
      label: "Parallel coordinates",
      height: 400,
      focusable: true,
      isRaster: true,
    }, (context) => this.paintHovered(context));
    const { canvas } = this.surface;
    canvas.addEventListener("pointerdown", (event) => this.pick(event.offsetX), { capture: true });
    this.brush = new Brush(canvas, {
      scales: () => this.scales(),
      onRange: (range) => this.select(range?.y ?? null),
      onPoint: () => this.select(null),
    });
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
        event.stopImmediatePropagation();
        const step = event.key === "ArrowLeft" ? -1 : 1;
        this.active = Math.min(this.columns.length - 1, Math.max(0, this.active + step));
        this.brush.range = null;
        this.surface.schedule();
      }
    }, { capture: true });
  }

  /** @param {Column[]} columns */
  show(columns) {
    this.columns = columns;
    this.active = Math.min(this.active, Math.max(0, columns.length - 1));
    this.forget();
  }

  /** The values have changed. */
  forget() {
    const { count } = this.runs;
    this.background = null;
    this.levels = this.columns.map((column) => {
      const { numbers } = column;
      const levels = new Uint8Array(count).fill(255);
      const range = column.range(count);
      if (!range) return levels;
      const scale = range.high > range.low ? (LEVELS - 1) / (range.high - range.low) : 0;
      for (let run = 0; run < count; run += 1) {
        if (numbers[run] === numbers[run]) levels[run] = Math.round((numbers[run] - range.low) * scale);
      }
      return levels;
    });
    this.surface.schedule();
  }

  scales() {
    const column = this.columns[this.active];
    const range = column && column.range(this.runs.count);
    if (!range) return null;
    const { left, right, top, bottom } = this.frame;
    return { x: new Scale(0, 1, left, right), y: new Scale(range.low, range.high, bottom, top) };
  }

  /** @param {number} x */
  pick(x) {
    const places = this.columns.map((_, place) => Math.abs(this.place(place) - x));
    this.active = places.indexOf(Math.min(...places));
  }

  /** @param {number} axis */
  place(axis) {
    const { left, right } = this.frame;
    return this.columns.length > 1 ? left + (axis * (right - left)) / (this.columns.length - 1) : (left + right) / 2;
  }

  /** @param {[number, number] | null} range */
  select(range) {
    const column = this.columns[this.active];
    if (!column) return;
    if (range) this.ranges.set(column.name, range);
    else this.ranges.delete(column.name);
    this.runs.select(`axis ${column.name}`, range ? between(column.name, ...range) : "");
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   */
  paint(context, width, height) {
    const { columns, runs } = this;
    if (columns.length === 0) return;
    this.frame = { left: 44, right: width - 44, top: 44, bottom: height - 26 };
    const { left, top, bottom } = this.frame;
    const { ratio } = this.surface;
    const { raster } = this;
    raster.clear(Math.round((this.frame.right - left) * ratio), Math.round((bottom - top) * ratio));
    const { selection } = runs;
    if (selection.isActive) this.paintBackground(ratio);
    this.paintWays(selection.isActive ? selection.rows : null, colour("accent"), ratio, 1);
    this.raster.show(context, Math.round(left * ratio), Math.round(top * ratio));
    columns.forEach((column, axis) => this.paintAxis(context, column, axis));
    const names = columns.map(({ label }) => label).join(", ");
    this.surface.describe(
      `Parallel coordinates of ${names}; ${grouped(runs.selection.count)} of ${grouped(runs.count)} runs. `
        + "Left and right choose an axis, up and down move a range on it.",
    );
  }

  /**
   * All runs, which do not change with the selection.
   *
   * @param {number} ratio
   */
  paintBackground(ratio) {
    const { raster } = this;
    if (this.background?.length === raster.pixels.length && this.shade === colour("faded")) {
      raster.pixels.set(this.background);
      return;
    }
    this.shade = colour("faded");
    this.paintWays(null, this.shade, ratio, 0.8);
    this.background = raster.pixels.slice();
  }

  /**
   * @param {Uint8Array | null} rows
   * @param {string} hex
   * @param {number} ratio
   * @param {number} strength
   */
  paintWays(rows, hex, ratio, strength) {
    const counts = new Uint32Array(LEVELS * LEVELS);
    const { raster, runs } = this;
    const value = Number.parseInt(hex.slice(1), 16);
    const rgb = ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16);
    for (let axis = 0; axis + 1 < this.columns.length; axis += 1) {
      counts.fill(0);
      const [from, to] = [this.levels[axis], this.levels[axis + 1]];
      let most = 0;
      for (let run = 0; run < runs.count; run += 1) {
        if ((rows && !rows[run]) || from[run] === 255 || to[run] === 255) continue;
        const count = ++counts[from[run] * LEVELS + to[run]];
        if (count > most) most = count;
      }
      if (most === 0) continue;
      const begin = Math.round((this.place(axis) - this.frame.left) * ratio);
      const end = Math.min(raster.width - 1, Math.round((this.place(axis + 1) - this.frame.left) * ratio));
      const tone = Math.log1p(most);
      for (let way = 0; way < counts.length; way += 1) {
        if (counts[way] === 0) continue;
        const alpha = Math.round(strength * (40 + (215 * Math.log1p(counts[way])) / tone));
        this.way(begin, end, (way / LEVELS) | 0, way % LEVELS, rgb, alpha);
      }
    }
  }

  /**
   * A line between two levels, which covers weaker ones and leaves stronger ones.
   *
   * @param {number} begin
   * @param {number} end
   * @param {number} fromLevel
   * @param {number} toLevel
   * @param {number} rgb
   * @param {number} alpha
   */
  way(begin, end, fromLevel, toLevel, rgb, alpha) {
    const { pixels, width, height } = this.raster;
    const high = height - 1;
    let y = high - (fromLevel * high) / (LEVELS - 1);
    const step = (high - (toLevel * high) / (LEVELS - 1) - y) / Math.max(1, end - begin);
    const pixel = ((alpha << 24) | rgb) >>> 0;
    for (let x = begin; x <= end; x += 1, y += step) {
      const place = ((y + 0.5) | 0) * width + x;
      const old = pixels[place];
      if ((old & 0xffffff) !== rgb || old >>> 24 < alpha) pixels[place] = pixel;
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Column} column
   * @param {number} axis
   */
  paintAxis(context, column, axis) {
    const { top, bottom, left, right } = this.frame;
    const x = this.place(axis);
    const range = column.range(this.runs.count);
    const isActive = axis === this.active && document.activeElement === this.surface.canvas;
    context.strokeStyle = colour(isActive ? "accent" : "muted");
    context.lineWidth = isActive ? 2.5 : 1;
    line(context, x, top, x, bottom);
    context.font = FONT;
    context.textAlign = axis === 0 ? "left" : axis === this.columns.length - 1 ? "right" : "center";
    const at = axis === 0 ? 2 : axis === this.columns.length - 1 ? right + 42 : x;
    const room = (right - left) / Math.max(1, this.columns.length - 1) - 8;
    context.textBaseline = "bottom";
    context.fillStyle = colour("text");
    // Names of neighbours take turns in two lines.
    context.fillText(shortened(context, column.label, Math.max(60, 1.9 * room)), at, axis % 2 ? 14 : 28);
    if (!range) return;
    context.fillStyle = colour("muted");
    context.fillText(shortened(context, number(range.high, 5), room), at, top - 2);
    context.textBaseline = "top";
    context.fillText(shortened(context, number(range.low, 5), room), at, bottom + 4);
    if (!this.runs.selection.clauses.has(`axis ${column.name}`)) this.ranges.delete(column.name);
    const chosen = this.ranges.get(column.name);
    if (chosen) {
      const scale = new Scale(range.low, range.high, bottom, top);
      const [low, high] = chosen.map((value) => scale.pixel(value));
      context.strokeStyle = context.fillStyle = colour("accent");
      context.strokeRect(x - 6, high, 12, low - high);
      context.globalAlpha = 0.25;
      context.fillRect(x - 6, high, 12, low - high);
      context.globalAlpha = 1;
    }
  }

  /**
   * A dot on each axis for the run that the pointer is at.
   *
   * @param {CanvasRenderingContext2D} context
   */
  paintHovered(context) {
    this.paintNominal(context);
    const { hovered, count } = this.runs;
    if (hovered < 0) return;
    context.fillStyle = colour("text");
    this.columns.forEach((column, axis) => {
      const range = column.range(count);
      const value = column.numbers[hovered];
      if (!range || Number.isNaN(value)) return;
      context.beginPath();
      context.arc(
        this.place(axis),
        new Scale(range.low, range.high, this.frame.bottom, this.frame.top).pixel(value),
        4,
        0,
        2 * Math.PI,
      );
      context.fill();
    });
  }

  /**
   * The nominal run as a line of its own, with a mark on each axis; as far as it lies within the ranges of the sample.
   *
   * @param {CanvasRenderingContext2D} context
   */
  paintNominal(context) {
    const { runs, columns, frame } = this;
    if (!runs.hasNominal) return;
    /** @type {{x: number, y: number}[]} */
    const corners = [];
    columns.forEach((column, axis) => {
      const range = column.range(runs.count);
      const value = column.numbers[runs.nominal];
      if (!range || Number.isNaN(value)) return;
      const y = new Scale(range.low, range.high, frame.bottom, frame.top).pixel(value);
      corners.push({ x: this.place(axis), y: Math.max(frame.top, Math.min(frame.bottom, y)) });
    });
    context.strokeStyle = colour("nominal");
    context.lineWidth = 2;
    context.beginPath();
    corners.forEach(({ x, y }, place) => (place === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
    context.stroke();
    for (const { x, y } of corners) diamond(context, x, y, 5, colour("nominal"));
  }

  remove() {
    this.surface.remove();
  }
}
