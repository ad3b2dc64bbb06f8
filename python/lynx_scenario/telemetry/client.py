"""The telemetry client a scenario uses. It must never slow the simulation down or fail it."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Self

    from lynx_scenario.telemetry.sample_queue import Sample
    from lynx_scenario.telemetry.sender import Sender

TELEMETRY_URL_VARIABLE = "TETRYX_TELEMETRY_URL"

NAME_BYTES = 256
UNITS_BYTES = 64
"""The runner's limits, in UTF-8."""

CLOSE_TIMEOUT_S = 5.0
"""How long `close` and the end of the process wait for an endpoint that does not answer, in seconds."""


class TelemetryClient:
    """Sends scalars to the runner in the background.

    `emit` puts a sample in a bounded queue and returns. A thread of its own sends what is there, about 20 ms
    after the first sample of a batch, and goes on once the runner has taken it; so the samples of one variable
    arrive in the order they were emitted. When the runner falls far behind, the oldest samples are given up and
    counted in `dropped`; the newest of each variable is kept. What is still unsent goes out at `close`, or when the
    process ends. No method raises because of the connection or of a value.

    A client belongs to the process that made it: in a forked child it does nothing. A child that wants telemetry
    makes its own.
    """

    def __init__(self, url: str | None) -> None:
        """A client for `url` (`http://127.0.0.1:4321`, `grpc://…`, or `host:port`); with None it does nothing."""
        self._sender: Sender | None = None
        self._ignored = 0
        self._delivered = 0
        self._dropped = 0
        if not url:
            return
        try:
            # Only a client with something to do pays for what is imported here.
            from lynx_scenario.telemetry.endpoint import grpc_target
            from lynx_scenario.telemetry.sender import Sender

            if (target := grpc_target(url)) is None:
                warn(f"telemetry is off: {TELEMETRY_URL_VARIABLE} must be http://HOST:PORT, not '{url}'")
                return
            self._sender = Sender(target, on_exit=self.close, on_fork=self._forget)
        except Exception as error:
            warn(f"telemetry is off: {error}")

    @classmethod
    def from_env(cls) -> Self:
        """A client for `TETRYX_TELEMETRY_URL`; when that is unset, one that silently does nothing."""
        return cls(os.environ.get(TELEMETRY_URL_VARIABLE))

    @property
    def enabled(self) -> bool:
        """Whether samples go anywhere: there is an endpoint and the client is open."""
        return self._sender is not None

    @property
    def delivered(self) -> int:
        """Samples that the runner has acknowledged."""
        return self._sender.delivered if self._sender else self._delivered

    @property
    def dropped(self) -> int:
        """Samples given up: the queue was full, the runner refused them, or it did not answer by the end."""
        return self._sender.dropped if self._sender else self._dropped

    @property
    def ignored(self) -> int:
        """Samples that were none: a value that is not a number, or a name or units that the runner would refuse."""
        return self._ignored

    def emit(self, name: str, value: float, sim_time_s: float, units: str = "") -> None:
        """Reports that `name` has `value`, in `units`, at `sim_time_s` seconds of simulated time.

        `value` may be anything that converts to a float exactly once (`int`, `bool`, numpy scalars). NaN and the
        infinities are sent as they are. A name has 1 to 256 bytes of UTF-8, units at most 64. What is no such
        sample is counted in `ignored`, said once on stderr, and told in the result's warnings.
        """
        sender = self._sender
        if sender is None:
            return
        if (
            type(value) is float
            and type(sim_time_s) is float
            and type(name) is str
            and type(units) is str
            # So many characters are within the limits in any case; of others the bytes are counted.
            and 0 < len(name) <= 64
            and len(units) <= 16
        ):
            sender.put((name, value, sim_time_s, units))
        elif sample := self._converted(name, value, sim_time_s, units, sender):
            sender.put(sample)

    def flush(self, timeout: float | None = None) -> bool:
        """Waits until everything emitted so far is acknowledged or dropped; False when `timeout` seconds pass first."""
        return self._sender is None or self._sender.flush(timeout)

    def close(self, timeout: float = CLOSE_TIMEOUT_S) -> bool:
        """Sends what is left and stops. True when nothing was lost over the client's whole life.

        Waits at most `timeout` seconds for acknowledgements. Later calls of `emit` do nothing.
        """
        sender, self._sender = self._sender, None
        if sender is not None:
            sender.close(timeout)
            self._delivered, self._dropped = sender.delivered, sender.dropped
            if sender.dropped:
                reason = f": {sender.last_error}" if sender.last_error else ""
                total = sender.delivered + sender.dropped
                warn(f"telemetry: {sender.dropped} of {total} samples were not delivered{reason}")
        return self._dropped == 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _converted(
        self,
        name: object,
        value: Any,  # noqa: ANN401
        sim_time_s: Any,  # noqa: ANN401
        units: object,
        sender: Sender,
    ) -> Sample | None:
        try:
            if reason := _refusal(name, units):
                self._ignore(name, reason, "", sender)
                return None
            # float() would parse text, and text is not a measurement.
            if isinstance(value, str | bytes | bytearray) or isinstance(sim_time_s, str | bytes | bytearray):
                raise TypeError("a number is wanted, not text")
            return (str(name), float(value), float(sim_time_s), str(units))
        except Exception as error:
            self._ignore(name, "the value or the time is not a number", f" ({error})", sender)
            return None

    def _ignore(self, name: object, reason: str, detail: str, sender: Sender) -> None:
        self._ignored += 1
        what = name[:80] if isinstance(name, str) else ""
        if self._ignored == 1:
            warn(f"telemetry: ignoring a sample of '{what}', as {reason}{detail}; said only once")
        sender.refuse(reason, what)

    def _forget(self) -> None:
        self._sender = None


def _refusal(name: object, units: object) -> str:
    """Why the runner would refuse every sample of this variable; empty if it would not."""
    if not isinstance(name, str) or not isinstance(units, str):
        return "name and units must be strings"
    if not name:
        return "the name is empty"
    if len(name.encode(errors="replace")) > NAME_BYTES:
        return f"the name has more than {NAME_BYTES} bytes"
    if len(units.encode(errors="replace")) > UNITS_BYTES:
        return f"the units have more than {UNITS_BYTES} bytes"
    return ""


def warn(message: str) -> None:
    """One line on stderr, if there is one."""
    try:
        print(f"lynx_scenario: {' '.join(message.split())}", file=sys.stderr, flush=True)
    except (AttributeError, OSError, ValueError):
        return
