import { logIn } from "../api/session.js";
import { el, fill } from "../dom/element.js";
import { problem } from "../dom/parts.js";

/**
 * Asks for an API token.
 *
 * @param {HTMLElement} root
 * @param {() => Promise<void>} onDone
 * @returns {() => void}
 */
export function showLogin(root, onDone) {
  const token = el("input", { type: "password", id: "token", autocomplete: "current-password", required: true });
  const message = el("div");
  const form = el("form", {
    class: "stack",
    onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      fill(message);
      try {
        await logIn(token.value.trim());
      } catch (error) {
        fill(message, problem(error));
        return;
      }
      await onDone();
    },
  },
    el("h1", {}, "Log in"),
    el("label", { for: "token" }, "API token"),
    token,
    message,
    el("button", { class: "primary" }, "Log in"),
    el("p", { class: "muted small" }, "Tokens are made by an administrator: lynxctl token create --name NAME --scope read"));
  fill(root, el("section", { class: "card login" }, form));
  token.focus();
  return () => {};
}
