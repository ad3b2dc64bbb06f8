import { getIfAny, path, withQuery } from "../../api/client.js";
import { quotedName } from "../../data/condition.js";
import { el, fill } from "../../dom/element.js";
import { grouped, number, percent } from "../../dom/format.js";
import { card, choice, offer, problem } from "../../dom/parts.js";

/**
 * @typedef {import("./context.js").Study} Study
 * @typedef {import("../../api/types.js").Drivers} Drivers
 * @typedef {import("../../api/types.js").Driver} Driver
 * @typedef {import("../../api/types.js").Separator} Separator
 */

const MOST_BARS = 15;

/**
 * What drives an output, as a tornado, and what tells failed runs from the others.
 *
 * @param {Study} study
 * @param {{onDrivers: (drivers: Drivers) => void, onPick: (parameter: string) => void}} listener
 * @returns {import("./context.js").Section}
 */
export function drivers(study, { onDrivers, onPick }) {
  let output = "";
  const list = choice("Output", [], "", (name) => {
    output = name;
    void onRefresh();
  });
  const tornado = el("div");
  const failures = el("div", { class: "stack" });
  const driving = el("div", {}, tornado);
  const element = el("div", { class: "grid-2" },
    card("What drives the outputs", { controls: [list] }, driving),
    card("What tells failed runs from others", {}, failures));
  fill(tornado, el("p", { class: "muted" }, "Being computed…"));

  async function onRefresh() {
    let answer;
    try {
      answer = /** @type {Drivers | null} */ (await getIfAny(
        withQuery(`${path("batches", study.id)}/drivers`, { output }),
        study.signal,
      ));
    } catch (error) {
      if (!study.signal.aborted) fill(tornado, problem(error));
      return;
    }
    if (!answer) return;
    const names = study.runs.group("output").map(({ label }) => label);
    const [first] = answer.drivers;
    offer(list, names.map((name) => ({ value: name, text: name })), output || first?.output || "");
    if (first?.sobol) fill(tornado, el("p", { class: "small muted" }, sobolText(first)), sobolBars(first.sobol));
    else if (first) fill(tornado, el("p", { class: "small muted" }, driversText(first)), bars(first.drivers));
    else fill(tornado, el("p", { class: "muted" }, "Needs an output of several runs and a dispersed parameter."));
    fill(failures, separators(study, answer));
    onDrivers(answer);
  }

  /** @param {Driver[]} list */
  function bars(list) {
    return list.slice(0, MOST_BARS).map(({ parameter, importance, is_detected, spearman, pawn, first_order }) => {
      const title = `rank correlation ${number(spearman?.value, 3)}, PAWN ${number(pawn?.value, 3)}`;
      return bar(parameter, { title, isWeak: !is_detected, share: importance, interval: first_order });
    });
  }

  /** @param {import("../../api/types.js").Sobol} sobol */
  function sobolBars({ parameters }) {
    return parameters.slice(0, MOST_BARS).map(({ parameter, first_order, total_order }) => {
      const title = `first order ${number(first_order.value, 3)}, total ${number(total_order.value, 3)}`;
      return bar(parameter, { title, isWeak: false, share: first_order.value ?? 0, interval: first_order, total: total_order.value });
    });
  }

  /**
   * @param {string} parameter
   * @param {{title: string, isWeak: boolean, share: number, interval?: import("../../api/types.js").Estimate, total?: number}} measure
   */
  function bar(parameter, { title, isWeak, share, interval, total }) {
    const inside = (/** @type {number} */ part) => 100 * Math.max(0, Math.min(1, part));
    const label = `${parameter}: ${percent(share, 3)}, ${title}${isWeak ? ", not detected" : ""}`;
    const track = el("div", { class: "track", role: "img", "aria-label": label });
    for (const [name, part] of /** @type {[string, number | undefined][]} */ ([["total", total], ["value", share]])) {
      if (part === undefined) continue;
      const span = el("span", { class: name });
      span.style.width = `${inside(part)}%`;
      track.append(span);
    }
    const { low, high } = interval ?? {};
    if (low !== undefined && high !== undefined && high > low) {
      const whisker = el("span", { class: "whisker" });
      whisker.style.left = `${inside(low)}%`;
      whisker.style.width = `${inside(high) - inside(low)}%`;
      track.append(whisker);
    }
    const pick = el("button", { type: "button", class: "name", title: `${label}. Show it in the scatter plot`, onclick: () => onPick(parameter) },
      parameter);
    const text = share < 0.001 ? "< 0.1 %" : percent(share, 3);
    return el("div", { class: `driver ${isWeak ? "is-weak" : ""}` }, pick, track, el("span", { class: "number small" }, text));
  }

  return { element, isSlow: true, onRefresh };
}

/** @param {import("../../api/types.js").OutputDrivers} answer */
function driversText({ output, runs }) {
  return `Share of the variance of ${output} that each parameter explains alone, from ${grouped(runs)} runs; the line is the `
    + "95 % interval of the index, grey what cannot be told from no effect.";
}

/** @param {import("../../api/types.js").OutputDrivers} answer */
function sobolText({ output, sobol }) {
  return `Sobol' indices of ${output}, from ${grouped(sobol?.blocks ?? 0)} blocks: dark what a parameter explains alone, with its `
    + "95 % interval, light what it takes part in.";
}

/**
 * @param {Study} study
 * @param {Drivers} answer
 */
function separators(study, { separators }) {
  if (!separators) return [
    el("p", { class: "muted" }, "There is nothing to tell apart: all runs that have ended passed, or all failed."),
  ];
  const found = separators.separators.filter(({ is_discovery }) => is_discovery);
  const intro = el("p", { class: "small muted" },
    `${grouped(separators.failed)} failed and ${grouped(separators.passed)} passed runs, by their parameters, at a false discovery rate of 5 %.`,
  );
  if (found.length === 0) return [intro, el("p", {}, "No parameter tells them apart: failures lie everywhere in the design.")];
  const rows = found.slice(0, 12).map((separator) => {
    const [name] = separator.parameters;
    const sign = separator.failures_lie_above ? ">" : "<";
    const isSingle = separator.parameters.length === 1;
    const text = isSingle ? `${name} ${sign} ${number(separator.cut, 5)}` : `${separator.parameters.join(" with ")} (${separator.form ?? "pair"})`;
    const select = isSingle
      ? el(
        "button",
        {
          type: "button",
          class: "plain small",
          onclick: () => study.runs.select(`separator ${name}`, `${quotedName(`parameters.${name}`)} ${sign} ${separator.cut}`),
        },
        "select",
      )
      : null;
    return el("tr", {},
      el("td", { class: "break" }, text),
      el("td", { class: "number" }, number(separator.distance, 3)),
      el("td", { class: "number" }, number(separator.area_under_roc, 3)),
      el("td", {}, select),
    );
  });
  const heads = ["Failures lie at", "distance", "AUC", ""].map((text) => el("th", { scope: "col" }, text));
  return [
    intro,
    el("div", { class: "scroll-x" },
      el("table", { class: "plain" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows)),
    ),
  ];
}
