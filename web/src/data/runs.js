import { get, path, request, withQuery } from "../api/client.js";
import { ArrowReader } from "./arrow.js";
import { Column } from "./column.js";
import { Selection } from "./selection.js";

/**
 * All runs of a study in columns, the selection among them, and who looks at them.
 *
 * @typedef {"rows" | "columns" | "selection" | "hover"} Change What has changed: values, which columns there are, which runs are selected,
 *   or which run is pointed at.
 * @typedef {(changes: Set<Change>) => void} Listener
 */

const RUN_COLUMNS =
  "run,status,outcome,breach,attempt,retries,assigned_runner,started_at,completed_at,duration_secs,error_message";
const ARROW = "application/vnd.apache.arrow.stream";

export class Runs {
  /**
   * @param {string} batch
   * @param {number} count How many runs the sample of the batch has.
   * @param {boolean} [hasNominal] Whether there is a nominal run besides. It is the row after those of the sample, so that whatever goes
   *   over the first `count` rows leaves it out.
   */
  constructor(batch, count, hasNominal = false) {
    this.batch = batch;
    this.count = count;
    this.hasNominal = hasNominal;
    /** @type {Map<string, Column>} */
    this.columns = new Map();
    this.selection = new Selection();
    /** The run that the pointer is at, in whichever view; -1: none. */
    this.hovered = -1;
    /** Up to which end the rows are known, as the control plane counts them; null if it does not. */
    this.marker = /** @type {string | null} */ (null);
    this.isLoaded = false;
    /** @type {Set<Listener>} */
    this.listeners = new Set();
    /** @type {Set<Change>} */
    this.pending = new Set();
    this.frame = 0;
    /** What was wrong with the selection. */
    this.problem = /** @type {string | null} */ (null);
  }

  /**
   * Calls a listener once for all that has changed since the last frame.
   *
   * @param {Listener} listener
   * @returns {() => void} Ends it.
   */
  watch(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** @param {Change[]} changes */
  changed(...changes) {
    for (const change of changes) this.pending.add(change);
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => this.tell());
  }

  /** Tells all listeners now what is pending. */
  tell() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const changes = this.pending;
    this.pending = new Set();
    if (changes.has("rows")) this.selection.forget();
    if (changes.has("rows") || changes.has("columns") || changes.has("selection")) this.updateSelection();
    for (const listener of this.listeners) listener(changes);
  }

  updateSelection() {
    // A selection of the page's address may name columns that are not here yet.
    if (this.columns.size === 0) return;
    this.problem = this.selection.update(this.count, (name) => this.columns.get(name));
  }

  /**
   * Sets the clause of a view.
   *
   * @param {string} view
   * @param {string} text A condition; empty for none.
   * @throws {import("./condition.js").ConditionError}
   */
  select(view, text) {
    this.selection.set(view, text);
    this.changed("selection");
  }

  /** @param {number} run */
  hover(run) {
    if (run === this.hovered) return;
    this.hovered = run;
    this.changed("hover");
  }

  /** The row of the nominal run; -1 if there is none. */
  get nominal() {
    return this.hasNominal ? this.count : -1;
  }

  /** How many rows the columns have. */
  get rows() {
    return this.count + (this.hasNominal ? 1 : 0);
  }

  /** @param {number} rows Of the sample and the nominal run. */
  resize(rows) {
    if (rows <= this.rows) return;
    this.count = rows - (this.hasNominal ? 1 : 0);
    for (const column of this.columns.values()) column.grow(rows);
    this.changed("rows");
  }

  /**
   * What a run is called.
   *
   * @param {number} run
   */
  nameOf(run) {
    return run === this.nominal ? "nominal run" : `run ${run}`;
  }

  /**
   * The columns of a group, in the order of the table.
   *
   * @param {"run" | "parameter" | "output"} group
   */
  group(group) {
    return [...this.columns.values()].filter((column) => column.group === group);
  }

  /** @param {string} name */
  column(name) {
    return this.columns.get(name);
  }

  /**
   * Reads all runs, and tells of them as they come.
   *
   * @param {AbortSignal} [signal]
   */
  async load(signal) {
    await this.read({}, signal);
    this.isLoaded = true;
    this.changed("rows");
  }

  /**
   * Reads the runs that have ended since.
   *
   * @param {AbortSignal} [signal]
   */
  async refresh(signal) {
    await this.read(this.marker === null ? {} : { ended_after: this.marker }, signal);
  }

  /**
   * @param {Record<string, string>} parameters
   * @param {AbortSignal} [signal]
   */
  async read(parameters, signal) {
    const table = `${path("batches", this.batch)}/table`;
    const url = withQuery(table, { columns: await wantedColumns(table, signal), ...parameters });
    const response = await request(url, { signal, headers: { Accept: ARROW } });
    const marker = response.headers.get("Lynx-Ended");
    const reader = new ArrowReader();
    /** @type {Column[]} */
    let places = [];
    /** @type {Map<number, string[]>} */
    const dictionaries = new Map();
    const stream = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    for (let piece = await stream.read(); !piece.done; piece = await stream.read()) {
      for (const message of reader.push(/** @type {Uint8Array} */ (piece.value))) {
        if (message.kind === "schema") places = this.adopt(message.fields);
        else if (message.kind === "dictionary") dictionaries.set(message.column, message.texts);
        else this.take(message, places, dictionaries);
      }
    }
    if (!reader.isComplete) throw new Error("The table of runs broke off.");
    this.marker = marker;
  }

  /** @param {import("./arrow.js").Field[]} fields */
  adopt(fields) {
    let isNew = false;
    const places = fields.map((field) => {
      let column = this.columns.get(field.name);
      if (!column) {
        column = new Column(field, this.rows);
        this.columns.set(field.name, column);
        isNew = true;
      }
      return column;
    });
    if (isNew) this.changed("columns");
    return places;
  }

  /**
   * @param {{rows: number, columns: import("./arrow.js").Values[]}} batch
   * @param {Column[]} places
   * @param {Map<number, string[]>} dictionaries
   */
  take({ rows, columns }, places, dictionaries) {
    if (rows === 0) return;
    const [first] = columns;
    const halves = new Int32Array(first.data.buffer, first.data.byteOffset, 2 * rows);
    const runs = Int32Array.from({ length: rows }, (_, row) => halves[2 * row]);
    this.resize(runs[rows - 1] + 1);
    places.forEach((column, place) => column.set(runs, columns[place], dictionaries.get(place) ?? []));
    this.changed("rows");
  }

  /**
   * Marks the runs that are being simulated; their rows come only when they have ended.
   *
   * @param {Iterable<number>} running
   */
  markRunning(running) {
    const status = this.columns.get("status");
    if (!status) return;
    const [pending, active] = [status.intern("Pending"), status.intern("Running")];
    for (let row = 0; row < this.rows; row += 1) if (status.places[row] === active) status.places[row] = pending;
    for (const run of running) if (status.places[run] === pending) status.places[run] = active;
    this.changed("rows");
  }
}

/**
 * The columns to ask for: a pattern that no column matches would be refused.
 *
 * @param {string} table
 * @param {AbortSignal} [signal]
 */
async function wantedColumns(table, signal) {
  /** @type {{columns: {name: string}[]}} */
  const { columns } = await get(`${table}?runs=1`, signal);
  const groups = ["parameters.", "outputs."].filter((group) => columns.some(({ name }) => name.startsWith(group)));
  return [RUN_COLUMNS, ...groups.map((group) => `${group}*`)].join(",");
}
