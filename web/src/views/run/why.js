import { el } from "../../dom/element.js";
import { duration, grouped, number, withUnits } from "../../dom/format.js";

/**
 * @typedef {import("../../api/types.js").Job} Job
 * @typedef {import("../../api/types.js").Result} Result
 * @typedef {import("../../api/types.js").Submission} Submission
 * @typedef {import("../../api/types.js").Statistics} Statistics
 * @typedef {import("../../api/types.js").Condition} Condition
 */

/** As the runner reports a breach: `early termination 'NAME': VARIABLE = VALUE UNITS > THRESHOLD UNITS at t = TIME s`. */
const BREACH = /^early termination '.*': (.+?) = (\S+)(?: (.+?))? (<=|>=|<|>|==|!=) (\S+)(?: .+?)? at t = \S+ s/s;

const SIGNALS = /** @type {Record<number, string>} */ ({
  4: "an illegal instruction", 6: "an abort, such as a failed assertion", 7: "a bus error", 8: "an arithmetic error",
  9: "a kill from outside, such as the system's when memory ran out",
  11: "a segmentation fault", 15: "a request to end (SIGTERM)", 24: "its limit of CPU time", 25: "its limit of file size",
});

const OPERATORS = /** @type {Record<string, string>} */ ({
  lt: "below", lte: "at or below", gt: "above", gte: "at or above", eq: "equal to", neq: "different from", "<": "below",
  "<=": "at or below", ">": "above", ">=": "at or above", "==": "equal to", "!=": "different from",
});

/**
 * The condition that stopped a run, as it was submitted, or from a control plane that does not tell, as it was reported.
 *
 * @param {Result | null} result
 * @param {Submission | null} submission
 * @returns {Condition | undefined}
 */
export function breachedCondition(result, submission) {
  const name = result?.metadata.breach?.condition;
  if (name === undefined) return undefined;
  const submitted = submission?.config.early_termination?.conditions.find((condition) => condition.name === name);
  if (submitted) return submitted;
  const match = BREACH.exec(result?.error_message ?? "");
  return match ? { name, variable: match[1], operator: match[4], threshold: Number(match[5]), units: match[3] ?? "" } : undefined;
}

/**
 * Why a run has not succeeded, in words for somebody who sees the page for the first time; null for one that has, or has not
 * ended.
 *
 * @param {Job} job
 * @param {Result | null} result
 * @param {Submission | null} submission
 * @param {Statistics | null} statistics Of the study, to say whether other runs ended so too.
 * @returns {HTMLElement | null}
 */
export function why(job, result, submission, statistics) {
  if (!["Failed", "Timeout", "Cancelled"].includes(job.status)) return null;
  const { cause, details } = causeOf(job, result, submission);
  const breach = result?.metadata.breach;
  const others = breach && statistics?.breach?.breaches[breach.condition];
  if (others && statistics) details.push(
    `${others === statistics.ended_runs ? "All" : `${grouped(others)} of the`} ${grouped(statistics.ended_runs)} runs of this study `
      + "that have ended were stopped by this condition.",
  );
  const message = job.error_message ?? result?.error_message;
  return el("section", { class: "card why", "aria-label": "Why it failed" },
    el("header", {}, el("h2", {}, job.status === "Cancelled" ? "Why it was cancelled" : "Why it failed")),
    el("p", { class: "cause" }, cause),
    details.map((text) => el("p", { class: "break" }, text)),
    message ? el("pre", { class: "muted" }, message) : null);
}

/**
 * @param {Job} job
 * @param {Result | null} result
 * @param {Submission | null} submission
 * @returns {{cause: string, details: string[]}}
 */
function causeOf(job, result, submission) {
  const outcome = result?.metadata.outcome;
  if (result?.metadata.breach) return breachCause(job, result, submission);
  if (job.status === "Timeout") {
    return {
      cause: `It ran longer than it may: ${duration(job.timeout_secs)} of real time.`,
      details: [
        "The process and all that it had started were killed. The limit is compute.job_timeout_seconds of the batch file.",
      ],
    };
  }
  if (job.status === "Cancelled") return { cause: "Somebody cancelled the run or its study.", details: [] };
  const { exit_code, exit_signal } = result?.metadata ?? {};
  const retries = job.max_retries > 0 ? [
    `It was tried ${grouped(job.retries + 1)} times; its batch allows ${grouped(job.max_retries)} retries.`,
  ] : [];
  if (exit_signal !== undefined) return {
    cause: `The simulation was ended by signal ${exit_signal}: ${SIGNALS[exit_signal] ?? "not one of its own making"}.`,
    details: [...retries, "The end of its log, below, mostly tells more."],
  };
  if (exit_code !== undefined && exit_code !== 0) return {
    cause: `The simulation gave up with exit code ${exit_code}.`,
    details: [...retries, "What it printed at its end is below."],
  };
  if (outcome === "lost" || job.lost_attempts > 0) return {
    cause: "Its runner went away again and again while it ran.",
    details: [
      `${grouped(job.lost_attempts)} attempts were lost. Such attempts say nothing about the simulation; look at the runners.`,
    ],
  };
  return { cause: "The run could not be done.", details: retries };
}

/**
 * @param {Job} job
 * @param {Result} result
 * @param {Submission | null} submission
 */
function breachCause(job, result, submission) {
  const { condition: name, sim_time_s } = /** @type {{condition: string, sim_time_s?: number}} */ (result.metadata.breach);
  const condition = breachedCondition(result, submission);
  const details = [];
  let cause = `It was stopped on purpose, by the stopping condition '${name}'.`;
  if (condition) {
    const { variable, units, threshold, operator, description } = condition;
    const match = BREACH.exec(job.error_message ?? result.error_message ?? "");
    const reached = match ? ` reached ${withUnits(number(Number(match[2])), units)}` : " came to lie";
    const when = sim_time_s === undefined ? "" : ` at ${number(sim_time_s)} s of simulated time`;
    const side = OPERATORS[operator] ?? "beyond";
    cause = `It was stopped on purpose: ${variable}${reached}${when}, ${side} the limit of ${withUnits(number(threshold), units)}.`;
    details.push(
      `The limit is the stopping condition '${name}' of the study (early_termination in the batch file).`,
      ...(description ? [`Its description: “${description}”`] : []),
    );
  }
  details.push(
    "A run that meets a stopping condition is killed at once and counts as failed; it is not tried again, because the same inputs "
      + "would do the same. What it had sent and written until then is below.",
  );
  return { cause, details };
}
