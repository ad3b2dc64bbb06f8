"""Chromium, headless, for what is measured of the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

PATIENCE_MS = 300_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser of its own for each figure, so that none finds what another has left."""
    path = which("chromium")
    if path is None:
        raise SystemExit("bench: there is no chromium; 'make setup' installs it")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def opened(browser: Browser) -> tuple[Page, CDPSession]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(PATIENCE_MS)
    return page, browser.new_browser_cdp_session()


def tab_memory(session: CDPSession) -> float:
    """The proportional set size of the largest process that renders, in megabytes."""
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    return max(resident(process["id"]) for process in processes if process["type"] == "renderer")


def resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0
