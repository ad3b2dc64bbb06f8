"""The bounded queue between the simulation's threads and the sender."""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Sample: TypeAlias = tuple[str, float, float, str]
"""Name, value, simulated time in seconds, units."""

Mark: TypeAlias = threading.Event
"""Set once everything that was queued before it is settled."""


class SampleQueue:
    """First in, first out; over `capacity` the oldest samples make room.

    `SimpleQueue` is lock-free under the interpreter lock and reentrant, so `put` may be called from any thread,
    from a signal handler and from a finaliser.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._queue: SimpleQueue[Sample | Mark] = SimpleQueue()
        # Guards the two below; the simulation's threads only try it.
        self._shedding = threading.Lock()
        self._rescued: dict[str, Sample] = {}
        self._shed = 0

    @property
    def shed(self) -> int:
        """Samples that were given up to make room."""
        return self._shed

    @property
    def empty(self) -> bool:
        return self._queue.empty() and not self._rescued

    def discard(self) -> int:
        """Throws away what is queued; the number of samples it was."""
        count = 0
        try:
            while True:
                count += not isinstance(self._queue.get_nowait(), Mark)
        except Empty:
            return count

    def mark(self) -> Mark:
        """Queues a mark, beyond the capacity if need be."""
        mark = Mark()
        self._queue.put(mark)
        return mark

    def put(self, sample: Sample) -> None:
        queue = self._queue
        queue.put(sample)
        if queue.qsize() > self._capacity:
            self._make_room()

    def _make_room(self) -> None:
        # Someone else is making room, or the sender is about to take everything.
        if not self._shedding.acquire(blocking=False):
            return
        try:
            while self._queue.qsize() > self._capacity:
                oldest = self._queue.get_nowait()
                if isinstance(oldest, Mark):
                    self._queue.put(oldest)
                    return
                self._shed += oldest[0] in self._rescued
                self._rescued[oldest[0]] = oldest
        except Empty:
            pass
        finally:
            self._shedding.release()

    def collect(self, gather: Callable[[], object]) -> tuple[list[Sample], list[Mark]]:
        """Waits for the first item, calls `gather`, and takes what is queued then, in order. For one thread only.

        A variable whose samples all made room gives its newest one, at the front: everything queued is newer.
        """
        # Held while waiting too, so that room is made only between two calls: a sample that made room is then
        # older than every one taken here.
        with self._shedding:
            items = [self._queue.get()]
            gather()
            items += [self._queue.get_nowait() for _ in range(self._queue.qsize())]
            samples = [item for item in items if not isinstance(item, Mark)]
            if self._rescued:
                present = {sample[0] for sample in samples}
                newest = [sample for sample in self._rescued.values() if sample[0] not in present]
                self._shed += len(self._rescued) - len(newest)
                self._rescued = {}
                samples[:0] = newest
        return samples, [item for item in items if isinstance(item, Mark)]
