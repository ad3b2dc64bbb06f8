/**
 * The address of a view lies behind the `#`: a path and a query, as in `#/study/ID?select=…`. It is all that a link needs.
 *
 * @typedef {{parts: string[], query: URLSearchParams}} Address
 */

/** @returns {Address} */
export function address() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?", 2);
  return { parts: path.split("/").filter(Boolean).map(decoded), query: new URLSearchParams(query ?? "") };
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * @param {string[]} parts
 * @param {Record<string, string>} [query]
 */
export function link(parts, query = {}) {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")).toString();
  return `#/${parts.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}

/**
 * Keeps what a view shows in the address, without a step in the history.
 *
 * @param {Record<string, string>} changes Empty values are left out.
 */
export function remember(changes) {
  const { parts, query } = address();
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  const hash = `#/${parts.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
  if (hash !== location.hash) history.replaceState(null, "", hash);
}
