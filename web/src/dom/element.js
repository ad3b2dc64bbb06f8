/**
 * Builds elements. Whatever comes from a study reaches the page as a text node or as the value of an attribute, never as
 * markup.
 *
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {{[name: string]: string | number | boolean | null | undefined | EventListener | ((event: any) => void)}} Properties
 */

/**
 * An element with attributes and children. A property `onclick` and the like is a listener; `true` sets an attribute without
 * a value; `false`, null and undefined leave it out.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Properties} [properties]
 * @param {(Child | Child[])[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key.slice(2), /** @type {EventListener} */ (value));
    else if (value === true) element.setAttribute(key, "");
    else if (key === "href") element.setAttribute(key, safeLink(String(value)));
    else element.setAttribute(key, String(value));
  }
  append(element, children);
  return element;
}

/**
 * @param {Node} parent
 * @param {(Child | Child[])[]} children
 */
export function append(parent, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/**
 * Replaces all that an element holds.
 *
 * @param {Element} parent
 * @param {(Child | Child[])[]} children
 */
export function fill(parent, ...children) {
  parent.textContent = "";
  append(parent, children);
}

/**
 * Sets the text of an element, and leaves the page alone if it has that text already.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * A link within the page or to a path of this server; others, such as `javascript:`, lead nowhere.
 *
 * @param {string} link
 */
function safeLink(link) {
  return link.startsWith("#") || (link.startsWith("/") && !link.startsWith("//")) || link.startsWith("blob:") ? link : "#";
}
