import { el, fill, setText } from "./element.js";

/** Parts that several views are made of. */

/**
 * A section of a page with a heading.
 *
 * @param {string} title
 * @param {{controls?: (Node | null)[], kind?: string}} options
 * @param {(import("./element.js").Child | import("./element.js").Child[])[]} content
 */
export function card(title, options, ...content) {
  const heading = el("h2", {}, title);
  return el("section", { class: `card ${options.kind ?? ""}`, "aria-label": title },
    el("header", {}, heading, ...(options.controls ?? [])),
    ...content,
  );
}

const STATUS_SIGNS = /** @type {Record<string, string>} */ ({
  Completed: "✓", success: "✓", MET: "✓", Failed: "✗", failure: "✗", breach: "✗", "NOT MET": "✗", Timeout: "⏱", timeout: "⏱",
  Running: "▶", Claimed: "▶", Busy: "▶", UNDECIDED: "?", Cancelled: "–", cancelled: "–", Pending: "…", lost: "!", Offline: "–", Maintenance: "!", Idle: "✓",
});

/**
 * A state as a word with a sign and a colour.
 *
 * @param {string} status
 * @param {string} [title]
 */
export function badge(status, title) {
  const sign = el("span", { "aria-hidden": "true" }, STATUS_SIGNS[status] ?? "•");
  return el("span", { class: `badge is-${status.replaceAll(/[^A-Za-z]/g, "-")}`, title }, sign, status);
}

/**
 * A list to choose from, with its label for readers of the screen.
 *
 * @param {string} label
 * @param {{value: string, text: string}[]} options
 * @param {string} chosen
 * @param {(value: string) => void} onChange
 */
export function choice(label, options, chosen, onChange) {
  /** @type {HTMLSelectElement} */
  const select = el("select", { "aria-label": label, title: label });
  select.addEventListener("change", () => onChange(select.value));
  offer(select, options, chosen);
  return select;
}

/**
 * @param {HTMLSelectElement} select
 * @param {{value: string, text: string}[]} options
 * @param {string} chosen
 */
export function offer(select, options, chosen) {
  fill(select, options.map(({ value, text }) => el("option", { value }, text)));
  select.value = chosen;
  select.hidden = options.length === 0;
}

/**
 * Two or more buttons of which one is pressed.
 *
 * @param {{value: string, text: string}[]} options
 * @param {string} chosen
 * @param {(value: string) => void} onChange
 */
export function toggle(options, chosen, onChange) {
  const buttons = options.map(({ value, text }) =>
    el("button", {
      type: "button",
      "aria-pressed": String(value === chosen),
      onclick: () => {
        options.forEach((option, place) => buttons[place].setAttribute("aria-pressed", String(option.value === value)));
        onChange(value);
      },
    }, text),
  );
  return el("span", { class: "row" }, buttons);
}

/**
 * A command to copy.
 *
 * @param {string} text
 */
export function command(text) {
  const button = el("button", {
    type: "button",
    onclick: async () => {
      await navigator.clipboard?.writeText(text);
      setText(button, "Copied");
    },
  }, "Copy");
  return el("div", { class: "command" }, el("code", {}, text), button);
}

/**
 * What is wrong, for a person.
 *
 * @param {unknown} error
 */
export function problem(error) {
  const text = error instanceof Error ? error.message : String(error);
  return el("p", { class: "notice bad", role: "alert" }, text);
}

/**
 * Asks before something is done.
 *
 * @param {string} question
 * @param {string} action What the button says.
 * @returns {Promise<boolean>}
 */
export function confirmed(question, action) {
  return new Promise((resolve) => {
    const dialog = el("dialog", {},
      el("p", { class: "break" }, question),
      el("form", { method: "dialog", class: "actions" },
        el("button", { value: "yes", class: "primary" }, action),
        el("button", { value: "no" }, "Keep as it is")));
    dialog.querySelector("form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      dialog.close(/** @type {HTMLButtonElement} */ (event.submitter)?.value);
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/**
 * A button that does something which takes time, and says what went wrong with it.
 *
 * @param {string} text
 * @param {() => Promise<void>} action
 * @param {{kind?: string, title?: string}} [options]
 */
export function actionButton(text, action, options = {}) {
  const button = el("button", {
    type: "button",
    class: options.kind,
    title: options.title,
    onclick: async () => {
      button.disabled = true;
      try {
        await action();
      } catch (error) {
        announce(/** @type {Error} */ (error).message, true);
      } finally {
        button.disabled = false;
      }
    },
  }, text);
  return button;
}

/** @type {HTMLElement | null} */
let announcer = null;
let timer = 0;

/**
 * Says something at the top of the page for some seconds, to readers of the screen too.
 *
 * @param {string} text
 * @param {boolean} [isBad]
 */
export function announce(text, isBad = false) {
  if (!announcer) return;
  fill(announcer, el("p", { class: `notice ${isBad ? "bad" : ""}` }, text));
  window.clearTimeout(timer);
  timer = window.setTimeout(() => announcer && fill(announcer), isBad ? 12_000 : 5_000);
}

/** @param {HTMLElement} element */
export function announceIn(element) {
  announcer = element;
}
