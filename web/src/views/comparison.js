import { get, path } from "../api/client.js";
import { TimeLink, TimePlot } from "../charts/timeplot.js";
import { Runs } from "../data/runs.js";
import { sorted } from "../data/statistics.js";
import { el, fill, setText } from "../dom/element.js";
import { grouped, number, percent, plural, withUnits } from "../dom/format.js";
import { card, choice, problem } from "../dom/parts.js";
import { link } from "../router.js";
import { sampleOf } from "./study/context.js";

/**
 * @typedef {import("../api/types.js").Comparison} Comparison
 * @typedef {import("../api/types.js").Overview} Overview
 * @typedef {import("../api/types.js").RequirementChange} RequirementChange
 * @typedef {import("../api/types.js").OutputChange} OutputChange
 */

const MOST_POINTS = 2000;
const MOST_LINKS = 20;

/**
 * Two studies: paired differences, runs whose answer flipped, and their distributions over each other.
 *
 * @param {HTMLElement} root
 * @param {import("../router.js").Address} address
 * @param {AbortSignal} signal
 * @returns {Promise<() => void>}
 */
export async function showComparison(root, { parts }, signal) {
  const [, first = "", second = ""] = parts;
  document.title = "Two studies · lynx-runner";
  const [comparison, before, after] = await Promise.all([
    /** @type {Promise<Comparison>} */ (get(path("batches", first, "compare", second), signal)),
    /** @type {Promise<Overview>} */ (get(path("batches", first), signal)),
    /** @type {Promise<Overview>} */ (get(path("batches", second), signal)),
  ]);
  const title = el("div", { class: "stack" },
    el("h1", {}, "Two studies"),
    el("p", {},
      "First: ",
      el("a", { href: link(["study", first]) }, `${before.batch.name} ${first}`),
      el("br"),
      "Second: ",
      el("a", { href: link(["study", second]) }, `${after.batch.name} ${second}`),
    ),
    el("p", { class: "notice" }, comparison.is_paired
      ? `${plural(comparison.pairs, "run")} of both have ended; equal indices have equal inputs, so they are compared one by one.`
      : `Compared as two samples: ${comparison.unpaired_reason ?? "their runs are no pairs"}.`),
    codeNotice(comparison));
  const overlays = el("div", {}, el("p", { class: "muted" }, "The runs are being read…"));
  fill(root,
    el("div", { class: "stack" },
      title,
      requirementsCard(comparison, first, second),
      outputsCard(comparison, second),
      card("Distributions over each other", {}, overlays),
    ),
  );

  const [a, b] = [before, after].map((overview) =>
    new Runs(overview.batch.batch_id, sampleOf(overview), overview.nominal_run !== undefined));
  let remove = () => {};
  void Promise.all([a.load(signal), b.load(signal)]).then(
    () => { remove = overlay(overlays, a, b, comparison); },
    (error) => { if (!signal.aborted) fill(overlays, problem(error)); });
  return () => remove();
}

/** @param {Comparison} comparison */
function codeNotice({ code }) {
  if (!code) return null;
  if (code.differences.length === 0) return el("p", { class: "muted small" }, "Made with the same code.");
  const rows = code.differences.map(({ part, first, second }) => el("tr", {},
    el("td", {}, part),
    ...[first, second].map((values) => el("td", { class: "mono" },
      values.map(({ value, runs }) => `${value.slice(0, 12)} (${plural(runs, "run")})`).join(", ") || "–",
    )),
  ));
  return el("div", { class: "notice warn" },
    el("strong", {}, "Made with different code"),
    el("table", { class: "plain" }, el("tbody", {}, rows)),
  );
}

/**
 * @param {Comparison} comparison
 * @param {string} first
 * @param {string} second
 */
function requirementsCard({ requirements, is_paired }, first, second) {
  if (requirements.length === 0) return card("Requirements", {},
    el("p", { class: "muted" }, "Both studies have no requirement in common."),
  );
  const runLinks = (/** @type {number[]} */ list) => [
    ...list.slice(0, MOST_LINKS).flatMap((run) => [" ", el("a", { href: link(["run", `${second}-${run}`]) }, `${run}`)]),
    list.length > MOST_LINKS ? " …" : "",
  ];
  const rows = requirements.map((change) => el("tr", {},
    el("td", {}, el("strong", {}, change.name), el("div", { class: "small muted break" }, change.statement)),
    el("td", { class: "number" }, `${grouped(change.first_failures)} of ${grouped(change.first_runs)}`),
    el("td", { class: "number" }, `${grouped(change.second_failures)} of ${grouped(change.second_runs)}`),
    el("td", { class: "break" }, is_paired
      ? [
        el("div", {}, `newly failing: ${grouped(change.newly_failing.length)}`, runLinks(change.newly_failing)),
        el("div", {}, `newly passing: ${grouped(change.newly_passing.length)}`, runLinks(change.newly_passing)),
        selectLink(change, first, second),
      ]
      : `share that passes: ${percent(change.share_difference?.value)} (${percent(change.share_difference?.low)} … ${percent(change.share_difference?.high)})`),
    el("td", { class: "number" }, number(change.p_value, 3))));
  const heads = [
    "Requirement", "Failures, first", "Failures, second", "Changed", "p",
  ].map((text) => el("th", { scope: "col" }, text));
  return card("Requirements", {},
    el("div", { class: "scroll-x" },
      el("table", { class: "plain" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows)),
    ),
  );
}

/**
 * Leads to the flipped runs, selected in each study.
 *
 * @param {RequirementChange} change
 * @param {string} first
 * @param {string} second
 */
function selectLink({ newly_failing, newly_passing }, first, second) {
  const flipped = [...newly_failing, ...newly_passing].slice(0, 200).sort((a, b) => a - b);
  if (flipped.length === 0) return null;
  const select = flipped.map((run) => `run = ${run}`).join(" or ");
  return el("div", { class: "small" },
    "All flipped runs: ",
    el("a", { href: link(["study", first], { select }) }, "in the first"),
    ", ",
    el("a", { href: link(["study", second], { select }) }, "in the second"),
  );
}

/**
 * @param {Comparison} comparison
 * @param {string} second
 */
function outputsCard({ outputs, is_paired }, second) {
  if (outputs.length === 0) return card("Outputs", {}, el("p", { class: "muted" }, "Both studies have no output in common."));
  const rows = outputs.map((change) => el("tr", {},
    el("td", { class: "break" }, change.name),
    ...(is_paired ? pairedCells(change, second) : [
      el("td", { class: "number" }, number(change.distance, 3)),
      el("td", { class: "number" }, number(change.p_value, 3)),
    ]),
  ));
  const names = is_paired ? [
    "Output", "Changed", "Mean change", "95 % interval", "Changed most",
  ] : ["Output", "Kolmogorov–Smirnov distance", "p"];
  return card("Outputs", {},
    el("div", { class: "scroll-x" },
      el("table", { class: "plain" },
        el("thead", {}, el("tr", {}, names.map((text) => el("th", { scope: "col" }, text)))),
        el("tbody", {}, rows),
      ),
    ),
  );
}

/**
 * @param {OutputChange} change
 * @param {string} second
 */
function pairedCells({ changed, pairs, mean_difference, units, largest }, second) {
  return [
    el("td", { class: "number" }, `${grouped(changed ?? 0)} of ${grouped(pairs ?? 0)}`),
    el("td", { class: "number" }, withUnits(number(mean_difference?.value), units)),
    el("td", { class: "number" }, `${number(mean_difference?.low)} … ${number(mean_difference?.high)}`),
    el("td", { class: "small" },
      largest.slice(0, 3).map((pair) => el("div", {},
        el("a", { href: link(["run", `${second}-${pair.run}`]) }, `run ${pair.run}`),
        `: ${number(pair.first)} → ${number(pair.second)}`,
      )),
    ),
  ];
}

/**
 * The distribution functions of an output in both studies, and of the differences if runs are pairs.
 *
 * @param {HTMLElement} root
 * @param {Runs} first
 * @param {Runs} second
 * @param {Comparison} comparison
 */
function overlay(root, first, second, { is_paired }) {
  const names = first.group("output").filter(({ name }) => second.columns.has(name)).map(
    ({ name, label }) => ({ value: name, text: label }),
  );
  if (names.length === 0) {
    fill(root, el("p", { class: "muted" }, "Both studies have no output in common."));
    return () => {};
  }
  const plot = new TimePlot(new TimeLink(), { label: "Distribution functions", height: 300 });
  const differences = new TimePlot(new TimeLink(), { label: "Distribution function of the differences", height: 220 });
  const note = el("p", { class: "small muted" });
  const draw = (/** @type {string} */ name) => {
    const [a, b] = /** @type {import("../data/column.js").Column[]} */ ([first.column(name), second.column(name)]);
    const label = withUnits(a.label, a.units && `[${a.units}]`);
    const quantity = { name: a.label, units: a.units };
    const layer = (/** @type {Float64Array} */ ascending, /** @type {string} */ shade, /** @type {string} */ text, /** @type {boolean} */ isDashed) => ({ kind: /** @type {const} */ ("line"), ...curve(ascending), shade, width: 2, label: text, isDashed });
    plot.show({
      layers: [
        layer(sorted(a.numbers, null), "series-1", "first", false),
        layer(sorted(b.numbers, null), "series-2", "second", true),
      ],
      thresholds: [],
      marks: [],
      xLabel: label,
      yLabel: "share of runs up to a value: first solid, second dashed",
      range: { low: 0, high: 1 },
      quantity,
    });
    differences.surface.element.hidden = !is_paired;
    if (!is_paired) return;
    const count = Math.min(a.numbers.length, b.numbers.length);
    const gaps = sorted(Float64Array.from({ length: count }, (_, run) => b.numbers[run] - a.numbers[run]), null);
    differences.show({
      layers: [layer(gaps, "series-3", "share", false)],
      thresholds: [],
      marks: [],
      xLabel: `second less first: ${label}`,
      yLabel: "share of pairs up to a difference",
      range: { low: 0, high: 1 },
      quantity: { name: "difference", units: a.units },
    });
    setText(note, `${plural(gaps.length, "pair")}.`);
  };
  fill(root, choice("Output", names, names[0].value, draw), plot.surface.element, differences.surface.element, note);
  draw(names[0].value);
  return () => {
    plot.remove();
    differences.remove();
  };
}

/**
 * An empirical distribution function with no more points than are seen.
 *
 * @param {Float64Array} ascending
 */
function curve(ascending) {
  const count = Math.min(ascending.length, MOST_POINTS);
  const time = new Float64Array(count);
  const values = new Float64Array(count);
  for (let place = 0; place < count; place += 1) {
    const at = count > 1 ? Math.round((place * (ascending.length - 1)) / (count - 1)) : 0;
    time[place] = ascending[at];
    values[place] = (at + 1) / ascending.length;
  }
  return { time, values };
}
