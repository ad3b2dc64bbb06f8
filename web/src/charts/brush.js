/**
 * A rectangle that the user draws over a chart, or moves with the arrow keys; with one direction it is a range.
 *
 * @typedef {import("./scale.js").Scale} Scale
 * @typedef {{x: [number, number] | null, y: [number, number] | null}} Range In values, low before high.
 *
 * @typedef {object} BrushOptions
 * @property {() => {x: Scale, y: Scale | null} | null} scales
 * @property {(range: Range | null) => void} onRange While it is drawn, and when it is done.
 * @property {(x: number, y: number) => void} [onPoint] A click without a drag.
 * @property {(x: number, y: number) => void} [onHover]
 * @property {() => void} [onLeave]
 */

const SHORTEST_DRAG = 4;

export class Brush {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {BrushOptions} options
   */
  constructor(canvas, options) {
    this.canvas = canvas;
    this.options = options;
    /** @type {Range | null} */
    this.range = null;
    /** @type {{x: number, y: number} | null} */
    this.start = null;
    this.isDragged = false;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => this.up(event));
    canvas.addEventListener("pointercancel", () => (this.start = null));
    canvas.addEventListener("pointerleave", () => options.onLeave?.());
    canvas.addEventListener("dblclick", () => this.set(null));
    canvas.addEventListener("keydown", (event) => this.key(event));
    // A finger that moves sideways draws; one that moves up or down scrolls the page, unless the chart takes both.
    canvas.style.touchAction = "pan-y";
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0) return;
    this.start = { x: event.offsetX, y: event.offsetY };
    this.isDragged = false;
    this.canvas.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { start } = this;
    if (!start) {
      this.options.onHover?.(event.offsetX, event.offsetY);
      return;
    }
    if (!this.isDragged && Math.hypot(event.offsetX - start.x, event.offsetY - start.y) < SHORTEST_DRAG) return;
    this.isDragged = true;
    const scales = this.options.scales();
    if (!scales) return;
    const x = span(scales.x, start.x, event.offsetX);
    this.set({ x, y: scales.y ? span(scales.y, start.y, event.offsetY) : null });
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (this.start && !this.isDragged) this.options.onPoint?.(event.offsetX, event.offsetY);
    this.start = null;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape") {
      this.set(null);
      return;
    }
    const steps = /** @type {Record<string, [number, number]>} */ ({
      ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
    });
    const step = steps[event.key];
    const scales = this.options.scales();
    if (!step || !scales) return;
    event.preventDefault();
    const isResized = event.shiftKey;
    const x = shifted(this.range?.x ?? null, scales.x, step[0], isResized);
    const y = scales.y ? shifted(this.range?.y ?? null, scales.y, step[1], isResized) : null;
    this.set({ x, y });
  }

  /** @param {Range | null} range */
  set(range) {
    this.range = range;
    this.options.onRange(range);
  }

  /**
   * Draws the rectangle.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {import("./axes.js").Frame} frame
   * @param {string} stroke
   */
  paint(context, frame, stroke) {
    const scales = this.options.scales();
    if (!this.range || !scales) return;
    const [left, right] = this.range.x ? pixels(scales.x, this.range.x) : [frame.left, frame.right];
    const [top, bottom] = this.range.y && scales.y ? pixels(scales.y, this.range.y) : [frame.top, frame.bottom];
    context.strokeStyle = stroke;
    context.lineWidth = 1.5;
    context.strokeRect(left, top, right - left, bottom - top);
    context.globalAlpha = 0.08;
    context.fillStyle = stroke;
    context.fillRect(left, top, right - left, bottom - top);
    context.globalAlpha = 1;
  }
}

/**
 * @param {Scale} scale
 * @param {number} from
 * @param {number} to
 * @returns {[number, number]}
 */
function span(scale, from, to) {
  const inside = (/** @type {number} */ pixel) => Math.min(Math.max(scale.value(pixel), scale.low), scale.high);
  const [a, b] = [inside(from), inside(to)];
  return a < b ? [a, b] : [b, a];
}

/**
 * @param {Scale} scale
 * @param {[number, number]} range
 */
function pixels(scale, [low, high]) {
  const [a, b] = [scale.pixel(low), scale.pixel(high)];
  return a < b ? [a, b] : [b, a];
}

/**
 * A range moved by a fiftieth of its scale, or with its end moved; without one, the middle half.
 *
 * @param {[number, number] | null} range
 * @param {Scale} scale
 * @param {number} direction
 * @param {boolean} isResized
 * @returns {[number, number]}
 */
function shifted(range, scale, direction, isResized) {
  const whole = scale.high - scale.low;
  if (!range) return [scale.low + whole / 4, scale.high - whole / 4];
  const step = (direction * whole) / 50;
  if (isResized) return [range[0], Math.min(scale.high, Math.max(range[0] + whole / 100, range[1] + step))];
  const width = range[1] - range[0];
  const low = Math.min(scale.high - width, Math.max(scale.low, range[0] + step));
  return [low, low + width];
}
