import { getIfAny, path, withQuery } from "../../api/client.js";
import { TimeLink, TimePlot } from "../../charts/timeplot.js";
import { el, fill, setText } from "../../dom/element.js";
import { grouped, number, plural, withUnits } from "../../dom/format.js";
import { card, choice, offer, problem } from "../../dom/parts.js";
import { address, link, remember } from "../../router.js";

/**
 * @typedef {import("./context.js").Study} Study
 * @typedef {import("../../api/types.js").Bands} Bands
 */

const POINTS = 400;
/** How many of the selected runs are drawn as lines. */
const MOST_LINES = 8;

/**
 * One variable of all runs against simulated time: bands of quantiles, chosen runs as lines, breaches and thresholds. A part of
 * time that is zoomed to is asked for again, in finer steps.
 *
 * @param {Study} study
 * @returns {import("./context.js").Section}
 */
export function telemetry(study) {
  const { runs } = study;
  const base = `${path("batches", study.id)}/telemetry`;
  const time = new TimeLink();
  const plot = new TimePlot(time, { label: "Telemetry over runs", height: 340 });
  const text = el("div", { class: "small muted" });
  const legend = el("div", { class: "row small" });
  let variable = address().query.get("variable") ?? "";
  let controller = new AbortController();
  let timer = 0;
  /**
   * What was asked for last, so that the same is not asked for again.
   *
   * @type {string | null}
   */
  let asked = null;

  const list = choice("Variable", [], "", (name) => {
    variable = name;
    remember({ variable: name });
    time.range = null;
    void read();
  });
  const all = el("button", { type: "button", hidden: true, onclick: () => time.zoom(null) }, "All of the time");
  const element = card("Telemetry over runs", { controls: [all, list] }, plot.surface.element, legend, text);
  element.hidden = true;
  time.listeners.add((isRange) => {
    if (!isRange) return;
    all.hidden = time.range === null;
    void read();
  });

  /** The runs that are drawn as lines: of the selection, else those that failed first. */
  function lines() {
    if (runs.selection.isActive) return runs.selection.list(MOST_LINES);
    const status = runs.column("status");
    const failed = [];
    for (let run = 0; status && run < runs.count && failed.length < MOST_LINES; run += 1) {
      const word = status.value(run);
      if (word === "Failed" || word === "Timeout") failed.push(run);
    }
    return failed;
  }

  /** The runs that are drawn, the nominal one before the others. */
  function wanted() {
    return [...(runs.hasNominal ? [runs.nominal] : []), ...lines()];
  }

  async function read() {
    controller.abort();
    controller = new AbortController();
    const { signal } = controller;
    const [from, to] = time.range ?? [undefined, undefined];
    const chosen = wanted();
    asked = chosen.join(",");
    try {
      for (let isComplete = false; !isComplete && !signal.aborted; ) {
        const url = withQuery(`${base}/bands`, { variable, from, to, points: POINTS, lines: asked });
        const bands = /** @type {Bands | null} */ (await getIfAny(url, signal));
        if (!bands || signal.aborted) return;
        show(bands);
        isComplete = bands.complete;
      }
    } catch (error) {
      if (!signal.aborted) fill(text, problem(error));
    }
  }

  /** @param {Bands} bands */
  function show(bands) {
    const { time_s, quantiles, probabilities } = bands;
    /** @type {import("../../charts/timeplot.js").Content["layers"]} */
    const layers = [];
    // Quantiles lie in pairs around the median.
    const half = Math.floor(probabilities.length / 2);
    for (let place = 0; place < half; place += 1) {
      layers.push({
        kind: "band",
        time: time_s,
        low: quantiles[place],
        high: quantiles[probabilities.length - 1 - place],
        shade: "accent",
        alpha: [0.12, 0.18, 0.25][place] ?? 0.2,
      });
    }
    if (probabilities.length % 2 === 1) layers.push({
      kind: "line", time: time_s, values: quantiles[half], shade: "accent", width: 2, label: "median",
    });
    const status = runs.column("status");
    bands.lines.forEach(({ run, time_s: at, values }, place) => {
      if (run === runs.nominal) {
        layers.push({ kind: "line", time: at, values, shade: "nominal", width: 2, label: "nominal run" });
        return;
      }
      const isFailed = status?.value(run) === "Failed" || status?.value(run) === "Timeout";
      layers.push({
        kind: "line",
        time: at,
        values,
        shade: isFailed ? "breach" : `series-${(place % 6) + 1}`,
        width: 1.25,
        alpha: 0.9,
        label: `run ${run}`,
      });
    });
    const termination = study.submission?.config.early_termination;
    const thresholds = (termination?.enabled ? termination.conditions : [])
      .filter((condition) => condition.variable === bands.variable)
      .map(({ name, threshold, units }) => ({ value: threshold, label: `${name}: ${withUnits(number(threshold), units)}` }));
    const marks = bands.breaches.map(({ time_s: at, value }) => ({ time: at, value: value ?? null, label: "" }));
    plot.show({
      layers,
      thresholds,
      marks,
      xLabel: "simulated time [s]",
      yLabel: withUnits(bands.variable, bands.units && `[${bands.units}]`),
    });
    setText(text, described(bands) + (runs.hasNominal ? " The nominal run is not among those of the bands; it is a line of its own." : ""));
    fill(legend, bands.lines.map(({ run }) => el("a", { href: link(["run", `${study.id}-${run}`]) }, runs.nameOf(run))));
    if (bands.lines.some(({ run }) => run !== runs.nominal)) legend.prepend(
      runs.selection.isActive ? "Lines, the first of the selection:" : "Lines, the first that failed:",
    );
  }

  async function onRefresh() {
    const answer = /** @type {{variables: {name: string, units: string}[]} | null} */ (await getIfAny(
      `${base}/variables`,
      study.signal,
    ).catch(() => null));
    const variables = answer?.variables ?? [];
    element.hidden = variables.length === 0;
    if (variables.length === 0) return;
    if (!variables.some(({ name }) => name === variable)) {
      const watched = study.submission?.config.early_termination?.conditions.map((condition) => condition.variable) ?? [];
      variable = (variables.find(({ name }) => watched.includes(name)) ?? variables[0]).name;
    }
    offer(list, variables.map(({ name, units }) => ({ value: name, text: withUnits(name, units && `[${units}]`) })), variable);
    await read();
  }

  return {
    element,
    isSlow: true,
    onRefresh,
    onChange(changes) {
      if (element.hidden || (!changes.has("selection") && !changes.has("rows"))) return;
      window.clearTimeout(timer);
      // A selection that is being drawn changes many times a second.
      timer = window.setTimeout(() => { if (wanted().join(",") !== asked) void read(); }, 500);
    },
    remove() {
      window.clearTimeout(timer);
      controller.abort();
      plot.remove();
    },
  };
}

/**
 * What the bands are, in words.
 *
 * @param {Bands} bands
 */
function described({ probabilities, runs, read_runs, ended_runs, breaches, breaches_total, complete }) {
  const outer = probabilities.slice(0, Math.floor(probabilities.length / 2)).map((probability) =>
    probability === 0 ? "least to greatest" : `${number(100 * probability)}–${number(100 * (1 - probability))} %`);
  const texts = [`Bands over ${plural(runs, "run")}: ${outer.join(", ")}, and the median.`];
  if (breaches_total > breaches.length) texts.push(`Crosses: ${grouped(breaches.length)} of ${grouped(breaches_total)} breaches.`);
  else if (breaches_total > 0) texts.push(`Crosses: ${breaches_total === 1 ? "a breach" : `${grouped(breaches_total)} breaches`}.`);
  const progress = read_runs !== undefined && ended_runs !== undefined ? ` ${grouped(read_runs)} of ${grouped(ended_runs)} runs` : "";
  texts.push(complete ? "Draw a range to zoom." : `Still being read:${progress}…`);
  return texts.join(" ");
}
