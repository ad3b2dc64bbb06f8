import { artifactPath, request } from "../../api/client.js";
import { TimeLink, TimePlot } from "../../charts/timeplot.js";
import { readCSV } from "../../data/csv.js";
import { el, fill } from "../../dom/element.js";
import { grouped, number, size } from "../../dom/format.js";
import { choice } from "../../dom/parts.js";

/** @typedef {import("../../api/types.js").Artifact} Artifact */

const MOST_BYTES = 512 * 1024;
const MOST_ROWS = 200;
const MOST_PLOTTED = 5000;

/**
 * Whether a file can be shown.
 *
 * @param {Artifact} artifact
 */
export function canPreview({ media_type, path }) {
  return /^(image\/(png|jpeg|gif|webp|svg\+xml)|text\/|application\/(json|x-yaml|yaml|xml))/.test(media_type)
    || /\.(csv|json|txt|log|ya?ml|md|xml|toml|ini)$/i.test(path);
}

/**
 * Shows a file: a picture, a table with a plot, or its text.
 *
 * @param {string} job
 * @param {Artifact} artifact
 * @param {AbortSignal} signal
 * @returns {Promise<HTMLElement>}
 */
export async function preview(job, artifact, signal) {
  const url = artifactPath(job, artifact.path, artifact.attempt);
  if (artifact.media_type.startsWith("image/")) return el("div", { class: "preview" },
    el("img", { src: url, alt: `Picture ${artifact.path}` }),
  );
  const isCut = artifact.size_bytes > MOST_BYTES;
  const response = await request(url, { signal, headers: isCut ? { Range: `bytes=0-${MOST_BYTES - 1}` } : {} });
  const text = new TextDecoder().decode(await response.arrayBuffer());
  const note = isCut ? el("p", { class: "small muted" }, `The first ${size(MOST_BYTES)} of ${size(artifact.size_bytes)}.`) : null;
  if (/csv/.test(artifact.media_type) || /\.csv$/i.test(artifact.path)) {
    // Where the file is cut the last line is mostly a part of one.
    return el("div", { class: "preview stack" }, note, csvPreview(isCut ? text.slice(0, text.lastIndexOf("\n")) : text));
  }
  const isJSON = /json/.test(artifact.media_type) || /\.json$/i.test(artifact.path);
  return el("div", { class: "preview" },
    note,
    el("div", { class: "log", tabindex: 0 }, isJSON && !isCut ? indented(text) : text),
  );
}

/** @param {string} text */
function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** @param {string} text */
function csvPreview(text) {
  const { header, rows } = readCSV(text, MOST_PLOTTED);
  const table = el("div", { class: "scroll-x log", tabindex: 0 }, el("table", { class: "plain" },
    el("thead", {}, el("tr", {}, header.map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {},
      rows.slice(0, MOST_ROWS).map((row) => el("tr", {}, row.map((field) => el("td", { class: "number" }, field)))),
    )));
  const note = el("p", { class: "small muted" },
    rows.length > MOST_ROWS ? `${grouped(MOST_ROWS)} of ${grouped(rows.length)} rows read` : `${grouped(rows.length)} rows`,
  );
  const numeric = header.flatMap((name, place) => {
    const values = rows.map((row) => (row[place]?.trim() ? Number(row[place]) : NaN));
    return values.some((value) => !Number.isNaN(value)) ? [{ name, values }] : [];
  });
  if (numeric.length < 2 || rows.length < 2) return el("div", { class: "stack" }, table, note);
  return el("div", { class: "stack" }, csvPlot(numeric), table, note);
}

/** @param {{name: string, values: number[]}[]} columns */
function csvPlot(columns) {
  const plot = new TimePlot(new TimeLink(), { label: "Columns of the file", height: 230 });
  let x = 0;
  let y = 1;
  const options = columns.map(({ name }, place) => ({ value: String(place), text: name }));
  const draw = () => {
    // A plot reads from left to right.
    const places = Array.from(columns[x].values.keys()).filter((place) => !Number.isNaN(columns[x].values[place])).sort(
      (a, b) => columns[x].values[a] - columns[x].values[b],
    );
    plot.show({
      layers: [
        {
          kind: "line",
          time: places.map((place) => columns[x].values[place]),
          values: places.map((place) => columns[y].values[place]),
          shade: "accent",
          width: 1.75,
        },
      ],
      thresholds: [], marks: [], xLabel: columns[x].name, yLabel: columns[y].name, quantity: { name: columns[x].name, units: "" },
    });
  };
  draw();
  const controls = el("div", { class: "row" },
    choice("Vertical axis", options, String(y), (value) => { y = placeOf(value); draw(); }), "against",
    choice("Horizontal axis", options, String(x), (value) => { x = placeOf(value); draw(); }));
  return el("div", {}, controls, plot.surface.element);
}

/** @param {string} value */
function placeOf(value) {
  return Number.parseInt(value, 10);
}

/**
 * The end of what a simulation printed; null if it printed nothing.
 *
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<HTMLElement | null>}
 */
export async function logEnd(url, signal) {
  const most = 32 * 1024;
  let response;
  try {
    response = await request(url, { signal, headers: { Range: `bytes=-${most}` } });
  } catch (error) {
    const status = /** @type {{status?: number}} */ (error).status;
    if (status === 404 || status === 416) return null;
    throw error;
  }
  const text = new TextDecoder().decode(await response.arrayBuffer());
  if (text === "") return null;
  const whole = Number(response.headers.get("Content-Range")?.split("/")[1] ?? NaN);
  const box = el("div", { class: "log", tabindex: 0 }, text);
  const note = whole > most ? el("p", { class: "small muted" },
    `The last ${size(most)} of ${size(whole)}; ${number(text.split("\n").length)} lines.`,
  ) : null;
  requestAnimationFrame(() => (box.scrollTop = box.scrollHeight));
  const block = el("div");
  fill(block, note, box);
  return block;
}
