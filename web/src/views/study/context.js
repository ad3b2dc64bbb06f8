import { getIfAny, path } from "../../api/client.js";
import { Runs } from "../../data/runs.js";

/**
 * What the sections of a study's page share.
 *
 * @typedef {import("../../api/types.js").Overview} Overview
 * @typedef {import("../../api/types.js").Verdicts} Verdicts
 * @typedef {import("../../api/types.js").Submission} Submission
 *
 * @typedef {object} Study
 * @property {string} id
 * @property {Runs} runs
 * @property {Overview} overview
 * @property {Verdicts | null} verdicts
 * @property {Submission | null} submission What was submitted; null from a control plane that does not tell.
 * @property {AbortSignal} signal
 *
 * @typedef {object} Section A part of the page.
 * @property {HTMLElement} element
 * @property {() => void} [onOverview] The overview of the study has changed.
 * @property {() => void} [onVerdicts] The verdicts have changed.
 * @property {(changes: Set<import("../../data/runs.js").Change>) => void} [onChange] The runs have changed, or the selection.
 * @property {() => Promise<void>} [onRefresh] Answers of the control plane are out of date: more runs have ended.
 * @property {boolean} [isSlow] Its answers take long, so they are asked for less often.
 * @property {() => void} [remove]
 */

/** @type {Runs | null} */
let latest = null;

/**
 * The runs of a study; those of the study looked at last are still here when a reader comes back from one of its runs.
 *
 * @param {import("../../api/types.js").Overview} overview
 */
export function runsOf(overview) {
  const { batch_id: id } = overview.batch;
  if (latest?.batch !== id) latest = new Runs(id, sampleOf(overview), overview.nominal_run !== undefined);
  return latest;
}

/**
 * How many runs the sample has: the jobs without that of the nominal run.
 *
 * @param {import("../../api/types.js").Overview} overview
 */
export function sampleOf({ batch, nominal_run }) {
  return batch.total_jobs - (nominal_run === undefined ? 0 : 1);
}

/** @type {Map<string, Promise<Submission | null>>} */
const submissions = new Map();

/**
 * What was submitted. It never changes, so it is read once.
 *
 * @param {string} id
 * @returns {Promise<Submission | null>}
 */
export function submissionOf(id) {
  let submission = submissions.get(id);
  if (!submission) {
    submission = getIfAny(`${path("batches", id)}/submission`);
    submission.catch(() => submissions.delete(id));
    submissions.set(id, submission);
  }
  return submission;
}

/**
 * The output and the side of its threshold on which runs fail, of a requirement of the form `output operator threshold`.
 *
 * @param {import("../../api/types.js").Verdict} verdict
 * @returns {{output: string, threshold: number, operator: string, failsAbove: boolean} | null}
 */
export function limitOf({ output, threshold, statement }) {
  if (output === undefined || threshold === undefined) return null;
  const match = / (<=|>=|<|>) /.exec(statement);
  return match ? { output, threshold, operator: match[1], failsAbove: match[1].startsWith("<") } : null;
}
