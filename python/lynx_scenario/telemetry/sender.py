"""The thread that delivers samples."""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from typing import TYPE_CHECKING

from lynx_scenario.telemetry.sample_queue import Sample, SampleQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lynx_scenario.telemetry.connection import Connection

REPORT = "/tetryx.telemetry.v1.TelemetryService/Report"
CAPACITY = 100_000
BATCH = 10_000
"""Samples per message at most; some 160 KB, well below any server's limit."""
LINGER_S = 0.02
"""How long a batch gathers after its first sample."""
RETRY_S = 0.1
CANCEL_S = 1.0


class Sender:
    """Delivers the samples of one client to one endpoint, one batch after the other.

    A batch is one unary call without a deadline, so that a runner that pauses gets it exactly once when it goes
    on. After a lost connection the batch is sent again, and may so arrive twice. The call is cancelled when closing
    takes too long.
    """

    def __init__(self, target: str, on_exit: Callable[[], object], on_fork: Callable[[], None]) -> None:
        self.delivered = 0
        self.last_error = ""
        self._target = target
        self._lost = 0
        # For each reason: the name of the first sample that was not to be sent, and how many.
        self._refused: dict[str, tuple[str, int]] = {}
        # A signal handler may emit as well, in the middle of another refusal.
        self._refusing = threading.RLock()
        self._samples = SampleQueue(CAPACITY)
        self._hurry = threading.Event()
        self._closing = threading.Event()
        self._connection: Connection | None = None
        self._on_exit = on_exit
        self._on_fork = on_fork
        self.put = self._samples.put
        # A daemon, since the interpreter joins other threads before anything can tell this one to finish.
        self._thread = threading.Thread(target=self._run, name="lynx-telemetry", daemon=True)
        self._thread.start()
        atexit.register(on_exit)
        _live.add(self)

    @property
    def dropped(self) -> int:
        return self._lost + self._samples.shed

    def refuse(self, reason: str, name: str) -> None:
        """Has the runner told that a sample of `name` was not sent."""
        with self._refusing:
            first, count = self._refused.get(reason, (name, 0))
            self._refused[reason] = (first, count + 1)
        if count == 0:
            # Wakes the thread if it has nothing else to do.
            self._samples.mark()

    def flush(self, timeout: float | None) -> bool:
        """Whether what is queued now was settled within `timeout` seconds."""
        mark = self._samples.mark()
        self._hurry.set()
        return mark.wait(timeout)

    def close(self, timeout: float) -> None:
        """Delivers what is left, for at most `timeout` seconds; what is not acknowledged then is lost."""
        atexit.unregister(self._on_exit)
        _live.discard(self)
        self._closing.set()
        self._hurry.set()
        # Wakes the thread if it has nothing to do.
        self._samples.mark()
        self._thread.join(timeout)
        if self._thread.is_alive():
            if self._connection is not None:
                self._connection.interrupt()
            self._thread.join(CANCEL_S)
            self._lost += self._samples.discard()
            self.last_error = f"{self._target} did not answer within {timeout:g} s"

    def abandon(self) -> None:
        """In a forked child: the thread and the connection stayed with the parent, and so do the samples."""
        atexit.unregister(self._on_exit)
        if self._connection is not None:
            self._connection.close()
        self._on_fork()

    def _run(self) -> None:
        self._connection = self._prepare()
        while not (self._closing.is_set() and self._samples.empty):
            samples, marks = self._samples.collect(self._linger)
            with self._refusing:
                refused, self._refused = self._refused, {}
            # What was refused goes with the first samples after it, or alone.
            for start in range(0, len(samples) or bool(refused), BATCH):
                self._deliver(samples[start : start + BATCH], refused)
                refused = {}
            for mark in marks:
                mark.set()
        if self._connection is not None:
            self._connection.close()

    def _linger(self) -> None:
        self._hurry.wait(LINGER_S)
        self._hurry.clear()

    def _prepare(self) -> Connection | None:
        """Imports what a scenario that sends nothing does not need."""
        try:
            from lynx_scenario._proto import telemetry_pb2  # noqa: F401
            from lynx_scenario.telemetry.connection import Connection
        except Exception as error:
            self.last_error = f"what telemetry needs cannot be imported: {error}"
            return None
        return Connection(self._target)

    def _deliver(self, samples: Sequence[Sample], refused: Mapping[str, tuple[str, int]]) -> None:
        if self._connection is None:
            self._lost += len(samples)
            return
        from lynx_scenario._proto.telemetry_pb2 import TelemetryAck
        from lynx_scenario.telemetry.connection import CallError
        from lynx_scenario.telemetry.encoding import encode

        while True:
            final = self._closing.is_set()
            try:
                answer = self._connection.call(REPORT, encode(samples, refused).SerializeToString())
                taken = min(TelemetryAck.FromString(answer).accepted, len(samples))
            except CallError as error:
                self.last_error = f"{self._target}: {error}"
                # Anything else would be the same next time.
                if error.again and not final:
                    self._closing.wait(RETRY_S)
                    continue
                taken = 0
            except Exception as error:
                self.last_error = f"{self._target}: {error}"
                taken = 0
            self.delivered += taken
            self._lost += len(samples) - taken
            return


_live: weakref.WeakSet[Sender] = weakref.WeakSet()


def _abandon_all() -> None:
    for sender in list(_live):
        sender.abandon()
    _live.clear()


os.register_at_fork(after_in_child=_abandon_all)
