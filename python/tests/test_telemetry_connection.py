"""Unary gRPC calls over one connection, against servers that behave well and badly."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, Event, RequestReceived, StreamEnded

from lynx_scenario.telemetry.connection import CallError, Connection

PATH = "/tetryx.telemetry.v1.TelemetryService/Report"
Talk = Callable[["Peer"], None]


class Peer:
    """One accepted connection, seen from the server."""

    def __init__(self, accepted: socket.socket, **settings: int) -> None:
        self.socket = accepted
        self.http = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.http.initiate_connection()
        if settings:
            self.http.update_settings({4: settings["window"]})
        self.flush()
        self.headers: dict[str, str] = {}

    def flush(self) -> None:
        self.socket.sendall(self.http.data_to_send())

    def events(self) -> list[Event]:
        data = self.socket.recv(1 << 16)
        events = self.http.receive_data(data) if data else []
        self.flush()
        if not data:
            raise ConnectionResetError
        return events

    def request(self) -> tuple[int, bytes]:
        """Its stream and its message."""
        body = b""
        while True:
            for event in self.events():
                if isinstance(event, RequestReceived):
                    self.headers = {str(name): str(value) for name, value in event.headers or ()}
                elif isinstance(event, DataReceived):
                    body += event.data or b""
                    self.http.acknowledge_received_data(event.flow_controlled_length or 0, event.stream_id or 0)
                elif isinstance(event, StreamEnded):
                    self.flush()
                    return event.stream_id or 0, body[5:]
            self.flush()

    def answer(self, stream: int, message: bytes = b"ack", status: str = "0", details: str = "") -> None:
        self.http.send_headers(stream, [(":status", "200"), ("content-type", "application/grpc")])
        self.http.send_data(stream, b"\0" + len(message).to_bytes(4, "big") + message)
        self.http.send_headers(stream, [("grpc-status", status), ("grpc-message", details)], end_stream=True)
        self.flush()


class Server:
    """Talks to each connection as the test says, and counts them."""

    def __init__(self, talk: Callable[[socket.socket], None], family: int = socket.AF_INET) -> None:
        self.connections = 0
        self._listener = socket.create_server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family)
        self.port: int = self._listener.getsockname()[1]
        self._talk = talk
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with accepted:
                with contextlib.suppress(OSError):
                    self._talk(accepted)
                # What was not read would have the kernel reset the connection, and take away what was sent.
                with contextlib.suppress(OSError):
                    accepted.shutdown(socket.SHUT_WR)
                    while accepted.recv(1 << 16):
                        pass

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(talk: Callable[[socket.socket], None], **options: int) -> Server:
        servers.append(Server(talk, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@contextlib.contextmanager
def connected(server: Server) -> Iterator[Connection]:
    connection = Connection(f"127.0.0.1:{server.port}")
    try:
        yield connection
    finally:
        connection.close()


def well(accepted: socket.socket) -> None:
    peer = Peer(accepted)
    while True:
        stream, message = peer.request()
        peer.answer(stream, message[::-1])


def test_a_call_has_the_headers_that_grpc_asks_for(serve: Callable[..., Server]) -> None:
    seen: dict[str, str] = {}

    def talk(accepted: socket.socket) -> None:
        peer = Peer(accepted)
        stream, _ = peer.request()
        seen.update(peer.headers)
        peer.answer(stream)

    server = serve(talk)
    with connected(server) as connection:
        assert connection.call(PATH, b"") == b"ack"
    assert seen.items() >= {
        (":method", "POST"),
        (":scheme", "http"),
        (":path", PATH),
        (":authority", f"127.0.0.1:{server.port}"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    }


def test_many_calls_go_over_one_connection(serve: Callable[..., Server]) -> None:
    server = serve(well)
    with connected(server) as connection:
        for number in range(200):
            assert connection.call(PATH, f"message {number}".encode()) == f"message {number}".encode()[::-1]
    assert server.connections == 1


@pytest.mark.parametrize("window", [1, 1000, 1 << 20])
def test_a_message_waits_for_room_at_the_other_side(serve: Callable[..., Server], window: int) -> None:
    def talk(accepted: socket.socket) -> None:
        peer = Peer(accepted, window=window)
        stream, message = peer.request()
        peer.answer(stream, str(len(message)).encode())

    size = 300 if window == 1 else 3_000_000
    with connected(serve(talk)) as connection:
        assert connection.call(PATH, bytes(size)) == str(size).encode()


def test_over_ipv6(serve: Callable[..., Server]) -> None:
    connection = Connection(f"[::1]:{serve(well, family=socket.AF_INET6).port}")
    assert connection.call(PATH, b"abc") == b"cba"
    connection.close()


@pytest.mark.parametrize(
    ("status", "details", "said", "again"),
    [
        ("14", "busy%0Anow %E2%82%AC", "UNAVAILABLE: busy\nnow €", True),
        ("10", "once more", "ABORTED: once more", True),
        ("8", "too large", "RESOURCE_EXHAUSTED: too large", False),
        ("99", "", "99: ", False),
    ],
)
def test_a_status_is_told(serve: Callable[..., Server], status: str, details: str, said: str, again: bool) -> None:
    def talk(accepted: socket.socket) -> None:
        peer = Peer(accepted)
        peer.answer(peer.request()[0], status=status, details=details)

    with connected(serve(talk)) as connection, pytest.raises(CallError) as caught:
        connection.call(PATH, b"x")
    assert (str(caught.value), caught.value.again) == (said, again)


def test_an_answer_of_trailers_alone(serve: Callable[..., Server]) -> None:
    def talk(accepted: socket.socket) -> None:
        peer = Peer(accepted)
        stream, _ = peer.request()
        headers = [(":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "12")]
        peer.http.send_headers(stream, headers, end_stream=True)
        peer.flush()

    with connected(serve(talk)) as connection, pytest.raises(CallError, match="UNIMPLEMENTED"):
        connection.call(PATH, b"x")


@pytest.mark.parametrize(("http", "said"), [("503", "UNAVAILABLE"), ("404", "UNIMPLEMENTED"), ("418", "UNKNOWN")])
def test_an_answer_that_is_not_grpc(serve: Callable[..., Server], http: str, said: str) -> None:
    def talk(accepted: socket.socket) -> None:
        peer = Peer(accepted)
        stream, _ = peer.request()
        peer.http.send_headers(stream, [(":status", http)], end_stream=True)
        peer.flush()

    with connected(serve(talk)) as connection, pytest.raises(CallError, match=said):
        connection.call(PATH, b"x")


@pytest.mark.parametrize(
    ("code", "said"), [(ErrorCodes.REFUSED_STREAM, "UNAVAILABLE"), (ErrorCodes.PROTOCOL_ERROR, "INTERNAL")]
)
def test_a_call_that_is_reset(serve: Callable[..., Server], code: ErrorCodes, said: str) -> None:
    def talk(accepted: socket.socket) -> None:
        peer = Peer(accepted)
        peer.http.reset_stream(peer.request()[0], code)
        peer.flush()
        stream, message = peer.request()
        peer.answer(stream, message)

    with connected(serve(talk)) as connection:
        with pytest.raises(CallError, match=said):
            connection.call(PATH, b"x")
        assert connection.call(PATH, b"the next") == b"the next"


@pytest.mark.parametrize("is_reset", [False, True])
def test_a_connection_that_was_closed_meanwhile_is_made_again(serve: Callable[..., Server], is_reset: bool) -> None:
    answered, closed = threading.Event(), threading.Event()

    def talk(accepted: socket.socket) -> None:
        peer = Peer(accepted)
        stream, message = peer.request()
        peer.answer(stream, message)
        if is_reset:
            # The answer has to arrive before what throws away all that has not.
            assert answered.wait(10)
            answered.clear()
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            accepted.close()
            closed.set()
        else:
            peer.http.close_connection()
            peer.flush()
            accepted.shutdown(socket.SHUT_WR)
            closed.set()
            # To close with something unread would be a reset, which takes the answer with it.
            while accepted.recv(1 << 16):
                pass

    server = serve(talk)
    with connected(server) as connection:
        for number in range(3):
            assert connection.call(PATH, b"%d" % number) == b"%d" % number
            answered.set()
            assert closed.wait(10)
            closed.clear()
    assert server.connections == 3


def test_a_connection_lost_in_a_call_is_told_as_such(serve: Callable[..., Server]) -> None:
    def talk(accepted: socket.socket) -> None:
        Peer(accepted).request()

    with connected(serve(talk)) as connection, pytest.raises(CallError) as caught:
        connection.call(PATH, b"x")
    assert caught.value.again
    assert "the connection was lost" in str(caught.value)


@pytest.mark.parametrize("text", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220 mail.example ESMTP\r\n", bytes(100)])
def test_what_speaks_no_http2_is_told_as_such(serve: Callable[..., Server], text: bytes) -> None:
    def talk(accepted: socket.socket) -> None:
        accepted.sendall(text)
        accepted.recv(1 << 16)

    with connected(serve(talk)) as connection, pytest.raises(CallError, match="UNAVAILABLE"):
        connection.call(PATH, b"x")


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(CallError, match="UNAVAILABLE: Connection refused") as caught:
        Connection(f"127.0.0.1:{port}").call(PATH, b"x")
    assert caught.value.again


def test_a_call_that_waits_ends_when_another_thread_says_so(serve: Callable[..., Server]) -> None:
    asked = threading.Event()

    def talk(accepted: socket.socket) -> None:
        peer = Peer(accepted)
        peer.request()
        asked.set()
        while True:
            peer.events()

    with connected(serve(talk)) as connection:

        def interrupt() -> None:
            asked.wait(10)
            time.sleep(0.05)
            connection.interrupt()

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(CallError):
            connection.call(PATH, b"x")
        thread.join()
        with pytest.raises(CallError, match="CANCELLED"):
            connection.call(PATH, b"x")


def test_pings_and_settings_are_answered_between_calls(serve: Callable[..., Server]) -> None:
    answered = threading.Event()

    def talk(accepted: socket.socket) -> None:
        peer = Peer(accepted)
        peer.answer(peer.request()[0])
        peer.http.ping(b"12345678")
        peer.flush()
        while True:
            for event in peer.events():
                if type(event).__name__ == "PingAckReceived":
                    answered.set()
                if isinstance(event, StreamEnded):
                    peer.answer(event.stream_id or 0)

    with connected(serve(talk)) as connection:
        connection.call(PATH, b"one")
        time.sleep(0.1)
        connection.call(PATH, b"two")
        assert answered.wait(10)
