import { colour } from "./theme.js";
import { tickLabels } from "./scale.js";

/**
 * @typedef {import("./scale.js").Scale} Scale
 * @typedef {import("../data/column.js").Kind} Kind
 * @typedef {{left: number, right: number, top: number, bottom: number}} Frame In CSS pixels.
 */

export const FONT = "12px system-ui, sans-serif";

/**
 * The horizontal axis along the bottom of a frame.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Scale} scale
 * @param {string} label
 * @param {Kind} [kind]
 */
export function xAxis(context, frame, scale, label, kind = "number") {
  const ticks = scale.ticks(Math.max(2, Math.floor((frame.right - frame.left) / 64)));
  const labels = tickLabels(ticks, kind);
  context.font = FONT;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.strokeStyle = colour("grid");
  context.lineWidth = 1;
  let free = -Infinity;
  ticks.forEach((tick, place) => {
    const x = Math.round(scale.pixel(tick)) + 0.5;
    line(context, x, frame.top, x, frame.bottom);
    const half = context.measureText(labels[place]).width / 2;
    const at = Math.min(Math.max(x, half), frame.right + 12 - half);
    if (at - half < free + 6) return;
    context.fillStyle = colour("muted");
    context.fillText(labels[place], at, frame.bottom + 4);
    free = at + half;
  });
  context.fillStyle = colour("text");
  if (label) context.fillText(
    shortened(context, label, frame.right - frame.left),
    (frame.left + frame.right) / 2,
    frame.bottom + 19,
  );
}

/**
 * The vertical axis along the left of a frame.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Scale} scale
 * @param {string} label
 * @param {Kind} [kind]
 */
export function yAxis(context, frame, scale, label, kind = "number") {
  const ticks = scale.ticks(Math.max(2, Math.floor((frame.bottom - frame.top) / 45)));
  const labels = tickLabels(ticks, kind);
  context.font = FONT;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.lineWidth = 1;
  ticks.forEach((tick, place) => {
    const y = Math.round(scale.pixel(tick)) + 0.5;
    context.strokeStyle = colour("grid");
    line(context, frame.left, y, frame.right, y);
    context.fillStyle = colour("muted");
    context.fillText(labels[place], frame.left - 5, y);
  });
  if (!label) return;
  context.fillStyle = colour("text");
  context.textAlign = "left";
  context.textBaseline = "bottom";
  context.fillText(shortened(context, label, frame.right), 2, frame.top - 5);
}

/**
 * How wide the labels of a vertical axis are.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Scale} scale
 * @param {number} height
 * @param {Kind} [kind]
 */
export function labelWidth(context, scale, height, kind = "number") {
  context.font = FONT;
  const labels = tickLabels(scale.ticks(Math.max(2, Math.floor(height / 45))), kind);
  return Math.ceil(Math.max(20, ...labels.map((label) => context.measureText(label).width))) + 8;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} toX
 * @param {number} toY
 */
export function line(context, x, y, toX, toY) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}

/**
 * A filled diamond with a light edge, which is told apart from what lies under it.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} fill
 */
export function diamond(context, x, y, radius, fill) {
  context.beginPath();
  context.moveTo(x, y - radius);
  context.lineTo(x + radius, y);
  context.lineTo(x, y + radius);
  context.lineTo(x - radius, y);
  context.closePath();
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = colour("raised");
  context.lineWidth = 1.5;
  context.stroke();
}

/**
 * A text that fits into a width; what does not is cut in its middle, because names mostly differ at their ends.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} width
 */
export function shortened(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  const characters = Array.from(text);
  let keep = characters.length;
  let cut = text;
  while (keep > 2 && context.measureText(cut).width > width) {
    keep -= 1;
    const head = Math.ceil(keep / 2);
    cut = `${characters.slice(0, head).join("")}…${characters.slice(characters.length - (keep - head)).join("")}`;
  }
  return cut;
}
