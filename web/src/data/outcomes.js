/**
 * How a run ended, as the page groups and colours it.
 *
 * @typedef {import("./runs.js").Runs} Runs
 * @typedef {"passed" | "breach" | "failed" | "timeout" | "cancelled" | "running" | "pending"} Outcome
 */

/** @type {{name: Outcome, label: string, condition: string}[]} */
export const OUTCOMES = [
  { name: "passed", label: "completed", condition: "status = 'Completed'" },
  { name: "breach", label: "stopped by a condition", condition: "breach is not null" },
  { name: "failed", label: "failed", condition: "status = 'Failed' and breach is null" },
  { name: "timeout", label: "timed out", condition: "status = 'Timeout'" },
  { name: "cancelled", label: "cancelled", condition: "status = 'Cancelled'" },
  { name: "running", label: "running", condition: "status = 'Running' or status = 'Claimed'" },
  { name: "pending", label: "waiting", condition: "status = 'Pending'" },
];

const BY_STATUS = /** @type {Record<string, number>} */ ({
  Completed: 0,
  Failed: 2,
  Timeout: 3,
  Cancelled: 4,
  Running: 5,
  Claimed: 5,
  Pending: 6,
});

/**
 * The place in `OUTCOMES` of each run.
 *
 * @param {Runs} runs
 * @returns {Uint8Array}
 */
export function outcomes(runs) {
  const codes = new Uint8Array(runs.count).fill(OUTCOMES.length - 1);
  const status = runs.column("status");
  const breach = runs.column("breach");
  if (!status) return codes;
  const byPlace = Uint8Array.from(status.texts, (text) => BY_STATUS[text] ?? OUTCOMES.length - 1);
  for (let row = 0; row < runs.count; row += 1) {
    const place = status.places[row];
    if (place >= 0) codes[row] = byPlace[place];
    if (codes[row] === 2 && breach && breach.places[row] >= 0) codes[row] = 1;
  }
  return codes;
}

/**
 * How many runs have ended in each way.
 *
 * @param {Uint8Array} codes
 * @param {Uint8Array | null} rows
 */
export function countOutcomes(codes, rows) {
  const counts = new Uint32Array(OUTCOMES.length);
  for (let row = 0; row < codes.length; row += 1) if (!rows || rows[row]) counts[codes[row]] += 1;
  return counts;
}
