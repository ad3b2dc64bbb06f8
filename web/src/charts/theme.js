/**
 * The colours of charts: those of the style sheet, which knows light from dark. Series differ in lightness as well as in hue, so
 * that they are told apart without colour vision (after Okabe and Ito, 2008).
 */

/** @type {Map<string, string>} */
let known = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();

/**
 * @param {string} name A custom property of the style sheet, without its dashes.
 * @returns {string}
 */
export function colour(name) {
  let value = known.get(name);
  if (value === undefined) {
    const text = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    // A custom property is handed over as it is written.
    const pair = /^light-dark\(([^,]+), *([^)]+)\)$/.exec(text);
    value = pair ? pair[isDark() ? 2 : 1] : text;
    known.set(name, value);
  }
  return value;
}

/**
 * A colour of the style sheet as a pixel of an ImageData: red in the lowest byte.
 *
 * @param {string} name
 * @param {number} [alpha] 0 … 255
 */
export function pixel(name, alpha = 255) {
  const digits = colour(name).replace("#", "");
  const value = Number.parseInt(digits, 16);
  return ((alpha << 24) | ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
}

/**
 * @param {() => void} listener Told when the colours have changed.
 * @returns {() => void}
 */
export function whenColoursChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function changed() {
  known = new Map();
  for (const listener of listeners) listener();
}

const THEME_KEY = "lynx-theme";

/** @param {"light" | "dark" | null} theme null: as the system has it. */
export function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  try {
    if (theme) localStorage.setItem(THEME_KEY, theme);
    else localStorage.removeItem(THEME_KEY);
  } catch {
    // Without storage the choice lasts until the page is left.
  }
  changed();
}

export function isDark() {
  const theme = document.documentElement.dataset.theme;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export function restoreTheme() {
  let theme = null;
  try {
    theme = localStorage.getItem(THEME_KEY);
  } catch {
    // As above.
  }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}

/** Viridis (Smith and van der Walt, 2015), sampled: even steps of lightness, also for colour-blind readers. */
const VIRIDIS = [
  [68, 1, 84], [72, 36, 117], [65, 68, 135], [53, 95, 141], [42, 120, 142], [33, 145, 140],
  [34, 168, 132], [68, 191, 112], [122, 209, 81], [189, 223, 38], [253, 231, 37],
];

/**
 * 256 pixels from low to high values.
 *
 * @returns {Uint32Array}
 */
export function colourRamp() {
  // The ends of the map vanish in a background of their own lightness.
  const [first, last] = isDark() ? [0.18, 1] : [0, 0.9];
  return Uint32Array.from({ length: 256 }, (_, step) => {
    const place = (first + (last - first) * (step / 255)) * (VIRIDIS.length - 1);
    const below = Math.min(Math.floor(place), VIRIDIS.length - 2);
    const part = place - below;
    const [red, green, blue] = VIRIDIS[below].map((low, channel) => Math.round(low + part * (VIRIDIS[below + 1][channel] - low)));
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
}
