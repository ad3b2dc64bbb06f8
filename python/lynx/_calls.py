"""Calls of the API without I/O: generators that yield what is to be done, and are sent the answers.

The same generator is run by `_drivers.Client` in a thread and by `_drivers.AsyncClient` in an event loop, so that
nothing about the API is written twice. A call that is lost because the control plane restarts is repeated here, and
nowhere else.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from lynx.errors import Unavailable, refusal

T = TypeVar("T")
Query = Mapping[str, str | int | float | None]


class Pieces(Protocol):
    """Bytes that come piece by piece, of a length that is known."""

    def __iter__(self) -> Iterator[bytes]: ...
    def __len__(self) -> int: ...


Payload = bytes | Pieces

# Not the answer of a control plane at work: it restarts, its ledger does not respond, or a proxy in front of it is
# alone.
PASSING = {429, 502, 503, 504}


@dataclass(frozen=True)
class Request:
    """One HTTP request. `body` is sent as JSON. With `to`, the content of an answer 200 goes into that file.

    `content` is sent as it is, and gives its bytes anew for each try.

    `repeatable` says that a second one does no harm when the answer to the first was lost.
    """

    method: str
    path: str
    query: Query = field(default_factory=dict)
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    to: Path | None = None
    content: Payload | None = None


@dataclass(frozen=True)
class Sleep:
    seconds: float


@dataclass(frozen=True)
class Response:
    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:  # noqa: ANN401
        """The content, or None if it is no JSON, as that of a proxy or of another server is."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None


class Lost(Exception):  # noqa: N818
    """There was no answer; `was_sent` says whether the request may have arrived."""

    def __init__(self, reason: str, was_sent: bool) -> None:
        super().__init__(reason)
        self.was_sent = was_sent


Call = Generator[Request | Sleep, Response | None, T]


@dataclass
class Session:
    """What the calls of one client share.

    `max_outage` is how long, in seconds, one outage of the control plane is waited out before `Unavailable` is
    raised; `paths` are the calls that it knows, once they have been asked for. `check` raises where waiting is in
    vain, as when a local program has ended.
    """

    max_outage: float = 900.0
    paths: frozenset[str] | None = None
    check: Callable[[], None] = lambda: None
    # Identifies the code that runs, where it is known.
    code: str | None = None


def ask(request: Request, session: Session) -> Call[Response]:
    """The answer, if its status is below 400.

    Raises `Refused` for others, and `Unavailable` after too long an outage.
    """
    began: float | None = None
    delay = 0.1
    while True:
        try:
            response = yield request
            assert response is not None
            if response.status not in PASSING:
                break
            trouble = f"HTTP {response.status}"
            may_repeat = request.repeatable or response.status == 429
        except Lost as lost:
            response = None
            trouble = str(lost)
            may_repeat = request.repeatable or not lost.was_sent
        session.check()
        now = time.monotonic()
        began = now if began is None else began
        if not may_repeat or now - began >= session.max_outage:
            if response is not None:
                raise _refused(response)
            raise Unavailable(f"{request.method} {request.path}: {trouble}")
        yield Sleep(delay)
        delay = min(delay * 1.6, 3.0)
    if response.status >= 400:
        raise _refused(response)
    return response


def _refused(response: Response) -> Exception:
    return refusal(response.status, response.json())


def _content(response: Response, path: str) -> Any:  # noqa: ANN401
    content = response.json()
    if not isinstance(content, dict):
        raise Unavailable(f"{path}: the answer is no JSON object; the address is not that of a control plane")
    return content


def get(path: str, session: Session, **query: str | int | float | None) -> Call[Any]:
    """The JSON of an answer."""
    return _content((yield from ask(Request("GET", path, query), session)), path)


def post(path: str, session: Session, body: object = None, *, repeatable: bool = True) -> Call[Any]:
    return _content((yield from ask(Request("POST", path, body=body, repeatable=repeatable), session)), path)


def pages(path: str, key: str, session: Session, **query: str | int | float | None) -> Call[list[dict[str, Any]]]:
    """Every entry of a list that comes in pages of a thousand."""
    entries: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = yield from get(path, session, limit=1000, cursor=cursor, **query)
        entries += page[key]
        cursor = page.get("next_cursor")
        if cursor is None:
            return entries


def knows(path: str, session: Session) -> Call[bool]:
    """Whether this control plane has a call, such as `/batches/{batch}/table`; names in braces do not matter."""
    if session.paths is None:
        document = yield from get("/openapi.json", session)
        session.paths = frozenset(re.sub(r"\{[^}]*\}", "{}", known) for known in document["paths"])
    return re.sub(r"\{[^}]*\}", "{}", path) in session.paths


def pauses(first: float = 0.05, longest: float = 1.0) -> Iterator[float]:
    """How long to wait between looks at something that changes: short at first, then ever longer."""
    pause = first
    while True:
        yield pause
        pause = min(pause * 1.3, longest)
