import { get, withQuery } from "../api/client.js";
import { el, fill, setText } from "../dom/element.js";
import { ago, grouped, moment, plural } from "../dom/format.js";
import { every } from "../dom/poll.js";
import { badge, card, problem } from "../dom/parts.js";
import { link, remember } from "../router.js";

/**
 * @typedef {import("../api/types.js").Batch} Batch
 * @typedef {import("../api/types.js").StudySummary} StudySummary
 * @typedef {{studies: StudySummary[], next_cursor?: string}} Page
 */

const PAGE = 100;
const PAUSE_S = 2;

/**
 * The list of studies, newest first, with live progress and verdicts.
 *
 * @param {HTMLElement} root
 * @param {import("../router.js").Address} address
 * @param {AbortSignal} signal
 * @returns {Promise<() => void>}
 */
export async function showStudies(root, { query }, signal) {
  document.title = "Studies · lynx-runner";
  /** @type {Map<string, {summary: string, element: HTMLTableRowElement}>} */
  let rows = new Map();
  /** When each ticked study was submitted. */
  const ticked = /** @type {Map<string, string>} */ (new Map());
  let cursor = /** @type {string | undefined} */ (undefined);
  let timer = 0;

  const body = el("tbody");
  const status = el("p", { class: "status-line small", role: "status" });
  const search = el("input", { type: "search", placeholder: "Name, id, simulation or person", "aria-label": "Search studies", value: query.get("search") ?? "", oninput: () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void begin().catch((error) => fill(status, problem(error))), 200);
  } });
  const compare = el("a", { class: "button" });
  const more = el("button", { type: "button", hidden: true, onclick: () => void readPage(cursor, false) }, "Older studies");
  const heads = [
    "", "Study", "State", "Progress", "Verdict", "Submitted", "By", "Code",
  ].map((text) => el("th", { scope: "col" }, text));
  const table = el("table", { class: "plain studies" }, el("thead", {}, el("tr", {}, heads)), body);
  fill(root, card("Studies", { controls: [search, compare] }, el("div", { class: "scroll-x" }, table), status, more));
  nameComparison();

  function nameComparison() {
    const [first, second] = [...ticked.keys()].sort((a, b) => ((ticked.get(a) ?? "") < (ticked.get(b) ?? "") ? -1 : 1));
    const isReady = ticked.size === 2;
    setText(compare, isReady ? "Compare the two" : "Tick two to compare");
    if (isReady) compare.setAttribute("href", link(["compare", first, second]));
    else compare.removeAttribute("href");
    compare.setAttribute("aria-disabled", String(!isReady));
  }

  /** @param {Batch} batch */
  function tickOf(batch) {
    const tick = el(
      "input",
      { type: "checkbox", "aria-label": `Compare ${batch.name} ${batch.batch_id}`, checked: ticked.has(batch.batch_id) },
    );
    tick.addEventListener("change", () => {
      if (tick.checked) ticked.set(batch.batch_id, batch.created_at);
      else ticked.delete(batch.batch_id);
      nameComparison();
    });
    return tick;
  }

  /**
   * Adds what is new, and writes anew what has changed.
   *
   * @param {Page} page
   * @param {boolean} isNewest Whether new studies come before those that are there.
   */
  function show({ studies }, isNewest) {
    const fresh = [];
    for (const study of studies) {
      const summary = JSON.stringify(study);
      const id = study.batch.batch_id;
      const known = rows.get(id);
      if (known?.summary === summary) continue;
      const element = known?.element ?? el("tr");
      fill(element, cells(study, tickOf(study.batch)));
      rows.set(id, { summary, element });
      if (!known) fresh.push(element);
    }
    if (isNewest) body.prepend(...fresh);
    else body.append(...fresh);
    setText(status,
      statusText(),
    );
  }

  function statusText() {
    if (rows.size === 0) {
      return search.value ? "No study has this in its name, id, simulation or submitter." : "No studies yet. Submit one: lynxctl submit study.yaml";
    }
    const count = rows.size === 1 ? "1 study" : `${grouped(rows.size)} studies`;
    return `${count}${search.value ? " found" : ""}${more.hidden ? "" : ", and older ones"}`;
  }

  /**
   * @param {string | undefined} from
   * @param {boolean} isNewest
   */
  async function readPage(from, isNewest) {
    const wanted = search.value;
    const page = /** @type {Page} */ (await get(withQuery("/studies", { limit: PAGE, search: wanted, cursor: from }), signal));
    if (wanted !== search.value) return;
    if (!isNewest) {
      cursor = page.next_cursor;
      more.hidden = !cursor;
    }
    show(page, isNewest);
  }

  async function begin() {
    remember({ search: search.value });
    rows = new Map();
    fill(body);
    await readPage(undefined, false);
  }

  await begin();
  every(PAUSE_S, () => readPage(undefined, true), signal, (error) => fill(status, problem(error)));
  return () => window.clearTimeout(timer);
}

/**
 * @param {StudySummary} study
 * @param {HTMLElement} tick
 */
function cells({ batch, simulation, requirements, verdict, code }, tick) {
  const noVerdict = requirements === 0 ? "no requirements" : "being judged…";
  return [
    el("td", {}, tick),
    el("td", { class: "name" },
      el("a", { href: link(["study", batch.batch_id]) }, batch.name),
      el("div", { class: "muted small" }, simulation, " · ", el("span", { class: "mono" }, batch.batch_id)),
    ),
    el("td", {}, badge(batch.status)),
    el("td", { class: "progress" }, progressOf(batch)),
    el("td", {}, verdict ? badge(verdict, plural(requirements, "requirement")) : el("span", { class: "muted small" }, noVerdict)),
    el("td", { class: "small", title: moment(batch.created_at) }, ago(batch.created_at)),
    el("td", { class: "small break" }, batch.submitted_by ?? "–"),
    el("td", { class: "mono small" }, code ?? "–"),
  ];
}

/** @param {Batch} batch */
function progressOf(batch) {
  const { completed_jobs, failed_jobs, cancelled_jobs, total_jobs } = batch;
  const ended = completed_jobs + failed_jobs + cancelled_jobs;
  const parts = /** @type {[string, number][]} */ ([
    ["passed", completed_jobs],
    ["failed", failed_jobs],
    ["cancelled", cancelled_jobs],
  ]);
  const spans = parts.map(([name, count]) => {
    const span = el("span", { class: `fill-${name}` });
    span.style.width = `${(100 * count) / Math.max(1, total_jobs)}%`;
    return span;
  });
  const rest = [
    failed_jobs > 0 ? `, ${grouped(failed_jobs)} failed` : "",
    cancelled_jobs > 0 ? `, ${grouped(cancelled_jobs)} cancelled` : "",
  ].join("");
  return [
    el(
      "div",
      {
        class: "bar thin",
        role: "progressbar",
        "aria-valuemin": 0,
        "aria-valuemax": total_jobs,
        "aria-valuenow": ended,
        "aria-label": `Progress of ${batch.name}`,
      },
      spans,
    ),
    el("span", { class: "small muted" }, `${grouped(ended)} of ${grouped(total_jobs)}${rest}`),
  ];
}
