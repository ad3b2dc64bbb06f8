"""The few HTTP/2 frames that one call to a telemetry endpoint needs, written and read by hand (RFC 9113)."""

from __future__ import annotations

import socket
import struct
import time

DATA, HEADERS, SETTINGS, PING = 0, 1, 4, 6
END_HEADERS = 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def call_head(port: int) -> bytes:
    """Opens the one call: literal fields without indexing (RFC 7541, section 6.2.2)."""
    fields = {
        ":method": "POST",
        ":scheme": "http",
        ":path": "/tetryx.telemetry.v1.TelemetryService/Stream",
        ":authority": f"127.0.0.1:{port}",
        "te": "trailers",
        "content-type": "application/grpc",
    }
    block = b"".join(
        b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
        for name, value in fields.items()
    )
    return frame(HEADERS, END_HEADERS, 1, block)


class Call:
    """One connection with one call, that sends what it is given and looks at no answer but that to a ping."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(PREFACE + frame(SETTINGS, 0, 0, b"") + call_head(port))

    def send(self, message: bytes) -> int:
        """A framed gRPC message in one piece; returns the CLOCK_MONOTONIC, in ns, just before it was sent."""
        data = frame(DATA, 0, 1, message)
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        self._socket.send(data)
        return now

    def settle(self) -> None:
        """Waits until the server has taken in all that was sent: it answers a ping behind it."""
        self._socket.sendall(frame(PING, 0, 0, b"settled?"))
        received = b""
        while b"settled?" not in received:
            piece = self._socket.recv(65536)
            if not piece:
                raise SystemExit("bench: an endpoint has closed its connection")
            received += piece

    def close(self) -> None:
        self._socket.close()
