import { path, post } from "../../api/client.js";
import { may } from "../../api/session.js";
import { el, fill } from "../../dom/element.js";
import { grouped, moment, plural } from "../../dom/format.js";
import { actionButton, announce, badge, confirmed } from "../../dom/parts.js";
import { sampleOf } from "./context.js";

/**
 * The name of a study, its state, and what can be done with it.
 *
 * @param {import("./context.js").Study} study
 * @returns {import("./context.js").Section}
 */
export function head(study) {
  const state = el("span");
  const facts = el("p", { class: "muted small break" });
  const notices = el("div", { class: "stack" });
  const actions = el("div", { class: "actions" });
  const base = path("batches", study.id);

  const cancel = actionButton("Cancel the study", async () => {
    const { batch } = study.overview;
    const open = batch.total_jobs - batch.completed_jobs - batch.failed_jobs - batch.cancelled_jobs;
    if (await confirmed(
      `Cancel ${batch.name}? ${plural(open, "run")} will not be done, and what runs is killed.`,
      "Cancel the study",
    )) {
      await post(`${base}/cancel`);
    }
  }, { kind: "danger" });
  const retry = actionButton("Retry failed runs", async () => {
    const { requeued } = /** @type {import("../../api/types.js").Overview} */ (await post(`${base}/retry-failed`));
    announce(`${plural(requeued ?? 0, "run")} queued again.`);
  });
  const csv = el("a", { class: "button", href: `${base}/table?columns=*`, download: `${study.id}.csv` }, "All runs as CSV");
  csv.addEventListener("click", (event) => {
    event.preventDefault();
    void download(`${base}/table`, `${study.id}.csv`);
  });
  actions.append(csv, retry, cancel);

  function onOverview() {
    const { batch, pending_reason, unroutable, storage_problem } = study.overview;
    fill(state, badge(batch.status));
    fill(facts,
      el("span", { class: "mono" }, batch.batch_id),
      ` · ${grouped(sampleOf(study.overview))} runs${study.runs.hasNominal ? " and the nominal one" : ""} · seed ${batch.seed} · submitted ${moment(batch.created_at)}`,
      batch.submitted_by ? ` by ${batch.submitted_by}` : "",
      batch.completed_at ? ` · ended ${moment(batch.completed_at)}` : "",
    );
    const isOver = batch.completed_at !== undefined;
    cancel.hidden = isOver || !may("submit");
    retry.hidden = batch.failed_jobs === 0 || batch.status === "Cancelled" || !may("submit");
    const texts = [storage_problem, unroutable ?? pending_reason, ...(batch.warnings ?? [])].filter((text) => text !== undefined);
    fill(notices,
      texts.map((text) => el("p", { class: "notice warn" }, text)),
      batch.stop_reason ? el("p", { class: "notice" }, `Stopped early: ${batch.stop_reason}`) : null,
    );
    notices.hidden = notices.childElementCount === 0;
  }

  onOverview();
  const title = el("div", { class: "title" }, el("div", { class: "row" }, el("h1", {}, study.overview.batch.name), state), facts);
  return { element: el("div", { class: "stack" }, el("div", { class: "study-head" }, title, actions), notices), onOverview };
}

/**
 * Saves an answer of the API as a CSV file.
 *
 * @param {string} url
 * @param {string} name
 */
export async function download(url, name) {
  const { request } = await import("../../api/client.js");
  try {
    const blob = await (await request(url, { headers: { Accept: "text/csv" } })).blob();
    const object = URL.createObjectURL(blob);
    el("a", { href: object, download: name }).click();
    window.setTimeout(() => URL.revokeObjectURL(object), 60_000);
  } catch (error) {
    announce(/** @type {Error} */ (error).message, true);
  }
}
