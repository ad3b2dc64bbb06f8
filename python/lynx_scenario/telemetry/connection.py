"""Unary gRPC calls to one address over one connection, on the caller's thread.

gRPC's own library starts threads of its own, cannot be used on both sides of a fork, and costs a short scenario a tenth
of its time. HTTP/2 is h2's; what gRPC adds to it for calls of this kind is little: a path, a prefix of five bytes, and
a status in the trailers (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
"""

from __future__ import annotations

import contextlib
import socket
from urllib.parse import unquote

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)
from h2.exceptions import H2Error

STATUSES = (
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)
AGAIN = ("UNAVAILABLE", "ABORTED")
"""What may be different the next time."""
OF_RESETS = {7: "UNAVAILABLE", 8: "CANCELLED", 11: "RESOURCE_EXHAUSTED", 12: "PERMISSION_DENIED"}
"""The status that an HTTP/2 error code stands for; others: INTERNAL."""
OF_HTTP = {
    400: "INTERNAL",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "UNIMPLEMENTED",
    429: "UNAVAILABLE",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "UNAVAILABLE",
}
"""The status that stands for an answer of a server that does not speak gRPC; others: UNKNOWN."""
PREFIX = 5
CHUNK = 1 << 16


class CallError(Exception):
    """A call that came to nothing: the name of its gRPC status, and what the other side says of it."""

    def __init__(self, status: str, details: str) -> None:
        self.again = status in AGAIN
        super().__init__(f"{status}: {details}")


class Connection:
    """Connects with the first call, and again with one that finds the connection lost."""

    def __init__(self, target: str) -> None:
        host, _, port = target.rpartition(":")
        self._address = host.strip("[]"), int(port)
        self._authority = target
        self._socket: socket.socket | None = None
        self._http = H2Connection()
        self._is_closed = False

    def call(self, path: str, message: bytes) -> bytes:
        """The answer to one message, however long it takes. Raises `CallError`."""
        try:
            if self._socket is not None and not self._is_alive():
                self._drop()
            if self._socket is None:
                self._connect()
            return self._exchange(path, message)
        except OSError as error:
            self._drop()
            raise CallError("UNAVAILABLE", error.strerror or str(error)) from error
        except H2Error as error:
            self._drop()
            raise CallError("UNAVAILABLE", f"no HTTP/2: {error}") from error

    def close(self) -> None:
        """In the thread that calls, or in a forked child, whose parent keeps the connection."""
        self._is_closed = True
        self._drop()

    def interrupt(self) -> None:
        """From another thread: a call that waits ends, and there are no more."""
        self._is_closed = True
        if (open_socket := self._socket) is not None:
            with contextlib.suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)

    def _connect(self) -> None:
        if self._is_closed:
            raise CallError("CANCELLED", "the connection was closed")
        self._socket = socket.create_connection(self._address)
        if self._is_closed:
            raise CallError("CANCELLED", "the connection was closed")
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._http = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self._http.initiate_connection()
        self._flush()

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _is_alive(self) -> bool:
        """Whether the other side still takes calls; what it has sent meanwhile is answered."""
        assert self._socket is not None
        while True:
            try:
                data = self._socket.recv(CHUNK, socket.MSG_DONTWAIT)
                if not data or any(isinstance(event, ConnectionTerminated) for event in self._http.receive_data(data)):
                    return False
                self._flush()
            except BlockingIOError:
                return True
            except (OSError, H2Error):
                return False

    def _flush(self) -> None:
        assert self._socket is not None
        if data := self._http.data_to_send():
            self._socket.sendall(data)

    def _exchange(self, path: str, message: bytes) -> bytes:
        stream = self._http.get_next_available_stream_id()
        answer = _Answer(stream)
        self._http.send_headers(
            stream,
            [
                *((":method", "POST"), (":scheme", "http"), (":path", path), (":authority", self._authority)),
                *(("content-type", "application/grpc"), ("te", "trailers"), ("user-agent", "lynx-scenario")),
            ],
        )
        body = memoryview(b"\0" + len(message).to_bytes(4, "big") + message)
        while body and not answer.has_ended:
            room = min(self._http.local_flow_control_window(stream), self._http.max_outbound_frame_size, len(body))
            if room <= 0:
                self._flush()
                self._receive(answer)
                continue
            self._http.send_data(stream, bytes(body[:room]), end_stream=room == len(body))
            body = body[room:]
        if not answer.has_ended:
            self._flush()
        while not answer.has_ended:
            self._receive(answer)
        if answer.is_last:
            self._drop()
        return answer.message()

    def _receive(self, answer: _Answer) -> None:
        assert self._socket is not None
        data = self._socket.recv(CHUNK)
        if not data:
            raise ConnectionResetError(None, "the connection was lost")
        for event in self._http.receive_data(data):
            answer.take(event)
            if isinstance(event, DataReceived) and event.flow_controlled_length:
                self._http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        self._flush()


class _Answer:
    """What comes of one call."""

    def __init__(self, stream: int) -> None:
        self._stream = stream
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._reset: int | None = None
        self.has_ended = False
        self.is_last = False
        """The other side takes no further calls on this connection."""

    def take(self, event: Event) -> None:
        if isinstance(event, ConnectionTerminated):
            self.is_last = True
            if (event.last_stream_id or 0) < self._stream:
                raise ConnectionResetError(None, "the connection was lost")
        if getattr(event, "stream_id", None) != self._stream:
            return
        if isinstance(event, ResponseReceived | TrailersReceived):
            self._headers.update((str(name), str(value)) for name, value in event.headers or ())
        elif isinstance(event, DataReceived):
            self._body += event.data or b""
        elif isinstance(event, StreamReset):
            # A server that has answered need not take the rest of what it was told.
            self._reset = None if "grpc-status" in self._headers else int(event.error_code or 0)
            self.has_ended = True
        elif isinstance(event, StreamEnded):
            self.has_ended = True

    def message(self) -> bytes:
        """Raises `CallError`."""
        if self._reset is not None:
            raise CallError(OF_RESETS.get(self._reset, "INTERNAL"), f"the call was reset (HTTP/2 error {self._reset})")
        if (status := self._headers.get("grpc-status")) is None:
            http = int(self._headers.get(":status", 0))
            raise CallError(OF_HTTP.get(http, "UNKNOWN"), f"answered with HTTP status {http}, not by gRPC")
        if status != "0":
            known = status.isdigit() and int(status) < len(STATUSES)
            raise CallError(STATUSES[int(status)] if known else status, unquote(self._headers.get("grpc-message", "")))
        if len(self._body) < PREFIX or self._body[0] != 0:
            raise CallError("INTERNAL", "answered with no message that can be read")
        return bytes(self._body[PREFIX:])
