import { getIfAny, path, withQuery } from "../../api/client.js";
import { TimeLink, TimePlot } from "../../charts/timeplot.js";
import { el, fill, setText } from "../../dom/element.js";
import { grouped, number, withUnits } from "../../dom/format.js";
import { card } from "../../dom/parts.js";

/**
 * @typedef {import("../../api/types.js").Telemetry} Telemetry
 * @typedef {import("../../api/types.js").Condition} Condition
 */

const POINTS = 2000;
/** How many variables are drawn without asking. */
const SHOWN = 8;

/**
 * The telemetry of a run: a plot for each variable, linked in time. A part that is zoomed to is read again with all its points.
 *
 * @param {string} job
 * @param {AbortSignal} signal
 */
export function runTelemetry(job, signal) {
  const time = new TimeLink();
  const grid = el("div", { class: "grid-2" });
  const text = el("p", { class: "small muted" });
  /** @type {Map<string, TimePlot>} */
  const plots = new Map();
  let conditions = /** @type {Condition[]} */ ([]);
  let breach = /** @type {{condition: string, sim_time_s?: number} | undefined} */ (undefined);
  let most = SHOWN;
  let latest = /** @type {Telemetry | null} */ (null);
  const all = el("button", { type: "button", hidden: true, onclick: () => time.zoom(null) }, "All of the time");
  const more = el("button", { type: "button", hidden: true, onclick: () => { most += 4 * SHOWN; draw(); } }, "More variables");
  const search = el(
    "input",
    { type: "search", placeholder: "Variables", "aria-label": "Show variables whose name has", oninput: () => draw() },
  );
  const element = card("Telemetry", { controls: [all, search] }, grid, more, text);
  element.hidden = true;
  time.listeners.add((isRange) => {
    if (!isRange) return;
    all.hidden = time.range === null;
    void read().catch(() => {});
  });

  async function read() {
    const [from, to] = time.range ?? [undefined, undefined];
    const answer = /** @type {Telemetry | null} */ (await getIfAny(
      withQuery(`${path("jobs", job)}/telemetry`, { from, to, max_points: POINTS }),
      signal,
    ));
    if (!answer) return;
    latest = answer;
    draw();
  }

  function draw() {
    if (!latest) return;
    const names = Object.keys(latest.variables);
    element.hidden = names.length === 0;
    const watched = new Set(conditions.map(({ variable }) => variable));
    const broken = conditions.find(({ name }) => name === breach?.condition)?.variable;
    const rank = (/** @type {string} */ name) => (name === broken ? 0 : watched.has(name) ? 1 : 2);
    const wanted = names.filter(
      (name) => name.toLowerCase().includes(search.value.toLowerCase()),
    ).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
    const shown = new Set(wanted.slice(0, most));
    for (const [name, plot] of plots) {
      if (shown.has(name)) continue;
      plot.remove();
      plots.delete(name);
    }
    for (const name of shown) {
      const series = latest.variables[name];
      let plot = plots.get(name);
      if (!plot) {
        plot = new TimePlot(time, { label: name, height: 190 });
        plots.set(name, plot);
      }
      const own = conditions.filter(({ variable }) => variable === name);
      const isBroken = name === broken || (broken === undefined && breach !== undefined);
      const marks = isBroken && breach?.sim_time_s !== undefined ? [
        { time: breach.sim_time_s, value: name === broken ? valueAt(series, breach.sim_time_s) : null, label: "stopped here" },
      ] : [];
      plot.show({
        layers: [{ kind: "line", time: series.time_s, values: series.values, shade: "accent", width: 1.75, label: " " }],
        thresholds: own.map(
          ({ name: condition, threshold, units }) => ({
            value: threshold,
            label: `${condition}: ${withUnits(number(threshold), units)}`,
          }),
        ),
        marks,
        xLabel: "",
        yLabel: withUnits(name, series.units && `[${series.units}]`),
      });
    }
    const order = wanted.slice(0, most).map((name) => /** @type {TimePlot} */ (plots.get(name)).surface.element);
    if (order.some(
      (surface, place) => grid.children[place] !== surface,
    ) || grid.children.length !== order.length) fill(grid, order);
    more.hidden = wanted.length <= most;
    const points = Object.values(latest.variables).reduce(
      (sum, { points: stored, time_s }) => sum + (stored ?? time_s.length),
      0,
    );
    setText(text,
      `${grouped(shown.size)} of ${grouped(names.length)} variables, ${grouped(points)} points`
        + `${latest.complete ? "" : ", more are coming"}, against simulated time in seconds. Draw a range to zoom all of them.`,
    );
  }

  return {
    element,
    read,
    /** Whether all points are there. */
    isComplete: () => latest?.complete ?? false,
    /**
     * @param {Condition[]} list The stopping conditions of the study.
     * @param {{condition: string, sim_time_s?: number} | undefined} met The one that was met.
     */
    explain(list, met) {
      conditions = list;
      breach = met;
      draw();
    },
    remove() {
      for (const plot of plots.values()) plot.remove();
    },
  };
}

/**
 * @param {import("../../api/types.js").Series} series
 * @param {number} time
 */
function valueAt({ time_s, values }, time) {
  let place = -1;
  while (place + 1 < time_s.length && time_s[place + 1] <= time) place += 1;
  return place < 0 ? null : values[place];
}
