/**
 * Small statistics of a column, computed in the page because they follow the selection. Intervals and verdicts come from the
 * control plane.
 *
 * @typedef {{low: number, high: number}} Extent
 */

/**
 * The least and the greatest number; null if there is none.
 *
 * @param {Float64Array} numbers
 * @param {number} [count]
 * @returns {Extent | null}
 */
export function extent(numbers, count = numbers.length) {
  let low = Infinity;
  let high = -Infinity;
  for (let row = 0; row < count; row += 1) {
    const value = numbers[row];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : null;
}

/**
 * How many numbers lie in each bin of equal width; the last bin holds the greatest number.
 *
 * @param {Float64Array} numbers
 * @param {Uint8Array | null} rows Only those with 1; null: all.
 * @param {Extent} range
 * @param {number} bins
 */
export function histogram(numbers, rows, { low, high }, bins) {
  const counts = new Uint32Array(bins);
  const scale = high > low ? bins / (high - low) : 0;
  const count = rows ? rows.length : numbers.length;
  for (let row = 0; row < count; row += 1) {
    if (rows && !rows[row]) continue;
    const value = numbers[row];
    if (!(value >= low && value <= high)) continue;
    const bin = Math.floor((value - low) * scale);
    counts[bin < bins ? bin : bins - 1] += 1;
  }
  return counts;
}

/**
 * The numbers in ascending order, without NaN.
 *
 * @param {Float64Array} numbers
 * @param {Uint8Array | null} rows
 */
export function sorted(numbers, rows) {
  const picked = new Float64Array(rows ? rows.length : numbers.length);
  let count = 0;
  for (let row = 0; row < picked.length; row += 1) {
    if ((!rows || rows[row]) && !Number.isNaN(numbers[row])) picked[count++] = numbers[row];
  }
  return picked.slice(0, count).sort();
}

/**
 * The quantile of ascending numbers by linear interpolation (type 7 of Hyndman and Fan, 1996).
 *
 * @param {Float64Array} ascending
 * @param {number} probability
 */
export function quantile(ascending, probability) {
  if (ascending.length === 0) return NaN;
  const place = (ascending.length - 1) * probability;
  const below = Math.floor(place);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below] + (place - below) * (ascending[above] - ascending[below]);
}

/**
 * Mean and standard deviation (Welford, 1962) of the chosen numbers.
 *
 * @param {Float64Array} numbers
 * @param {Uint8Array | null} rows
 */
export function moments(numbers, rows) {
  let count = 0;
  let mean = 0;
  let squares = 0;
  const length = rows ? rows.length : numbers.length;
  for (let row = 0; row < length; row += 1) {
    const value = numbers[row];
    if ((rows && !rows[row]) || Number.isNaN(value)) continue;
    count += 1;
    const step = value - mean;
    mean += step / count;
    squares += step * (value - mean);
  }
  return { count, mean: count > 0 ? mean : NaN, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : NaN };
}

/**
 * The share of the numbers that are less than a value.
 *
 * @param {Float64Array} ascending
 * @param {number} value
 */
export function shareBelow(ascending, value) {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return ascending.length > 0 ? low / ascending.length : NaN;
}
