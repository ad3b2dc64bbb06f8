import { getIfAny, path } from "../../api/client.js";
import { TimeLink, TimePlot } from "../../charts/timeplot.js";
import { quotedText } from "../../data/condition.js";
import { el, fill } from "../../dom/element.js";
import { grouped, percent } from "../../dom/format.js";
import { card } from "../../dom/parts.js";

/**
 * The probability of a breach against simulated time, with its interval, and how many runs each stopping condition killed.
 *
 * @param {import("./context.js").Study} study
 * @returns {import("./context.js").Section}
 */
export function breaches(study) {
  const plot = new TimePlot(new TimeLink(), { label: "Probability of a breach against simulated time", height: 230 });
  const text = el("div", { class: "row small" });
  const element = card("Breaches against simulated time", {}, text, plot.surface.element);
  element.hidden = true;

  async function onRefresh() {
    const answer = /** @type {import("../../api/types.js").Statistics | null} */ (await getIfAny(
      `${path("batches", study.id)}/statistics`,
      study.signal,
    ).catch(() => null));
    const breach = answer?.breach;
    element.hidden = !breach;
    if (!answer || !breach) return;
    const total = Object.values(breach.breaches).reduce((sum, count) => sum + count, 0);
    fill(text, `${grouped(total)} of ${grouped(answer.ended_runs)} runs were killed (${percent(total / Math.max(1, answer.ended_runs), 3)}):`,
      Object.entries(breach.breaches).map(([name, count]) => el(
        "button",
        {
          type: "button",
          title: "Select these runs",
          onclick: () => study.runs.select("breach", `breach = ${quotedText(name)}`),
        },
        `${name}: ${grouped(count)}`,
      )));
    // The curve begins at 0, before the first breach.
    const time = [0, ...breach.times];
    const [values, low, high] = ["value", "low", "high"].map((key) => [
      0,
      ...breach.probabilities.map((estimate) => estimate[/** @type {"value"} */ (key)] ?? null),
    ]);
    const stepped = stairs(time, low, high);
    plot.show({
      layers: [
        { kind: "band", ...stepped, shade: "breach", alpha: 0.18 },
        { kind: "line", time, values, shade: "breach", width: 2, isStep: true, label: "P" },
      ],
      thresholds: [],
      marks: [],
      xLabel: "simulated time [s]",
      yLabel: "probability of a breach, with 95 % interval (Kaplan–Meier)",
      range: { low: 0, high: Math.min(1, 1.1 * Math.max(...high.map((value) => value ?? 0), 0.01)) },
    });
  }

  return { element, isSlow: true, onRefresh, remove: () => plot.remove() };
}

/**
 * The corners of two step functions.
 *
 * @param {number[]} time
 * @param {(number | null)[]} low
 * @param {(number | null)[]} high
 */
function stairs(time, low, high) {
  const corners = {
    time: /** @type {number[]} */ ([]),
    low: /** @type {(number | null)[]} */ ([]),
    high: /** @type {(number | null)[]} */ ([]),
  };
  time.forEach((at, place) => {
    if (place > 0) {
      corners.time.push(at);
      corners.low.push(low[place - 1]);
      corners.high.push(high[place - 1]);
    }
    corners.time.push(at);
    corners.low.push(low[place]);
    corners.high.push(high[place]);
  });
  return corners;
}
