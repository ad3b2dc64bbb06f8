import { el } from "../dom/element.js";
import { whenColoursChange } from "./theme.js";

/**
 * A canvas that fills its place on the page, sharp on every screen. It is drawn at most once a frame, and only while it is in
 * view or near it.
 */
export class Surface {
  /**
   * @param {(context: CanvasRenderingContext2D, width: number, height: number) => void} paint Draws all of it, in CSS pixels.
   * @param {{label: string, height: number, focusable?: boolean, isRaster?: boolean}} options `isRaster`: its pixels are set
   *   directly.
   * @param {(context: CanvasRenderingContext2D) => void} [paintOver] Draws what lies above and changes more often, such as a mark at
   *   the pointer.
   */
  constructor(paint, { label, height, focusable = false, isRaster = false }, paintOver) {
    this.paint = paint;
    this.canvas = el("canvas", { role: "img", "aria-label": label, tabindex: focusable ? 0 : null });
    this.paintOver = paintOver;
    const over = paintOver ? el("canvas", { class: "over", "aria-hidden": "true" }) : null;
    this.over = over?.getContext("2d") ?? null;
    this.element = el("div", { class: "surface" }, this.canvas, over);
    this.element.style.height = `${height}px`;
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d", { willReadFrequently: isRaster }));
    this.width = 0;
    this.height = height;
    this.frame = 0;
    this.isVisible = false;
    /** Whether what it shows is out of date. */
    this.isStale = true;
    this.intersections = new IntersectionObserver(
      (entries) => this.see(entries[entries.length - 1].isIntersecting),
      { rootMargin: "200px" },
    );
    this.intersections.observe(this.element);
    this.observer = new ResizeObserver(([entry]) => this.resize(entry.contentRect.width, entry.contentRect.height));
    this.observer.observe(this.element);
    // What was taken off the page by a change of its parent is no longer told of colours.
    this.forget = whenColoursChange(() => (this.element.isConnected ? this.schedule() : this.forget()));
  }

  /** Pixels of the screen for each CSS pixel; more than two cost time that nobody sees. */
  get ratio() {
    return Math.min(window.devicePixelRatio || 1, 2);
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) {
    if (width === this.width && height === this.height) return;
    this.width = width;
    this.height = height;
    for (const canvas of [this.canvas, this.over?.canvas]) {
      if (!canvas) continue;
      canvas.width = Math.round(width * this.ratio);
      canvas.height = Math.round(height * this.ratio);
    }
    this.draw();
  }

  /** @param {boolean} isVisible */
  see(isVisible) {
    this.isVisible = isVisible;
    if (isVisible && this.isStale) this.draw();
  }

  schedule() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.isStale = !this.isVisible || this.width < 10 || this.height < 10;
    if (this.isStale) return;
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.context.clearRect(0, 0, this.width, this.height);
    this.paint(this.context, this.width, this.height);
    this.drawOver();
  }

  /** Draws only what lies above. */
  drawOver() {
    if (!this.over || this.isStale) return;
    this.over.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.over.clearRect(0, 0, this.width, this.height);
    this.paintOver?.(this.over);
  }

  /**
   * What a screen reader says of it.
   *
   * @param {string} text
   */
  describe(text) {
    if (this.canvas.getAttribute("aria-label") !== text) this.canvas.setAttribute("aria-label", text);
  }

  remove() {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.intersections.disconnect();
    this.forget();
    this.element.remove();
  }
}
