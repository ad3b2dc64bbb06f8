import { moment, number } from "../dom/format.js";

/** A linear scale from values to pixels, with ticks at round values. */
export class Scale {
  /**
   * @param {number} low
   * @param {number} high
   * @param {number} from The pixel of `low`.
   * @param {number} to The pixel of `high`.
   */
  constructor(low, high, from, to) {
    if (!(high > low)) {
      // All values are equal: they lie in the middle.
      const half = Math.abs(low) * 1e-6 || 0.5;
      [low, high] = [low - half, high + half];
    }
    this.low = low;
    this.high = high;
    this.from = from;
    this.to = to;
    this.factor = (to - from) / (high - low);
  }

  /** @param {number} value */
  pixel(value) {
    return this.from + (value - this.low) * this.factor;
  }

  /** @param {number} pixel */
  value(pixel) {
    return this.low + (pixel - this.from) / this.factor;
  }

  /**
   * Round values within the scale, about so many.
   *
   * @param {number} wanted
   * @returns {number[]}
   */
  ticks(wanted) {
    const raw = (this.high - this.low) / Math.max(1, wanted);
    const power = 10 ** Math.floor(Math.log10(raw));
    const steps = [10, 5, 2, 1, 0.5, 0.2].map((factor) => factor * power);
    const coarsest = Math.max(1, steps.filter((step) => step >= raw * 0.999).length) - 1;
    // A single tick says nothing of the scale.
    const step = steps.slice(coarsest).find((candidate) => this.#multiples(candidate).length > 1) ?? steps[steps.length - 1];
    return this.#multiples(step);
  }

  /** @param {number} step */
  #multiples(step) {
    const first = Math.ceil(this.low / step - 1e-9);
    const last = Math.floor(this.high / step + 1e-9);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, place) => (first + place) * step);
  }
}

/**
 * Labels of ticks with as many digits as tell them apart.
 *
 * @param {number[]} ticks
 * @param {"number" | "time" | "bool" | "text"} [kind]
 * @returns {string[]}
 */
export function tickLabels(ticks, kind = "number") {
  if (kind === "time") return ticks.map((tick) => moment(tick).slice(11));
  const largest = Math.max(...ticks.map(Math.abs), 0);
  if (ticks.length > 1 && largest > 0) {
    const step = Math.abs(ticks[1] - ticks[0]);
    const digits = Math.max(1, Math.min(12, Math.floor(Math.log10(largest)) - Math.floor(Math.log10(step) + 1e-9) + 1));
    return ticks.map((tick) => number(Math.abs(tick) < step * 1e-6 ? 0 : Number(tick.toPrecision(digits + 1)), digits + 1));
  }
  return ticks.map((tick) => number(tick, 4));
}

/**
 * A range with a margin on both sides, so that no mark lies on the frame.
 *
 * @param {{low: number, high: number}} range
 * @param {number} [share]
 */
export function widened({ low, high }, share = 0.03) {
  const margin = (high - low) * share;
  return { low: low - margin, high: high + margin };
}
