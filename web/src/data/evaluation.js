import { ConditionError } from "./condition.js";
import { NO_TEXT } from "./column.js";

/**
 * For which rows a condition is true, computed column by column.
 *
 * @typedef {import("./column.js").Column} Column
 * @typedef {import("./condition.js").Condition} Condition
 * @typedef {import("./condition.js").Operand} Operand
 * @typedef {import("./condition.js").Comparison} Comparison
 */

const FALSE = 0;
const UNKNOWN = 1;
const TRUE = 2;

/**
 * @param {Condition} condition
 * @param {number} rows
 * @param {(name: string) => Column | undefined} columnOf
 * @returns {Uint8Array} 1 for each row for which it is true, else 0.
 * @throws {ConditionError} if it names no column, or compares what cannot be compared.
 */
export function evaluate(condition, rows, columnOf) {
  const truths = truthsOf(condition, rows, columnOf);
  for (let row = 0; row < rows; row += 1) truths[row] >>= 1;
  return truths;
}

/**
 * @param {Condition} condition
 * @param {number} rows
 * @param {(name: string) => Column | undefined} columnOf
 * @returns {Uint8Array}
 */
function truthsOf(condition, rows, columnOf) {
  switch (condition.kind) {
    case "not": {
      const inner = truthsOf(condition.inner, rows, columnOf);
      for (let row = 0; row < rows; row += 1) inner[row] = TRUE - inner[row];
      return inner;
    }
    case "and":
    case "or": {
      const left = truthsOf(condition.left, rows, columnOf);
      const right = truthsOf(condition.right, rows, columnOf);
      const isAnd = condition.kind === "and";
      for (let row = 0; row < rows; row += 1) {
        if (isAnd ? right[row] < left[row] : right[row] > left[row]) left[row] = right[row];
      }
      return left;
    }
    case "isNull": {
      const column = known(condition.name, columnOf);
      const truths = new Uint8Array(rows);
      for (let row = 0; row < rows; row += 1) truths[row] = isNull(column, row) ? TRUE : FALSE;
      return truths;
    }
    default:
      return compare(condition.left, condition.comparison, condition.right, rows, columnOf);
  }
}

/**
 * @param {string} name
 * @param {(name: string) => Column | undefined} columnOf
 */
function known(name, columnOf) {
  const column = columnOf(name);
  if (!column) throw new ConditionError(`No column is called '${name}'.`);
  return column;
}

/**
 * @param {Column} column
 * @param {number} row
 */
function isNull(column, row) {
  return column.kind === "text" ? column.places[row] === NO_TEXT : Number.isNaN(column.numbers[row]);
}

/**
 * @param {Operand} left
 * @param {Comparison} comparison
 * @param {Operand} right
 * @param {number} rows
 * @param {(name: string) => Column | undefined} columnOf
 * @returns {Uint8Array}
 */
function compare(left, comparison, right, rows, columnOf) {
  if (left.kind !== "column") {
    if (right.kind !== "column") throw new ConditionError("A comparison needs a column on one side.");
    return compare(right, mirrored(comparison), left, rows, columnOf);
  }
  const column = known(left.name, columnOf);
  const other = right.kind === "column" ? known(right.name, columnOf) : null;
  if (other) return compareColumns(column, comparison, other, rows);
  if (column.kind === "text") return compareText(column, comparison, right, rows);
  const value = comparable(column, right);
  const truths = new Uint8Array(rows);
  const { numbers } = column;
  // A loop for each comparison: a call for each row would take several times as long.
  switch (comparison) {
    case "=":
      for (let row = 0; row < rows; row += 1) truths[row] = numbers[row] === value ? TRUE : FALSE;
      break;
    case "!=":
      for (let row = 0; row < rows; row += 1) truths[row] = numbers[row] !== value ? TRUE : FALSE;
      break;
    case "<":
      for (let row = 0; row < rows; row += 1) truths[row] = numbers[row] < value ? TRUE : FALSE;
      break;
    case "<=":
      for (let row = 0; row < rows; row += 1) truths[row] = numbers[row] <= value ? TRUE : FALSE;
      break;
    case ">":
      for (let row = 0; row < rows; row += 1) truths[row] = numbers[row] > value ? TRUE : FALSE;
      break;
    default:
      for (let row = 0; row < rows; row += 1) truths[row] = numbers[row] >= value ? TRUE : FALSE;
  }
  for (let row = 0; row < rows; row += 1) if (Number.isNaN(numbers[row])) truths[row] = UNKNOWN;
  return truths;
}

/**
 * @param {Column} column
 * @param {Operand} operand
 */
function comparable(column, operand) {
  if (operand.kind === "number" && column.kind === "number") return operand.value;
  if (operand.kind === "bool" && column.kind === "bool") return Number(operand.value);
  if (operand.kind === "text" && column.kind === "time") {
    const time = Date.parse(operand.value);
    if (!Number.isNaN(time)) return time;
  }
  const wanted = { number: "a number", bool: "true or false", time: "a time such as '2026-01-31T12:00:00Z'", text: "a text" };
  throw new ConditionError(`'${column.name}' is compared with ${wanted[column.kind]}.`);
}

/**
 * @param {Column} column
 * @param {Comparison} comparison
 * @param {Operand} operand
 * @param {number} rows
 */
function compareText(column, comparison, operand, rows) {
  if (operand.kind !== "text") throw new ConditionError(`'${column.name}' is compared with a text in quotes.`);
  const holds = Uint8Array.from(column.texts, (text) => (satisfies(comparison, text, operand.value) ? TRUE : FALSE));
  const truths = new Uint8Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const place = column.places[row];
    truths[row] = place === NO_TEXT ? UNKNOWN : holds[place];
  }
  return truths;
}

/**
 * @param {Column} left
 * @param {Comparison} comparison
 * @param {Column} right
 * @param {number} rows
 */
function compareColumns(left, comparison, right, rows) {
  if (left.kind !== right.kind) throw new ConditionError(`'${left.name}' and '${right.name}' cannot be compared.`);
  const truths = new Uint8Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const a = left.value(row);
    const b = right.value(row);
    truths[row] = a === null || b === null ? UNKNOWN : satisfies(comparison, a, b) ? TRUE : FALSE;
  }
  return truths;
}

/**
 * @template {number | string | boolean} Value
 * @param {Comparison} comparison
 * @param {Value} a
 * @param {Value} b
 */
function satisfies(comparison, a, b) {
  switch (comparison) {
    case "=":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    default:
      return a >= b;
  }
}

/**
 * @param {Comparison} comparison
 * @returns {Comparison}
 */
function mirrored(comparison) {
  const mirrors = /** @type {Record<Comparison, Comparison>} */ ({
    "=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=",
  });
  return mirrors[comparison];
}
