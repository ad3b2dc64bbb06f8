"""The page in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "there is no chromium: run scripts/setup.sh"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """A window of the page, and what went wrong in it."""

    def __init__(self, browser: Browser, url: str, *, width: int = 1280, height: int = 900) -> None:
        self.url = url
        self.context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: self.listen(message.type, message.text))
        self.page.on("dialog", lambda dialog: self.errors.append(f"a dialog says {dialog.message}"))

    def listen(self, kind: str, text: str) -> None:
        # That a resource is missing is what the page asks about, such as the log of a run that printed nothing.
        if kind == "error" and "Failed to load resource" not in text and "ERR_CONNECTION" not in text:
            self.errors.append(text)

    def open(self, address: str) -> Page:
        """Goes to an address within the page, such as `#/study/ID`."""
        self.page.goto(f"{self.url}/ui/{address}")
        return self.page

    def card(self, title: str) -> Locator:
        return self.page.locator(f'section[aria-label="{title}"]')

    def close(self) -> None:
        self.context.close()
        assert self.errors == []


@contextmanager
def visit(browser: Browser, url: str, *, width: int = 1280, height: int = 900) -> Iterator[Visit]:
    visited = Visit(browser, url, width=width, height=height)
    try:
        yield visited
    except BaseException:
        visited.context.close()
        raise
    visited.close()


def drag(page: Page, canvas: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draws over a chart, from one place to another, as shares of its width and height."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    # Waits until the chart stays where it is and nothing lies over it.
    canvas.hover(position={"x": start[0] * box["width"], "y": start[1] * box["height"]})
    box = canvas.bounding_box()
    assert box is not None
    x, y, width, height = box["x"], box["y"], box["width"], box["height"]
    page.mouse.move(x + start[0] * width, y + start[1] * height)
    page.mouse.down()
    page.mouse.move(x + (start[0] + end[0]) / 2 * width, y + (start[1] + end[1]) / 2 * height)
    page.mouse.move(x + end[0] * width, y + end[1] * height)
    page.mouse.up()
