import { ordered } from "../../data/order.js";
import { quotedName } from "../../data/condition.js";
import { el, fill, setText } from "../../dom/element.js";
import { grouped, moment, number } from "../../dom/format.js";
import { card } from "../../dom/parts.js";
import { address, link, remember } from "../../router.js";

/**
 * @typedef {import("./context.js").Study} Study
 * @typedef {import("../../data/column.js").Column} Column
 * @typedef {{element: HTMLElement, tick: HTMLInputElement, cells: HTMLElement[], row: number, place: number}} Line
 */

/** As the style sheet has them. */
const ROW_HEIGHT = 28;
const CELL_WIDTH = 128;
const TICK_WIDTH = 36;
/** Rows beyond the visible ones that are there already when they come into view. */
const SPARE = 8;
/** Browsers lose their precision beyond some 10 million pixels; a longer table is scrolled by proportion. */
const MOST_PIXELS = 8_000_000;
const HIDDEN_AT_FIRST = new Set(["attempt", "retries", "assigned_runner", "started_at", "completed_at", "duration_secs"]);
/** Of parameters and of outputs so many are shown without asking. */
const SHOWN_AT_FIRST = 16;
const TICKED = "ticked";

/**
 * All runs as a table, of which only the rows in view are elements.
 *
 * @param {Study} study
 * @returns {import("./context.js").Section & {sort: (name: string, isDescending: boolean) => void}}
 */
export function runTable(study) {
  const { runs } = study;
  const { query } = address();
  let sortName = (query.get("sort") ?? "").replace(/^-/, "");
  let isDescending = (query.get("sort") ?? "").startsWith("-");
  /** @type {Set<string> | null} */
  let chosen = namesIn(query.get("columns"));
  let order = new Int32Array(0);
  /** @type {Column[]} */
  let columns = [];
  /** @type {Line[]} */
  let lines = [];
  const ticked = /** @type {Set<number>} */ (new Set());
  let frame = 0;
  let isVisible = false;
  let inView = { begin: 0, end: 0 };
  /** The place of the first row in view. */
  let top = 0;

  const headRow = el("div", { class: "head", role: "row" });
  const body = el("div", { class: "body", role: "presentation" });
  const viewport = el("div", { class: "viewport", role: "grid", tabindex: 0, "aria-label": "All runs" }, headRow, body);
  const choices = el("div", { class: "columns-choice", hidden: true });
  const open = el("button", { type: "button", "aria-expanded": "false", onclick: () => {
    choices.hidden = !choices.hidden;
    open.setAttribute("aria-expanded", String(!choices.hidden));
  } }, "Columns…");
  const count = el("span", { class: "small muted" });
  const element = card("Runs", { controls: [count, open] }, choices, el("div", { class: "runs-table" }, viewport));

  function isShown(/** @type {Column} */ column) {
    if (chosen) return chosen.has(column.name);
    return !HIDDEN_AT_FIRST.has(column.name) && (column.group === "run" || runs.group(column.group).indexOf(column) < SHOWN_AT_FIRST);
  }

  function onColumns() {
    columns = [...runs.columns.values()].filter(isShown);
    fill(headRow, el("div", { class: "pick" }), columns.map((column) => {
      const isSorted = column.name === sortName;
      return el("button", {
        type: "button",
        role: "columnheader",
        "aria-sort": isSorted ? (isDescending ? "descending" : "ascending") : "none",
        title: `${column.name}${column.description ? `: ${column.description}` : ""}. Sort by it`,
        onclick: () => sort(column.name, column.name === sortName ? !isDescending : false),
      }, el("span", { class: "name" },
        `${column.label}${isSorted ? (isDescending ? " ↓" : " ↑") : ""}`,
      ), el("span", { class: "units" }, column.units || column.group));
    }));
    fill(choices, [...runs.columns.values()].map((column) => {
      const box = el("input", { type: "checkbox", checked: isShown(column) });
      box.addEventListener("change", () => {
        chosen ??= new Set([...runs.columns.values()].filter(isShown).map(({ name }) => name));
        if (box.checked) chosen.add(column.name);
        else chosen.delete(column.name);
        remember({ columns: JSON.stringify([...chosen]) });
        onColumns();
      });
      return el("label", {}, box, column.name);
    }));
    lines = [];
    fill(body);
    schedule();
  }

  /**
   * @param {string} name
   * @param {boolean} descending
   */
  function sort(name, descending) {
    sortName = name;
    isDescending = descending;
    remember({ sort: `${descending ? "-" : ""}${name}` });
    viewport.scrollTop = 0;
    reorder();
    onColumns();
  }

  /** While a selection is drawn the table mostly is out of view, and waits. */
  function reorder() {
    setText(count,
      (runs.selection.isActive ? `${grouped(runs.selection.count)} selected` : `${grouped(runs.count)} runs`)
        + (runs.hasNominal ? " and the nominal one, in the first row" : ""),
    );
    if (!isVisible && lines.length > 0 && (runs.selection.isActive || sortName !== "")) return;
    order = ordered(
      runs.selection.isActive ? runs.selection.rows : null,
      runs.count,
      runs.column(sortName) ?? null,
      isDescending,
    );
    // Whatever is selected and however the sample is sorted: what the others are compared with.
    if (runs.hasNominal) {
      const sample = order;
      order = new Int32Array(sample.length + 1);
      order[0] = runs.nominal;
      order.set(sample, 1);
    }
    body.style.height = `${Math.min(order.length * ROW_HEIGHT, MOST_PIXELS)}px`;
    viewport.setAttribute("aria-rowcount", String(order.length + 1));
    schedule();
  }

  function schedule() {
    if (!frame) frame = requestAnimationFrame(paint);
  }

  /** @returns {Line} */
  function makeLine() {
    const tick = el("input", { type: "checkbox", tabindex: -1 });
    const cells = columns.map((column) => el(
      "div",
      { class: `cell${column.kind === "number" ? " is-number" : ""}`, role: "gridcell" },
    ));
    const line = {
      element: el("div", { class: "line", role: "row" }, el("div", { class: "pick" }, tick), cells),
      tick,
      cells,
      row: -1, place: -1,
    };
    line.element.style.width = `${TICK_WIDTH + CELL_WIDTH * columns.length}px`;
    tick.addEventListener("click", (event) => event.stopPropagation());
    tick.addEventListener("change", () => {
      if (tick.checked) ticked.add(line.row);
      else ticked.delete(line.row);
      runs.select(TICKED, [...ticked].sort((a, b) => a - b).map((run) => `${quotedName("run")} = ${run}`).join(" or "));
    });
    line.element.addEventListener("click", () => (location.hash = link(["run", `${study.id}-${line.row}`])));
    line.element.addEventListener("pointerenter", () => runs.hover(line.row));
    return line;
  }

  function paint() {
    frame = 0;
    lookSideways();
    const visible = Math.ceil(viewport.clientHeight / ROW_HEIGHT) + 1 + 2 * SPARE;
    const wanted = Math.min(visible, order.length);
    while (lines.length < wanted) {
      const line = makeLine();
      lines.push(line);
      body.append(line.element);
    }
    for (const { element } of lines.splice(wanted)) element.remove();
    const whole = order.length * ROW_HEIGHT;
    const height = Math.min(whole, MOST_PIXELS);
    const room = viewport.clientHeight - headRow.offsetHeight;
    const share = height > room ? Math.min(1, viewport.scrollTop / (height - room)) : 0;
    // In a table too long for a browser rows lie where the scroll bar says, not where they would be.
    const offset = whole > height ? share * (whole - height) : 0;
    top = Math.min(order.length - 1, Math.floor((viewport.scrollTop + offset) / ROW_HEIGHT));
    const first = Math.max(0, Math.min(order.length - wanted, top - SPARE));
    // A line keeps its place modulo their number, so that scrolling by one row changes one line.
    for (let place = first; place < first + wanted; place += 1) {
      const line = lines[place % wanted];
      line.element.classList.toggle("is-hovered", runs.hovered === order[place]);
      if (line.place !== place || offset > 0) line.element.style.transform = `translateY(${place * ROW_HEIGHT - offset}px)`;
      if (line.place !== place) line.element.setAttribute("aria-rowindex", String(place + 2));
      line.place = place;
      if (line.row !== order[place]) write(line, order[place]);
    }
  }

  /** Which columns are in view; others are left empty, because to lay out their texts takes as long as the visible ones do. */
  function lookSideways() {
    const begin = Math.max(0, Math.floor((viewport.scrollLeft - TICK_WIDTH) / CELL_WIDTH));
    const end = Math.min(columns.length, Math.ceil((viewport.scrollLeft + viewport.clientWidth) / CELL_WIDTH));
    if (begin === inView.begin && end === inView.end) return;
    inView = { begin, end };
    for (const line of lines) line.row = -1;
  }

  /**
   * @param {Line} line
   * @param {number} row
   */
  function write(line, row) {
    line.row = row;
    line.tick.checked = ticked.has(row);
    line.tick.hidden = row === runs.nominal;
    line.tick.setAttribute("aria-label", `Select run ${row}`);
    line.element.classList.toggle("is-nominal", row === runs.nominal);
    columns.forEach((column, place) => {
      const cell = line.cells[place];
      const isName = column.name === "run" && row === runs.nominal;
      const text = place >= inView.begin && place < inView.end ? isName ? "nominal" : shown(column, row) : "";
      if (cell.firstChild) /** @type {Text} */ (cell.firstChild).data = text;
      else cell.append(text);
    });
  }

  viewport.addEventListener("scroll", schedule, { passive: true });
  viewport.addEventListener("pointerleave", () => runs.hover(-1));
  viewport.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === viewport && lines.length > 0) {
      location.hash = link(["run", `${study.id}-${order[top]}`]);
    }
  });
  const observer = new ResizeObserver(schedule);
  observer.observe(viewport);
  const intersections = new IntersectionObserver((entries) => {
    isVisible = entries[entries.length - 1].isIntersecting;
    if (isVisible) reorder();
  }, { rootMargin: "200px" });
  intersections.observe(viewport);

  return {
    element,
    sort,
    onChange(changes) {
      if (changes.has("columns")) onColumns();
      if (changes.has("rows") || changes.has("selection") || changes.has("columns")) {
        if (!runs.selection.clauses.has(TICKED)) ticked.clear();
        for (const line of lines) line.row = -1;
        reorder();
      } else if (changes.has("hover")) schedule();
    },
    remove() {
      cancelAnimationFrame(frame);
      observer.disconnect();
      intersections.disconnect();
    },
  };
}

/**
 * The columns in an address, which may name anything.
 *
 * @param {string | null} text
 */
function namesIn(text) {
  try {
    const names = JSON.parse(text ?? "null");
    return Array.isArray(names) ? new Set(names.map(String)) : null;
  } catch {
    return null;
  }
}

/**
 * @param {Column} column
 * @param {number} row
 */
function shown(column, row) {
  const value = column.value(row);
  if (value === null) return "";
  if (column.kind === "time") return moment(/** @type {number} */ (value));
  return typeof value === "number" ? (column.isInteger ? String(value) : number(value)) : String(value);
}
