import { path, post, withQuery } from "../../api/client.js";
import { may } from "../../api/session.js";
import { ConditionError } from "../../data/condition.js";
import { el, fill, setText } from "../../dom/element.js";
import { grouped, plural } from "../../dom/format.js";
import { actionButton, announce, confirmed } from "../../dom/parts.js";
import { link, remember } from "../../router.js";
import { download } from "./head.js";

/** @typedef {import("./context.js").Study} Study */

const EXPRESSION = "expression";
/** A submission may hold so many values in its table. */
const MOST_VALUES = 150_000;
/** One call retries so many runs. */
const MOST_RETRIED = 10_000;

/**
 * The selection: how many runs, by which conditions, and what can be done with them.
 *
 * @param {Study} study
 * @returns {import("./context.js").Section & {restore: (text: string) => void}} `restore` takes the selection of the page's address.
 */
export function selectionBar(study) {
  const { runs } = study;
  const count = el("span", { class: "count", role: "status", "aria-live": "polite" });
  const chips = el("div", { class: "chips" });
  const message = el("span", { class: "small" });
  const input = el("input", {
    placeholder: "outputs.miss_m > 10 and status = 'Failed'",
    "aria-label": "Select runs by an expression",
    spellcheck: "false",
    autocomplete: "off",
    list: "column-names",
  });
  const names = el("datalist", { id: "column-names" });
  const form = el("form", {
    onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      try {
        runs.select(EXPRESSION, input.value);
        setText(message, "");
      } catch (error) {
        if (!(error instanceof ConditionError)) throw error;
        setText(message, error.message);
      }
    },
  }, input, el("button", {}, "Select"));

  const clear = el(
    "button",
    { type: "button", onclick: () => { runs.selection.clear(); input.value = ""; runs.changed("selection"); } },
    "Select all",
  );
  const csv = el(
    "button",
    {
      type: "button",
      onclick: () => void download(
        withQuery(`${path("batches", study.id)}/table`, { where: runs.selection.text }),
        `${study.id}-selection.csv`,
      ),
    },
    "CSV",
  );
  const copy = el("button", {
    type: "button",
    title: "Copy the address of this view",
    onclick: async () => {
      await navigator.clipboard?.writeText(location.href);
      announce("The address of this view is copied.");
    },
  }, "Link");
  const again = actionButton("Run again…",
    () => runAgain(study),
    { title: "Submit a study of the selected runs, with the same parameters" },
  );
  const retry = actionButton("Retry failed",
    () => retryFailed(study),
    { title: "Queue the selected runs that failed or timed out again" },
  );
  const element = el("section", { class: "selection", "aria-label": "Selection" },
    count, form, names, csv, copy, retry, again, clear, message, chips,
  );
  let timer = 0;

  /** @param {Set<import("../../data/runs.js").Change>} changes */
  function onChange(changes) {
    const { selection } = runs;
    if (changes.has("columns")) fill(names, [...runs.columns.keys()].map((name) => el("option", { value: name })));
    if (!changes.has("selection") && !changes.has("rows") && !changes.has("columns")) return;
    setText(count,
      (selection.isActive ? `${grouped(selection.count)} of ${grouped(runs.count)} runs` : `All ${grouped(runs.count)} runs`)
        + (runs.hasNominal ? ", without the nominal one" : ""),
    );
    clear.hidden = csv.hidden = !selection.isActive;
    again.hidden = !selection.isActive || selection.count === 0 || study.submission === null || !may("submit");
    retry.hidden = !selection.isActive || !may("submit") || failedRuns(study).length === 0;
    if (runs.problem) setText(message, runs.problem);
    fill(chips, [...selection.clauses].map(([view, { text }]) =>
      el("span", { class: "chip" }, text.length > 120 ? `${text.slice(0, 117)}…` : text,
        el(
          "button",
          {
            type: "button",
            "aria-label": `Remove the condition ${text}`,
            onclick: () => { if (view === EXPRESSION) input.value = ""; runs.select(view, ""); },
          },
          "×",
        ))));
    window.clearTimeout(timer);
    timer = window.setTimeout(() => remember({ select: selection.text }), 250);
  }

  return {
    element,
    onChange,
    remove: () => window.clearTimeout(timer),
    restore(text) {
      try {
        runs.select(EXPRESSION, text);
        input.value = text;
      } catch (error) {
        setText(message, /** @type {Error} */ (error).message);
      }
    },
  };
}

/**
 * The selected runs that failed or timed out.
 *
 * @param {Study} study
 */
function failedRuns({ runs }) {
  const status = runs.column("status");
  const failed = ["Failed", "Timeout"].map((word) => status?.texts.indexOf(word) ?? -1).filter((place) => place >= 0);
  const list = [];
  for (let run = 0; status && failed.length > 0 && run < runs.count && list.length < MOST_RETRIED; run += 1) {
    if (runs.selection.rows[run] && failed.includes(status.places[run])) list.push(run);
  }
  return list;
}

/** @param {Study} study */
async function retryFailed(study) {
  const { requeued } = /** @type {import("../../api/types.js").Overview} */ (await post(
    `${path("batches", study.id)}/retry`,
    { runs: failedRuns(study) },
  ));
  announce(`${plural(requeued ?? 0, "run")} queued again.`);
}

/**
 * Submits the selected runs as a study with a table of their parameters.
 *
 * @param {Study} study
 */
async function runAgain(study) {
  const { runs, submission } = study;
  if (!submission) return;
  const columns = runs.group("parameter");
  const rows = runs.selection.list();
  if ((columns.length + 1) * rows.length > MOST_VALUES) {
    throw new Error(
      `${plural(rows.length, "run")} of ${columns.length} parameters are too many for one submission; select at most ${grouped(Math.floor(MOST_VALUES / (columns.length + 1)))}.`,
    );
  }
  const isSure = await confirmed(
    `Submit a new study of ${plural(rows.length, "run")} with the parameters of the selected ones? Seeds inside of the runs are drawn anew.`,
    "Submit it",
  );
  if (!isSure) return;
  const { seed, runs: _, sampling_method: __, ...design } = /** @type {Record<string, unknown>} */ (submission.config.monte_carlo ?? {});
  for (const name of [
    "table", "levels", "block_size", "scramble", "second_order", "open", "limit_state", "samples_per_level", "level_probability", "nominal",
  ]) delete design[name];
  const table = {
    columns: columns.map(({ label }) => label),
    rows: rows.map((row) => columns.map((column) => column.value(row))),
    units: Object.fromEntries(columns.filter(({ units }) => units).map(({ label, units }) => [label, units])),
  };
  const { dispersions: ___, correlation: ____, stop: _____, ...config } = /** @type {Record<string, unknown>} */ (submission.config);
  const { batch_id } = /** @type {{batch_id: string}} */ (await post("/jobs", {
    name: `${submission.name} again`.slice(0, 200),
    config: { ...config, monte_carlo: { ...design, ...(seed === undefined ? {} : { seed }), sampling_method: "table", table } },
  }));
  location.hash = link(["study", batch_id]);
}
