import { whenUnauthorized } from "./api/client.js";
import { isLoggedIn, logOut, readSession, who } from "./api/session.js";
import { isDark, restoreTheme, setTheme } from "./charts/theme.js";
import { el, fill, setText } from "./dom/element.js";
import { announceIn, problem } from "./dom/parts.js";
import { address } from "./router.js";
import { showComparison } from "./views/comparison.js";
import { showLogin } from "./views/login.js";
import { showPool } from "./views/pool.js";
import { showRun } from "./views/run/run.js";
import { showStudies } from "./views/studies.js";
import { showStudy } from "./views/study/study.js";

/**
 * A view fills an element, and gives back what ends it. It stops its calls when the signal says so.
 *
 * @typedef {(root: HTMLElement, address: import("./router.js").Address, signal: AbortSignal) =>
 *   (() => void) | Promise<() => void>} View
 */

/** @type {Record<string, View>} */
const VIEWS = { studies: showStudies, study: showStudy, run: showRun, pool: showPool, compare: showComparison };

const main = el("main", { id: "main", tabindex: -1 });
const session = el("span", { class: "session small" });
const navigation = el("nav", { "aria-label": "Views" },
  el("a", { href: "#/studies" }, "Studies"),
  el("a", { href: "#/pool" }, "Pool"));
const logout = el("button", { type: "button", onclick: leave }, "Log out");
const theme = el("button", { type: "button", onclick: switchTheme });
const announcements = el("div", { role: "status", "aria-live": "polite" });

let controller = new AbortController();
let end = () => {};

function switchTheme() {
  setTheme(isDark() ? "light" : "dark");
  nameTheme();
}

function nameTheme() {
  setText(theme, isDark() ? "Light" : "Dark");
  theme.setAttribute("aria-label", isDark() ? "Use light colours" : "Use dark colours");
}

async function leave() {
  await logOut();
  await show();
}

async function show() {
  controller.abort();
  end();
  end = () => {};
  controller = new AbortController();
  const { signal } = controller;
  const where = address();
  const name = where.parts[0] ?? "studies";
  for (const anchor of navigation.querySelectorAll("a")) {
    const isHere = anchor.getAttribute("href") === `#/${name === "pool" ? "pool" : "studies"}`;
    if (isHere) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
  setText(session, who());
  logout.hidden = who() === "";
  fill(main);
  if (!isLoggedIn()) {
    document.title = "Log in · lynx-runner";
    end = showLogin(main, show);
    return;
  }
  const view = VIEWS[name];
  if (!view) {
    fill(main, problem(`There is no view called '${name}'.`));
    return;
  }
  try {
    const ended = await view(main, where, signal);
    if (signal.aborted) ended();
    else end = ended;
  } catch (error) {
    if (!signal.aborted) main.append(problem(error));
  }
}

async function start() {
  restoreTheme();
  nameTheme();
  announceIn(announcements);
  document.body.append(
    el("a", { class: "skip", href: "#main", onclick: (/** @type {Event} */ event) => { event.preventDefault(); main.focus(); } },
      "To the content",
    ),
    el("header", { class: "top" },
      el("a", { class: "brand", href: "#/studies" }, "lynx-runner"),
      navigation,
      session,
      logout,
      theme,
    ),
    announcements,
    main,
  );
  whenUnauthorized(() => {
    // The session has ended: ask who is there, once.
    readSession().then(() => { if (!isLoggedIn()) void show(); }, () => {});
  });
  try {
    await readSession();
  } catch (error) {
    fill(main, problem(error));
    return;
  }
  window.addEventListener("hashchange", () => void show());
  await show();
}

void start();
