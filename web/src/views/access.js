import { get, path, post, request } from "../api/client.js";
import { el, fill } from "../dom/element.js";
import { ago, moment } from "../dom/format.js";
import { actionButton, card, choice, command, confirmed, problem } from "../dom/parts.js";

/** @typedef {import("../api/types.js").Token} Token */

const DAY_MS = 86_400_000;
const SCOPES = [
  { value: "read", text: "may read" },
  { value: "submit", text: "may submit and cancel" },
  { value: "admin", text: "may manage runners and tokens" },
];
const LIVES = [
  { value: "30", text: "for 30 days" },
  { value: "365", text: "for a year" },
  { value: "", text: "without an end" },
];

/**
 * The tenant's tokens and enrolments, for administrators: made, listed, revoked.
 *
 * @param {AbortSignal} signal
 */
export function accessCard(signal) {
  const list = el("div", { class: "scroll-x" });
  const issued = el("div");

  async function read() {
    const { tokens } = /** @type {{tokens: Token[]}} */ (await get("/tokens", signal));
    fill(list, tokenTable(tokens, read));
  }
  read().catch((error) => signal.aborted || fill(list, problem(error)));
  return card("Tokens and enrolment", {}, el("div", { class: "stack" },
    forms(async (secret, next) => {
      fill(issued, secretNotice(secret, next));
      await read();
    }),
    issued,
    list));
}

/**
 * The secret, which is told only now, and what to do with it.
 *
 * @param {string} secret
 * @param {string} next
 */
function secretNotice(secret, next) {
  return el("div", { class: "notice stack", role: "status" },
    el("p", {}, `${next} It is shown only now; the control plane keeps a hash.`),
    command(secret));
}

/** @param {(secret: string, next: string) => Promise<void>} onIssued */
function forms(onIssued) {
  let scope = "submit";
  let days = "365";
  const tokenName = el("input", { "aria-label": "Name of the token", placeholder: "who or what it is for", required: true });
  const runnerName = el("input", { "aria-label": "Name of the runner", placeholder: "runner's name (optional)" });
  return el("div", { class: "row" },
    form("Make a token", async () => {
      const body = { name: tokenName.value.trim(), scopes: [scope], ...(days ? { expires_in_days: Number(days) } : {}) };
      const { secret } = /** @type {{secret: string}} */ (await post("/tokens", body));
      tokenName.value = "";
      await onIssued(secret, "An API token: put it into LYNX_TOKEN.");
    },
    tokenName,
    choice("What the token may do", SCOPES, scope, (value) => { scope = value; }),
    choice("How long the token is good", LIVES, days, (value) => { days = value; })),
    form("Enrol a runner", async () => {
      const name = runnerName.value.trim();
      const { secret } = /** @type {{secret: string}} */ (await post("/runners/enrollments", name ? { name } : {}));
      runnerName.value = "";
      await onIssued(secret,
        "Good for one runner within an hour: save it in a file, and give that to runner-host as --enrollment-token-file.");
    }, runnerName));
}

/**
 * @param {string} text
 * @param {() => Promise<void>} onSubmit
 * @param {Node[]} fields
 */
function form(text, onSubmit, ...fields) {
  const message = el("div");
  const button = el("button", {}, text);
  return el("form", {
    class: "row",
    "aria-label": text,
    onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      fill(message);
      button.disabled = true;
      try {
        await onSubmit();
      } catch (error) {
        fill(message, problem(error));
      } finally {
        button.disabled = false;
      }
    },
  }, fields, button, message);
}

/**
 * @param {Token[]} tokens
 * @param {() => Promise<void>} onDone
 */
function tokenTable(tokens, onDone) {
  const heads = ["Name", "Kind", "Made", "Ends", ""].map((text) => el("th", { scope: "col" }, text));
  const rows = tokens.map((token) => el("tr", {},
    el("td", { class: "break" }, token.name),
    el("td", {}, token.kind === "enroll" ? "enrolment" : token.scopes.join(", ")),
    el("td", { title: moment(token.created_at) }, ago(token.created_at)),
    el("td", { class: "break" }, endOf(token)),
    el("td", {}, isOver(token) ? null : actionButton("Revoke", async () => {
      const question = `Revoke ${token.name}? Whoever uses it is refused from then on.`;
      if (!(await confirmed(question, "Revoke it"))) return;
      await request(path("tokens", token.token_id), { method: "DELETE" });
      await onDone();
    }, { kind: "danger" }))));
  return el("table", { class: "plain" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows));
}

/** @param {Token} token */
function isOver({ revoked_at, expires_at, used_by }) {
  return Boolean(revoked_at || used_by || (expires_at && Date.parse(expires_at) < Date.now()));
}

/** @param {Token} token */
function endOf({ revoked_at, expires_at, used_by }) {
  if (used_by) return `used by ${used_by}`;
  if (revoked_at) return `revoked ${ago(revoked_at)}`;
  if (!expires_at) return "never";
  const left = Date.parse(expires_at) - Date.now();
  if (left < 0) return `expired ${ago(expires_at)}`;
  return left < DAY_MS ? moment(expires_at) : `in ${Math.round(left / DAY_MS)} days`;
}
