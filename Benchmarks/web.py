"""The page with many runs in a real browser, beside Optuna's dashboard with as many trials."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import web_live
from browsers import chromium, opened, tab_memory
from playwright.sync_api import Page
from tables import make_ledger

from claims import await_answer, control_plane
from cluster import die_with_parent, free_port
from report import Goal, Result, Table
from settings import Settings

OURS, PEER = "lynx", "Optuna's dashboard"
PARAMETERS = 10
BRUSHES = 60
SCROLL_MS = 3000
GOAL_PAINT_S, GOAL_BRUSH_MS, GOAL_SCROLL_FPS, GOAL_MEMORY_MB, GOAL_SIZE_KB = 1.0, 50.0, 50.0, 500.0, 300.0

PAINTED = """runs => new Promise(resolve => {
  const whole = `All ${String(runs).replace(/\\B(?=(\\d{3})+$)/g, '\\u202f')} runs`;
  const look = () => {
    const count = document.querySelector('.selection .count')?.textContent;
    const rows = document.querySelectorAll('.runs-table .line').length;
    const height = document.querySelector('.runs-table .body')?.offsetHeight ?? 0;
    const chart = document.querySelector('section[aria-label=Outputs] canvas');
    if (count === whole && rows > 5 && height >= runs * 28 - 1 && chart?.height > 0) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})"""
"""When the table and the charts first show all runs, in milliseconds since the page was asked for."""

PLOTTED = """() => new Promise(resolve => {
  const look = () => {
    if (document.querySelector('.js-plotly-plot .main-svg path')) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})"""
"""When the peer's first plot has something in it."""

LISTEN = """() => {
  window.redraws = [];
  document.querySelector('section[aria-label=Scatter] canvas').addEventListener('pointermove', () => {
    const began = performance.now();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.redraws.push(performance.now() - began);
      channel.port2.postMessage(0);
    });
  }, true);
}"""
"""Measures from each movement of the pointer until all that follows from it is drawn, the frame included."""

SCROLL = """milliseconds => new Promise(resolve => {
  const viewport = document.querySelector('.runs-table .viewport');
  const began = performance.now();
  let frames = 0;
  const step = () => {
    const passed = performance.now() - began;
    if (passed > milliseconds) { resolve(1000 * frames / passed); return; }
    frames += 1;
    viewport.scrollTop += 230;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""


def measure(settings: Settings) -> Result:
    runs, few = settings.sizes.page_runs, settings.sizes.page_peer_runs
    times = Table("a study's page, from asking for it to its first picture of all runs", "s", [OURS, PEER])
    times.ratios = [(PEER, OURS)]
    memory = Table("memory of the tab", "MB", [OURS, PEER])
    size = Table("page and libraries, compressed", "kB", [OURS, PEER])
    brush = Table("from a movement of the brush to the redrawn views", "ms", [OURS])
    scroll = Table("frames while the table scrolls", "per second", [OURS])
    many, same = f"{runs:,} runs", f"{few:,} runs"
    ledgers = {}
    for name, count in ((many, runs), (same, few)):
        settings.say(f"web: making the ledger of {name}")
        ledgers[name] = (
            database := settings.work / f"{count}.sqlite",
            make_ledger(settings, database, count, 0),
            count,
        )
    journal = settings.work / "optuna.log"
    settings.say(f"web: making {few:,} trials of Optuna")
    filler = Path(__file__).with_name("peer_optuna.py")
    subprocess.run([sys.executable, str(filler), str(journal), str(few), str(PARAMETERS)], check=True)
    for number in range(settings.sizes.rounds):
        settings.say(f"web: round {number + 1}")
        for name, (database, batch, count) in ledgers.items():
            with control_plane(settings.programs, str(database), settings.work) as url, chromium() as browser:
                page, session = opened(browser)
                page.goto(f"{url}/ui/#/study/{batch}")
                times.add(name, OURS, page.evaluate(PAINTED, count) / 1000)
                # What the control plane computes meanwhile takes a processor of its own.
                page.locator(".driver").first.wait_for(state="attached")
                page.wait_for_timeout(2000)
                size.add("all files", OURS, transferred(page, "/ui/") / 1000)
                page.locator(".runs-table .viewport").scroll_into_view_if_needed()
                page.wait_for_timeout(500)
                scroll.add(name, OURS, page.evaluate(SCROLL, SCROLL_MS))
                brush.add(name, OURS, brushed(page))
                memory.add(name, OURS, tab_memory(session))
        with dashboard(settings, journal) as url, chromium() as browser:
            page, session = opened(browser)
            page.goto(f"{url}/dashboard/studies/0")
            times.add(same, PEER, page.evaluate(PLOTTED) / 1000)
            page.wait_for_timeout(2000)
            size.add("all files", PEER, transferred(page, "/") / 1000)
            memory.add(same, PEER, tab_memory(session))
    goals = [
        Goal.most(f"page of {many}: until all are shown", times.rows[many][OURS].median, "s", GOAL_PAINT_S),
        Goal.most(f"page of {many}: brush to redraw", brush.rows[many][OURS].median, "ms", GOAL_BRUSH_MS),
        Goal.least(
            f"page of {many}: table scrolls", scroll.rows[many][OURS].median, "frames per second", GOAL_SCROLL_FPS
        ),
        Goal.most(f"page of {many}: memory of the tab", memory.rows[many][OURS].median, "MB", GOAL_MEMORY_MB),
        Goal.most("page and libraries, compressed", size.rows["all files"][OURS].median, "kB", GOAL_SIZE_KB),
        Goal.ratio(f"page of {same}: until all are shown", times, same, OURS, PEER, 1, fewer=True),
    ]
    live = web_live.measure(settings)
    return Result([times, brush, scroll, memory, size, *live.tables], goals + live.goals)


def transferred(page: Page, below: str) -> float:
    """Bytes of scripts, styles and pictures as they came over the wire."""
    sizes = """below => performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
      .filter(entry => new URL(entry.name).pathname.startsWith(below)
        && ['script', 'link', 'img', 'css', 'navigation', 'other'].includes(entry.initiatorType))
      .reduce((sum, entry) => sum + entry.encodedBodySize, 0)"""
    return float(page.evaluate(sizes, below))


def brushed(page: Page) -> float:
    """The median, in milliseconds, over movements of a rectangle in the scatter plot."""
    canvas = page.locator("section[aria-label=Scatter] canvas").first
    canvas.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = canvas.bounding_box()
    assert box is not None
    page.evaluate(LISTEN)
    page.mouse.move(box["x"] + 150, box["y"] + 100)
    page.mouse.down()
    for step in range(BRUSHES):
        page.mouse.move(box["x"] + 160 + 4 * step, box["y"] + 110 + 3 * step)
        page.wait_for_timeout(30)
    page.mouse.up()
    redraws: list[float] = page.evaluate("window.redraws")
    return statistics.median(redraws)


@contextmanager
def dashboard(settings: Settings, journal: Path) -> Iterator[str]:
    program, port = Path(sys.executable).with_name("optuna-dashboard"), free_port()
    with (settings.work / "dashboard.log").open("ab") as log:
        process = subprocess.Popen(
            [str(program), str(journal), "--port", str(port), "--host", "127.0.0.1"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        await_answer(f"{url}/dashboard", process)
        yield url
    finally:
        process.terminate()
        process.wait(30)
