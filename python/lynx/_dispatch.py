"""A thread that appends what is asked, in the order of asking, and hands out outcomes as runs end.

While one append is under way further points gather, and go together in the next: thousands of single asks become few
calls.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field

from lynx._growing import GrowingBatch, Segment
from lynx.evaluation import Outcome
from lynx.overview import Overview
from lynx.points import Row

# A look at single points' outcomes may take this part of the time, and one at large blocks' less: reading many rows
# costs the machine something, and a block is only done with its last.
EAGER_SHARE, PATIENT_SHARE = 1 / 8, 1 / 40
# Outcomes are read at least so often, in seconds, whatever the counts say.
LONGEST_SECONDS = 10.0
# An estimate for the first look, in seconds for each row.
ROW_SECONDS = 1e-4


@dataclass
class Ask:
    """One point, and what its outcome goes to. `is_single` is false for a point of a block."""

    row: Row
    future: Future[Outcome]
    is_single: bool


@dataclass
class _Sent:
    segment: Segment
    open: dict[int, Ask]


@dataclass
class _Looks:
    """When the outcomes of a batch were last read, and what that cost."""

    ended: int = -1
    next_at: float = 0.0
    pause: float = field(default=0.02)


class Dispatcher:
    def __init__(self, batch: GrowingBatch) -> None:
        self._batch = batch
        self._queue: deque[Ask] = deque()
        self._sent: list[_Sent] = []
        self._looks: dict[str, _Looks] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closing = False
        self.latest: Overview | None = None

    def ask(self, asks: list[Ask]) -> None:
        with self._changed:
            if self._is_closing:
                raise RuntimeError("the function is closed; ask pool.function for another")
            self._queue.extend(asks)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="lynx-dispatch", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Waits for nothing: points that have no outcome yet get a `CancelledError`, and their runs go on."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=30)

    def _work(self) -> None:
        while True:
            with self._changed:
                while not (self._queue or self._sent or self._is_closing):
                    self._changed.wait()
                if self._is_closing:
                    break
                count = self._batch.fitting(ask.row for ask in self._queue)
                taken = [self._queue.popleft() for _ in range(count)]
            taken = [ask for ask in taken if ask.future.set_running_or_notify_cancel()]
            # Whoever waits gets an error; the thread goes on for the others, and for those who ask later.
            try:
                if taken:
                    self._append(taken)
            except Exception as error:
                _fail(taken, error)
            try:
                pause = self._look()
            except Exception as error:
                _fail(self._unanswered(), error)
                continue
            with self._changed:
                if not self._queue and not self._is_closing and self._sent:
                    self._changed.wait(pause)
        _fail([*self._unanswered(), *self._queue], CancelledError("the function was closed"))

    def _append(self, asks: list[Ask]) -> None:
        segment = self._batch.append([ask.row for ask in asks])
        self._sent.append(_Sent(segment, {segment.first_run + place: ask for place, ask in enumerate(asks)}))

    def _look(self) -> float:
        """Hands out what has ended since the last look; gives how long to wait until the next."""
        pause = 1.0
        for batch_id in dict.fromkeys(sent.segment.batch_id for sent in self._sent):
            looks = self._looks.setdefault(batch_id, _Looks())
            now = self._batch.overview(batch_id)
            self.latest = now
            waiting = [sent for sent in self._sent if sent.segment.batch_id == batch_id]
            moment = time.monotonic()
            is_news = now.ended != looks.ended and (now.ended == now.total or moment >= looks.next_at)
            if is_news or moment >= looks.next_at + LONGEST_SECONDS:
                self._read(batch_id, waiting, looks)
                looks.ended = now.ended
                looks.pause = 0.02
            else:
                looks.pause = min(looks.pause * 1.3, 0.5)
            pause = min(pause, looks.pause)
        self._sent = [sent for sent in self._sent if sent.open]
        return pause

    def _read(self, batch_id: str, waiting: list[_Sent], looks: _Looks) -> None:
        began = time.monotonic()
        first = min(run for sent in waiting for run in sent.open)
        last = max(run for sent in waiting for run in sent.open)
        outcomes = self._batch.outcomes(Segment(batch_id, first, last - first + 1))
        for sent in waiting:
            for run in [run for run in sent.open if run in outcomes]:
                sent.open.pop(run).future.set_result(outcomes[run])
        left = [ask for sent in waiting for ask in sent.open.values()]
        share = EAGER_SHARE if any(ask.is_single for ask in left) else PATIENT_SHARE
        seconds = max(time.monotonic() - began, ROW_SECONDS * len(left))
        looks.next_at = time.monotonic() + seconds / share

    def _unanswered(self) -> list[Ask]:
        """The points that were sent and have no outcome; they are not looked at any more."""
        asks = [ask for sent in self._sent for ask in sent.open.values()]
        self._sent = []
        return asks


def _fail(asks: Iterable[Ask], error: Exception) -> None:
    for ask in asks:
        if ask.future.running() or ask.future.set_running_or_notify_cancel():
            ask.future.set_exception(error)
