/**
 * In which order the rows of a table are shown.
 *
 * @typedef {import("./column.js").Column} Column
 */

/**
 * The chosen rows, sorted by a column; those without a value come last, and equals by run.
 *
 * @param {Uint8Array | null} rows Those with 1; null: all.
 * @param {number} count
 * @param {Column | null} column
 * @param {boolean} isDescending
 * @returns {Int32Array}
 */
export function ordered(rows, count, column, isDescending) {
  const list = new Int32Array(count);
  let length = 0;
  for (let row = 0; row < count; row += 1) if (!rows || rows[row]) list[length++] = row;
  const chosen = list.subarray(0, length);
  if (!column) return isDescending ? chosen.reverse() : chosen;
  const keys = sortKeys(column, count);
  const sign = isDescending ? -1 : 1;
  return chosen.sort((a, b) => {
    const [left, right] = [keys[a], keys[b]];
    if (left === right) return a - b;
    if (Number.isNaN(left)) return Number.isNaN(right) ? a - b : 1;
    if (Number.isNaN(right)) return -1;
    return left < right ? -sign : sign;
  });
}

/**
 * A number for each row that sorts as its value does.
 *
 * @param {Column} column
 * @param {number} count
 */
function sortKeys(column, count) {
  if (column.kind !== "text") return column.numbers;
  const ranks = new Float64Array(column.texts.length);
  const byText = Array.from(column.texts.keys()).sort((a, b) => (column.texts[a] < column.texts[b] ? -1 : 1));
  byText.forEach((place, rank) => (ranks[place] = rank));
  return Float64Array.from({ length: count }, (_, row) => (column.places[row] < 0 ? NaN : ranks[column.places[row]]));
}
