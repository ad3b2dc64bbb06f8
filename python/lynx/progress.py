"""A line that says how far a study is: redrawn in a terminal and in a notebook, silent where output is a file."""

from __future__ import annotations

import html
import sys
import time
from typing import Any, TextIO

from lynx.overview import Overview

WIDTH = 30


class Progress:
    """Shows overviews as they come, in standard error or in the cell of a notebook."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._began = time.monotonic()
        self._ended_at_first: int | None = None
        self._last = ""
        self._drawn_at = 0.0
        self._display: Any = None
        self._is_notebook = stream is None and _is_notebook()
        self._is_terminal = self._stream.isatty()

    def show(self, now: Overview) -> None:
        if self._ended_at_first is None:
            self._ended_at_first = now.ended
        moment = time.monotonic()
        if not (self._is_notebook or self._is_terminal) or (moment - self._drawn_at < 0.1 and not now.is_over):
            return
        line = self._line(now, moment - self._began)
        if line == self._last:
            return
        self._last, self._drawn_at = line, moment
        if self._is_notebook:
            self._show_in_notebook(now, line)
        else:
            self._stream.write("\r\x1b[K" + line + ("\n" if now.is_over else ""))
            self._stream.flush()

    def _line(self, now: Overview, seconds: float) -> str:
        filled = WIDTH * now.ended // max(now.total, 1)
        parts = [f"[{'█' * filled}{'░' * (WIDTH - filled)}] {now.ended}/{now.total}", f"{now.failed} failed"]
        if running := now.by_status.get("Running", 0) + now.by_status.get("Claimed", 0):
            parts.append(f"{running} running")
        done = now.ended - (self._ended_at_first or 0)
        if done and not now.is_over and seconds > 1:
            parts.append(f"ETA {duration((now.total - now.ended) * seconds / done)}")
        if now.is_over:
            parts.append(now.status)
        elif now.waiting_for:
            parts.append(f"waiting: {now.waiting_for}")
        return "  ".join([*parts, duration(seconds)])

    def _show_in_notebook(self, now: Overview, line: str) -> None:
        from IPython.display import HTML, display

        content: object = HTML(  # type: ignore[no-untyped-call]
            f"<progress value='{now.ended}' max='{max(now.total, 1)}'></progress> "
            + html.escape(line.partition("] ")[2])
        )
        if self._display is None:
            self._display = display(content, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._display.update(content)


def duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    return f"{whole // 60}min {whole % 60}s" if whole < 3600 else f"{whole // 3600}h {whole % 3600 // 60}min"


def _is_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ == "ZMQInteractiveShell"
