"""What goes wrong, as exceptions.

Each message is one line that says what, and in which field where the control plane named one.
"""

from __future__ import annotations

from dataclasses import dataclass


class LynxError(Exception):
    """Anything that this package raises on purpose."""


class BatchFileError(LynxError):
    """A batch that cannot be read; the message begins with the file, and with line and column where there are any."""


class BundleError(LynxError):
    """A folder that cannot go along with a study; the message names the file, and what to do about it."""


class ProgramError(LynxError):
    """A program of a local pool is not there, or ended by itself; the message has the last line of its log."""


class Unavailable(LynxError):  # noqa: N818
    """The control plane did not answer for longer than the pool's `max_outage`."""


@dataclass(frozen=True)
class FieldError:
    """One thing that is wrong in a request: `field` is a path such as `config.monte_carlo.runs`."""

    field: str
    detail: str

    def __str__(self) -> str:
        return f"{self.field}: {self.detail}" if self.field else self.detail


class Refused(LynxError):  # noqa: N818
    """The control plane answered with an error. `status` is HTTP's, `errors` lists every field that is wrong."""

    def __init__(self, status: int, title: str, detail: str, errors: tuple[FieldError, ...] = ()) -> None:
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors
        shown = "; ".join(map(str, errors)) if errors else detail
        super().__init__(f"{title}: {shown}" if shown else title)


class InvalidRequest(Refused):
    """400, 413, 415, 416 and 422: the request itself is wrong; sending it again does not help."""


class NotAllowed(Refused):
    """401 and 403: no token, or one that does not allow this."""


class NotFound(Refused):
    """404: no such batch, run or file, or a control plane that is too old to know the call."""


class Conflict(Refused):
    """409: the batch is in a state in which this cannot be done."""


class ServerError(Refused):
    """5xx: the control plane's own trouble; its log has the cause."""


def refusal(status: int, problem: object) -> Refused:
    """The exception for a status of 400 or above, from the body by RFC 9457 if it is one."""
    fields = problem if isinstance(problem, dict) else {}
    errors = tuple(
        FieldError(str(entry.get("field", "")), str(entry.get("detail", "")))
        for entry in fields.get("errors", [])
        if isinstance(entry, dict)
    )
    kinds: dict[int, type[Refused]] = {401: NotAllowed, 403: NotAllowed, 404: NotFound, 409: Conflict}
    kind = kinds.get(status, InvalidRequest if status < 500 else ServerError)
    return kind(status, str(fields.get("title", f"HTTP {status}")), str(fields.get("detail", "")), errors)
