import { grouped, number } from "../dom/format.js";
import { FONT, labelWidth, line, shortened, xAxis, yAxis } from "./axes.js";
import { Brush } from "./brush.js";
import { Scale, widened } from "./scale.js";
import { Surface } from "./surface.js";
import { colour } from "./theme.js";

/**
 * @typedef {ArrayLike<number | null>} Values
 * @typedef {{kind: "band", time: ArrayLike<number>, low: Values, high: Values, shade: string, alpha: number}} Band
 *
 * @typedef {object} Line
 * @property {"line"} kind
 * @property {ArrayLike<number>} time
 * @property {Values} values
 * @property {string} shade
 * @property {number} width
 * @property {string} [label] What the value at the pointer is called.
 * @property {boolean} [isStep]
 * @property {boolean} [isDashed]
 * @property {number} [alpha]
 *
 * @typedef {{time: number, value: number | null, label: string}} Mark A moment at which something happened.
 * @typedef {{value: number, label: string}} Threshold
 *
 * @typedef {object} Content
 * @property {(Band | Line)[]} layers From the back to the front.
 * @property {Threshold[]} thresholds
 * @property {Mark[]} marks
 * @property {string} xLabel
 * @property {string} yLabel
 * @property {{name: string, units: string}} [quantity] What is drawn along the horizontal axis; without it, simulated time.
 * @property {{low: number, high: number}} [range] Of the vertical axis; without it, that of the layers.
 */

/** What plots that are linked in time share: the part of time that they show, and where the pointer is. */
export class TimeLink {
  constructor() {
    /** @type {[number, number] | null} */
    this.range = null;
    this.cursor = NaN;
    /** @type {Set<(isRange: boolean) => void>} */
    this.listeners = new Set();
  }

  /** @param {[number, number] | null} range */
  zoom(range) {
    this.range = range;
    for (const listener of this.listeners) listener(true);
  }

  /** @param {number} time */
  point(time) {
    this.cursor = time;
    for (const listener of this.listeners) listener(false);
  }
}

/**
 * Values against simulated time, or another quantity: bands, lines, thresholds and marks. Drawing a range zooms, a double click
 * shows all.
 */
export class TimePlot {
  /**
   * @param {TimeLink} link
   * @param {{label: string, height?: number}} options
   */
  constructor(link, { label, height = 180 }) {
    this.link = link;
    this.label = label;
    /** @type {Content | null} */
    this.content = null;
    /** @type {{x: Scale, y: Scale | null} | null} */
    this.scales = null;
    this.surface = new Surface((context, width, size) => this.paint(context, width, size), { label, height, focusable: true });
    const { canvas } = this.surface;
    this.brush = new Brush(canvas, {
      scales: () => (this.scales ? { x: this.scales.x, y: null } : null),
      onRange: () => this.surface.schedule(),
      onHover: (x) => this.scales && link.point(this.scales.x.value(x)),
      onLeave: () => link.point(NaN),
    });
    canvas.addEventListener("pointerup", () => this.zoomToBrush());
    canvas.addEventListener("dblclick", () => link.zoom(null));
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.zoomToBrush();
      if (event.key === "Escape") link.zoom(null);
    });
    this.redraw = () => this.surface.schedule();
    link.listeners.add(this.redraw);
  }

  zoomToBrush() {
    const range = this.brush.range?.x;
    this.brush.range = null;
    if (range && range[1] > range[0]) this.link.zoom(range);
    else this.surface.schedule();
  }

  /** @param {Content} content */
  show(content) {
    this.content = content;
    this.surface.schedule();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   */
  paint(context, width, height) {
    const { content, link } = this;
    if (!content) return;
    const time = link.range ?? timeRange(content.layers);
    const values = time && valueRange(content, time);
    if (!time || !values) {
      context.font = FONT;
      context.fillStyle = colour("muted");
      context.fillText("No values yet.", 12, 24);
      return;
    }
    const { low, high } = widened(values, 0.05);
    const probe = new Scale(low, high, height, 0);
    const frame = {
      left: Math.max(58, labelWidth(context, probe, height - 60)),
      right: width - 12,
      top: 22,
      bottom: height - (content.xLabel ? 38 : 22),
    };
    const x = new Scale(time[0], time[1], frame.left, frame.right);
    const y = new Scale(low, high, frame.bottom, frame.top);
    this.scales = { x, y };
    xAxis(context, frame, x, content.xLabel);
    yAxis(context, frame, y, content.yLabel);
    context.save();
    context.beginPath();
    context.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
    context.clip();
    for (const layer of content.layers) {
      if (layer.kind === "band") paintBand(context, layer, x, y);
      else paintLine(context, layer, x, y);
    }
    for (const threshold of content.thresholds) paintThreshold(context, threshold, frame, y);
    for (const mark of content.marks) paintMark(context, mark, frame, x, y);
    context.restore();
    this.brush.paint(context, frame, colour("accent"));
    this.paintCursor(context, frame, x);
    const shown = content.layers.filter((layer) => layer.kind === "line").length;
    this.surface.describe(
      `${this.label} from ${number(time[0])} to ${number(time[1])}: ${grouped(shown)} lines, ${grouped(content.marks.length)} marks. `
        + "Arrow keys choose a range, Enter zooms, Escape shows all.",
    );
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import("./axes.js").Frame} frame
   * @param {Scale} x
   */
  paintCursor(context, frame, x) {
    const { cursor } = this.link;
    if (Number.isNaN(cursor) || cursor < x.low || cursor > x.high || !this.content) return;
    context.strokeStyle = colour("muted");
    context.lineWidth = 1;
    line(context, x.pixel(cursor), frame.top, x.pixel(cursor), frame.bottom);
    const { name, units } = this.content.quantity ?? { name: "t", units: "s" };
    const texts = [`${name} = ${number(cursor, 5)} ${units}`];
    for (const layer of this.content.layers) {
      if (layer.kind !== "line" || !layer.label || texts.length > 4) continue;
      const value = valueAt(layer, cursor);
      if (value !== null) texts.push(`${layer.label} ${number(value, 6)}`);
    }
    context.font = FONT;
    context.textAlign = "right";
    context.textBaseline = "bottom";
    context.fillStyle = colour("text");
    const room = frame.right - frame.left - context.measureText(this.content.yLabel).width - 8;
    context.fillText(shortened(context, texts.join("   "), Math.max(120, room)), frame.right, frame.top - 5);
  }

  remove() {
    this.link.listeners.delete(this.redraw);
    this.surface.remove();
  }
}

/**
 * @param {(Band | Line)[]} layers
 * @returns {[number, number] | null}
 */
function timeRange(layers) {
  let low = Infinity;
  let high = -Infinity;
  for (const { time } of layers) {
    if (time.length === 0) continue;
    low = Math.min(low, time[0]);
    high = Math.max(high, time[time.length - 1]);
  }
  return low <= high ? [low, high] : null;
}

/**
 * The range of the values in a part of time. Thresholds belong to it if they are near.
 *
 * @param {Content} content
 * @param {[number, number]} time
 */
function valueRange(content, [from, to]) {
  if (content.range) return content.range;
  let low = Infinity;
  let high = -Infinity;
  for (const layer of content.layers) {
    const rows = layer.kind === "band" ? [layer.low, layer.high] : [layer.values];
    for (let place = 0; place < layer.time.length; place += 1) {
      if (layer.time[place] < from || layer.time[place] > to) continue;
      for (const row of rows) {
        const value = row[place];
        if (value === null || Number.isNaN(value)) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  }
  if (low > high) return null;
  const reach = Math.max(high - low, Math.abs(high) * 1e-9) * 2;
  for (const { value } of content.thresholds) {
    if (value > low - reach && value < high + reach) [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  return { low, high };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Band} band
 * @param {Scale} x
 * @param {Scale} y
 */
function paintBand(context, { time, low, high, shade, alpha }, x, y) {
  context.fillStyle = colour(shade);
  context.globalAlpha = alpha;
  let place = 0;
  // Where no run has a value the band has a gap.
  while (place < time.length) {
    while (place < time.length && (low[place] === null || high[place] === null)) place += 1;
    const begin = place;
    while (place < time.length && low[place] !== null && high[place] !== null) place += 1;
    if (place === begin) continue;
    context.beginPath();
    for (let at = begin; at < place; at += 1) context.lineTo(x.pixel(time[at]), y.pixel(/** @type {number} */ (high[at])));
    for (let at = place - 1; at >= begin; at -= 1) context.lineTo(x.pixel(time[at]), y.pixel(/** @type {number} */ (low[at])));
    context.fill();
  }
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Line} layer
 * @param {Scale} x
 * @param {Scale} y
 */
function paintLine(context, { time, values, shade, width, isStep, isDashed, alpha = 1 }, x, y) {
  context.strokeStyle = colour(shade);
  context.globalAlpha = alpha;
  context.lineWidth = width;
  context.lineJoin = "round";
  if (isDashed) context.setLineDash([5, 4]);
  context.beginPath();
  let isOpen = false;
  let before = 0;
  for (let place = 0; place < time.length; place += 1) {
    const value = values[place];
    if (value === null || Number.isNaN(value)) {
      isOpen = false;
      continue;
    }
    const [px, py] = [x.pixel(time[place]), y.pixel(value)];
    if (!isOpen) context.moveTo(px, py);
    else if (isStep) {
      context.lineTo(px, before);
      context.lineTo(px, py);
    } else context.lineTo(px, py);
    isOpen = true;
    before = py;
  }
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Threshold} threshold
 * @param {import("./axes.js").Frame} frame
 * @param {Scale} y
 */
function paintThreshold(context, { value, label }, frame, y) {
  const at = Math.round(y.pixel(value)) + 0.5;
  if (at < frame.top || at > frame.bottom) return;
  context.strokeStyle = context.fillStyle = colour("breach");
  context.lineWidth = 1.5;
  context.setLineDash([6, 4]);
  line(context, frame.left, at, frame.right, at);
  context.setLineDash([]);
  context.font = FONT;
  context.textAlign = "left";
  context.textBaseline = at > frame.top + 18 ? "bottom" : "top";
  context.fillText(label, frame.left + 6, at + (at > frame.top + 18 ? -2 : 3));
}

/**
 * A cross where the value is known, a line over the whole height where it is not.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Mark} mark
 * @param {import("./axes.js").Frame} frame
 * @param {Scale} x
 * @param {Scale} y
 */
function paintMark(context, { time, value, label }, frame, x, y) {
  const at = x.pixel(time);
  context.strokeStyle = context.fillStyle = colour("breach");
  context.lineWidth = 2;
  if (value === null) {
    context.globalAlpha = 0.5;
    line(context, at, frame.top, at, frame.bottom);
    context.globalAlpha = 1;
  } else {
    const on = y.pixel(value);
    line(context, at - 5, on - 5, at + 5, on + 5);
    line(context, at - 5, on + 5, at + 5, on - 5);
  }
  if (!label) return;
  context.font = FONT;
  context.textBaseline = "bottom";
  context.textAlign = at > (frame.left + frame.right) / 2 ? "right" : "left";
  context.fillText(
    label,
    at + (context.textAlign === "right" ? -8 : 8),
    value === null ? frame.bottom - 4 : Math.max(frame.top + 14, y.pixel(value) - 6),
  );
}

/**
 * The value of the last point up to a time.
 *
 * @param {Line} layer
 * @param {number} time
 */
function valueAt({ time: times, values }, time) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low > 0 ? values[low - 1] : null;
}
