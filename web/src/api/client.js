/** Calls of the control plane that served this page. */

/** What the control plane answered instead of what was asked for (RFC 9457). */
export class Problem extends Error {
  /**
   * @param {number} status The HTTP status; 0 if there was no answer at all.
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** @type {(() => void) | null} */
let onUnauthorized = null;

/** @param {() => void} listener Told when a call needs a login. */
export function whenUnauthorized(listener) {
  onUnauthorized = listener;
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 */
export async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem(0, "The control plane does not respond.");
  }
  if (response.ok) return response;
  if (response.status === 401 && path !== "/session") onUnauthorized?.();
  throw new Problem(response.status, await reason(response));
}

/** @param {Response} response */
async function reason(response) {
  try {
    const body = await response.json();
    if (typeof body.detail === "string") return body.detail;
    if (typeof body.title === "string") return body.title;
  } catch {
    // What is no problem of the API, such as a proxy's page, is told by its status.
  }
  return `The control plane answered with status ${response.status}.`;
}

/**
 * @template Answer
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answer>}
 */
export async function get(path, signal) {
  return (await request(path, { signal, headers: { Accept: "application/json" } })).json();
}

/**
 * As `get`; null where there is nothing.
 *
 * @template Answer
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answer | null>}
 */
export async function getIfAny(path, signal) {
  try {
    return await get(path, signal);
  } catch (error) {
    if (error instanceof Problem && (error.status === 404 || error.status === 405)) return null;
    throw error;
  }
}

/**
 * @template Answer
 * @param {string} path
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Answer>}
 */
export async function post(path, body, headers = {}) {
  const options = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    ...options,
  });
  return response.status === 204 ? /** @type {any} */ (undefined) : response.json();
}

/**
 * A path with a query, all of it encoded; parameters without a value are left out.
 *
 * @param {string} path
 * @param {Record<string, string | number | null | undefined>} parameters
 */
export function withQuery(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/**
 * A path of the API whose parts may hold any character.
 *
 * @param {string[]} parts
 */
export function path(...parts) {
  return `/${parts.map(encodeURIComponent).join("/")}`;
}

/**
 * The path of a file of a run; the slashes in its name stay.
 *
 * @param {string} job
 * @param {string} file
 * @param {number} attempt
 */
export function artifactPath(job, file, attempt) {
  const parts = file.split("/").map(encodeURIComponent).join("/");
  return `${path("jobs", job, "artifacts")}/${parts}?attempt=${attempt}`;
}
