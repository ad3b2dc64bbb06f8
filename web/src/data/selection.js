import { parse } from "./condition.js";
import { evaluate } from "./evaluation.js";

/**
 * @typedef {import("./column.js").Column} Column
 * @typedef {import("./condition.js").Condition} Condition
 */

/**
 * Which runs are selected: those for which all clauses are true. Each clause is a condition of the API's `where` and belongs to
 * the view that made it, so that a selection is a text as well as a bitmap: it goes into the page's address, and to the server.
 */
export class Selection {
  constructor() {
    /** @type {Map<string, {text: string, condition: Condition, rows: Uint8Array | null}>} */
    this.clauses = new Map();
    /** For each row whether it is selected; all rows are if there is no clause. */
    this.rows = new Uint8Array(0);
    this.count = 0;
  }

  /** Whether anything is selected at all. */
  get isActive() {
    return this.clauses.size > 0;
  }

  /** The whole as one condition; empty if all runs are selected. */
  get text() {
    const texts = [...this.clauses.values()].map(({ text }) => text);
    return texts.length === 1 ? texts[0] : texts.map((text) => (/\bor\b/i.test(text) ? `(${text})` : text)).join(" and ");
  }

  /**
   * Sets the clause of a view, or removes it if the text is empty. `update` makes it count.
   *
   * @param {string} view
   * @param {string} text
   * @throws {import("./condition.js").ConditionError}
   */
  set(view, text) {
    if (text.trim() === "") this.clauses.delete(view);
    else if (this.clauses.get(view)?.text !== text) this.clauses.set(view, { text, condition: parse(text), rows: null });
  }

  clear() {
    this.clauses.clear();
  }

  /** The runs' values have changed. */
  forget() {
    for (const clause of this.clauses.values()) clause.rows = null;
  }

  /**
   * Computes the rows. A clause that is no longer understood, such as one on a column that is not there, is removed.
   *
   * @param {number} count The number of rows.
   * @param {(name: string) => Column | undefined} columnOf
   * @returns {string | null} What was wrong with a clause.
   */
  update(count, columnOf) {
    let problem = null;
    for (const [view, clause] of this.clauses) {
      if (clause.rows?.length === count) continue;
      try {
        clause.rows = evaluate(clause.condition, count, columnOf);
      } catch (error) {
        problem = /** @type {Error} */ (error).message;
        this.clauses.delete(view);
      }
    }
    if (this.rows.length !== count) this.rows = new Uint8Array(count);
    const { rows } = this;
    rows.fill(1);
    this.count = count;
    for (const clause of this.clauses.values()) {
      const own = /** @type {Uint8Array} */ (clause.rows);
      for (let row = 0; row < count; row += 1) rows[row] &= own[row];
    }
    if (this.isActive) {
      this.count = 0;
      for (let row = 0; row < count; row += 1) this.count += rows[row];
    }
    return problem;
  }

  /**
   * The selected rows in order, at most so many.
   *
   * @param {number} [most]
   */
  list(most = Infinity) {
    const list = [];
    for (let row = 0; row < this.rows.length && list.length < most; row += 1) if (this.rows[row]) list.push(row);
    return list;
  }
}
