/** Numbers, times and sizes as people read them. */

/**
 * A number with at most so many significant digits, without trailing zeros; the en dash for what is no number.
 *
 * @param {number | null | undefined} value
 * @param {number} [digits]
 */
export function number(value, digits = 6) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return grouped(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    return minus(`${trimmed(mantissa)}e${exponent.replace("+", "")}`);
  }
  return minus(trimmed(value.toPrecision(digits)));
}

/** @param {number} value */
export function grouped(value) {
  return minus(Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, "\u202f"));
}

/** @param {string} text */
function trimmed(text) {
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
}

/** @param {string} text */
function minus(text) {
  return text.startsWith("-") ? `−${text.slice(1)}` : text;
}

/**
 * A share in per cent, of which less than a millionth is nothing.
 *
 * @param {number | null | undefined} share
 * @param {number} [digits]
 */
export function percent(share, digits = 4) {
  if (share === null || share === undefined) return "–";
  return `${number(Math.abs(share) < 1e-6 ? 0 : 100 * share, digits)} %`;
}

/** @param {number | null | undefined} seconds */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  if (seconds < 1) return `${number(seconds * 1000, 3)} ms`;
  if (seconds < 60) return `${number(seconds, 3)} s`;
  const whole = Math.round(seconds);
  const days = Math.floor(whole / 86400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return `${minutes} min ${whole % 60} s`;
}

/** @param {number} bytes */
export function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let place = 0;
  while (bytes >= 1000 && place < units.length - 1) {
    bytes /= 1000;
    place += 1;
  }
  return `${number(bytes, 3)} ${units[place]}`;
}

/**
 * A moment in the reader's own time zone.
 *
 * @param {string | number | null | undefined} time ISO 8601, or milliseconds since 1970.
 */
export function moment(time) {
  if (time === null || time === undefined || Number.isNaN(time)) return "–";
  const date = new Date(time);
  const pad = (/** @type {number} */ part) => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/**
 * How long ago a moment was.
 *
 * @param {string | null | undefined} time ISO 8601.
 */
export function ago(time) {
  if (!time) return "–";
  const seconds = Math.max(0, (Date.now() - Date.parse(time)) / 1000);
  return seconds < 1 ? "now" : `${duration(Math.floor(seconds))} ago`;
}

/**
 * A count with its noun: `1 run`, `2 runs`.
 *
 * @param {number} count
 * @param {string} noun
 */
export function plural(count, noun) {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * A value with its units, which are left out if there are none.
 *
 * @param {string} text
 * @param {string | undefined} units
 */
export function withUnits(text, units) {
  return units && units !== "dimensionless" && units !== "1" ? `${text} ${units}` : text;
}
