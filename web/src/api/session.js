import { Problem, get, request } from "./client.js";

/**
 * Who uses the page, and what they may do.
 *
 * @typedef {import("./types.js").Session} Session
 */

/** @type {Session} */
let session = { authentication: false, tenant: "default", scopes: ["read", "submit", "admin"] };

/** @returns {Promise<Session>} */
export async function readSession() {
  try {
    session = await get("/session");
  } catch (error) {
    // A control plane without sessions asks nobody who they are, or refuses the first call.
    if (!(error instanceof Problem) || error.status !== 404) throw error;
  }
  return session;
}

/** @returns {boolean} */
export function isLoggedIn() {
  return !session.authentication || session.tenant !== undefined;
}

/** Whether callers have to say who they are; without that there are no tokens. */
export function hasTokens() {
  return session.authentication;
}

/** @param {"read" | "submit" | "admin"} scope */
export function may(scope) {
  const scopes = session.scopes ?? [];
  if (scopes.includes("admin")) return true;
  return scope === "read" ? scopes.length > 0 : scopes.includes(scope);
}

export function who() {
  return session.authentication && session.tenant ? `${session.token_name ?? "token"} · ${session.tenant}` : "";
}

/** @param {string} token */
export async function logIn(token) {
  const response = await request("/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token }),
  });
  session = await response.json();
}

export async function logOut() {
  await request("/session", { method: "DELETE" });
  session = { authentication: true };
}
