import { texts } from "./arrow.js";
import { extent } from "./statistics.js";

/**
 * @typedef {import("./arrow.js").Field} Field
 * @typedef {import("./arrow.js").Values} Values
 * @typedef {"number" | "text" | "time" | "bool"} Kind
 */

/** The place of a text that a row does not have. */
export const NO_TEXT = -1;

/**
 * One column of all runs. Numbers are as they are, times in milliseconds since 1970, booleans 0 and 1, all NaN where a run has
 * none; texts are places in a list of the different ones.
 */
export class Column {
  /**
   * @param {Field} field
   * @param {number} capacity How many rows there will be.
   */
  constructor({ name, type, isDictionary, metadata }, capacity) {
    this.name = name;
    /** @type {Kind} */
    this.kind = type === "utf8" || isDictionary ? "text" : type === "timestamp" ? "time" : type === "bool" ? "bool" : "number";
    this.isInteger = type === "int64";
    this.units = metadata.units ?? "";
    this.description = metadata.description ?? "";
    this.numbers = this.kind === "text" ? new Float64Array(0) : new Float64Array(capacity).fill(NaN);
    this.places = this.kind === "text" ? new Int32Array(capacity).fill(NO_TEXT) : new Int32Array(0);
    /** @type {string[]} */
    this.texts = [];
    /** @type {Map<string, number>} */
    this.placeOf = new Map();
    /**
     * The range of the numbers, until they change.
     *
     * @type {import("./statistics.js").Extent | null | undefined}
     */
    this.known = undefined;
  }

  /**
   * The least and the greatest number of the first rows; null if there is none.
   *
   * @param {number} count
   */
  range(count) {
    if (this.known === undefined) this.known = extent(this.numbers, count);
    return this.known;
  }

  /** What it is called where its group is clear: without `parameters.` and `outputs.`. */
  get label() {
    return this.name.replace(/^(parameters|outputs)\./, "");
  }

  get group() {
    return this.name.startsWith("parameters.") ? "parameter" : this.name.startsWith("outputs.") ? "output" : "run";
  }

  /** @param {number} capacity */
  grow(capacity) {
    this.known = undefined;
    if (this.kind === "text") {
      const longer = new Int32Array(capacity).fill(NO_TEXT);
      longer.set(this.places);
      this.places = longer;
    } else {
      const longer = new Float64Array(capacity).fill(NaN);
      longer.set(this.numbers);
      this.numbers = longer;
    }
  }

  /** @param {string} text */
  intern(text) {
    let place = this.placeOf.get(text);
    if (place === undefined) {
      place = this.texts.push(text) - 1;
      this.placeOf.set(text, place);
    }
    return place;
  }

  /**
   * Sets rows.
   *
   * @param {ArrayLike<number>} rows The row of each value.
   * @param {Values} values
   * @param {string[]} dictionary The texts that the values are places in, if the column is a dictionary.
   */
  set(rows, values, dictionary) {
    this.known = undefined;
    const { validity, data } = values;
    const isNull = (/** @type {number} */ place) => validity !== null && !((validity[place >> 3] >> (place & 7)) & 1);
    const count = rows.length;
    if (this.kind === "text") {
      const texts = this.textPlaces(values, dictionary, count);
      for (let place = 0; place < count; place += 1) this.places[rows[place]] = isNull(place) ? NO_TEXT : texts[place];
    } else if (data instanceof Float64Array) {
      if (validity === null && isRange(rows)) this.numbers.set(data, rows[0]);
      else for (let place = 0; place < count; place += 1) this.numbers[rows[place]] = isNull(place) ? NaN : data[place];
    } else if (data instanceof BigInt64Array) {
      // By halves: to make a BigInt of each value takes ten times as long. Microseconds become milliseconds.
      const halves = new Int32Array(data.buffer, data.byteOffset, 2 * count);
      const scale = this.kind === "time" ? 1e-3 : 1;
      for (let place = 0; place < count; place += 1) {
        const value = (halves[2 * place + 1] * 4_294_967_296 + (halves[2 * place] >>> 0)) * scale;
        this.numbers[rows[place]] = isNull(place) ? NaN : value;
      }
    } else {
      for (let place = 0; place < count; place += 1) {
        this.numbers[rows[place]] = isNull(place) ? NaN : (data[place >> 3] >> (place & 7)) & 1;
      }
    }
  }

  /**
   * @param {Values} values
   * @param {string[]} dictionary
   * @param {number} count
   * @returns {ArrayLike<number>}
   */
  textPlaces(values, dictionary, count) {
    if (values.bytes) return texts(values, count).map((text) => this.intern(text));
    const own = dictionary.map((text) => this.intern(text));
    return Array.from(/** @type {Int32Array} */ (values.data).subarray(0, count), (place) => own[place]);
  }

  /**
   * What a row has, for people and programs alike; null if nothing.
   *
   * @param {number} row
   * @returns {number | string | boolean | null}
   */
  value(row) {
    if (this.kind === "text") return this.places[row] === NO_TEXT ? null : this.texts[this.places[row]];
    const number = this.numbers[row];
    if (Number.isNaN(number)) return null;
    return this.kind === "bool" ? number === 1 : number;
  }
}

/** @param {ArrayLike<number>} rows */
function isRange(rows) {
  return rows.length > 0 && rows[rows.length - 1] - rows[0] === rows.length - 1;
}
