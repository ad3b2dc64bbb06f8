"""A bar on a terminal, plain lines otherwise."""

from __future__ import annotations

import sys
import time
from types import TracebackType


class Progress:
    def __init__(self, total: int) -> None:
        self._total = total
        self._began = time.monotonic()
        self._shown = 0.0
        self._is_terminal = sys.stdout.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_terminal:
            print()

    def show(self, done: int, note: str) -> None:
        now = time.monotonic()
        if done < self._total and now - self._shown < (0.2 if self._is_terminal else 10):
            return
        self._shown = now
        seconds = now - self._began
        rate = done / seconds if seconds > 0 else 0
        left = f"ETA {(self._total - done) / rate:.0f}s" if rate > 0 else "ETA ?"
        text = f"{done}/{self._total} done ({100 * done // self._total} %), {rate:.0f}/s, {left}, {note}"
        if self._is_terminal:
            filled = 30 * done // self._total
            print(f"\r[{'█' * filled}{'░' * (30 - filled)}] {text}\x1b[K", end="", flush=True)
        else:
            print(text, flush=True)
