"""A proxy before an HTTP server that loses answers: the server has done what it was asked, the client hears nothing.

Usage: lossy_proxy.py PIPE PORT RULE... A rule is a method, a space, and what the query begins with; the first answer
to a call of the kind is lost. Writes `port <n>` as a line to the pipe once it listens. Lives as long as the process
that started it.
"""

import ctypes
import http.client
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

PR_SET_PDEATHSIG = 1


class Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_port = 0
    rules: ClassVar[list[str]] = []

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def is_lost(self) -> bool:
        _, _, query = self.path.partition("?")
        for rule in self.rules:
            method, _, start = rule.partition(" ")
            if self.command == method and query.startswith(start):
                self.rules.remove(rule)
                return True
        return False

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        connection = http.client.HTTPConnection("127.0.0.1", self.server_port)
        connection.request(self.command, self.path, body=body, headers=dict(self.headers.items()))
        answer = connection.getresponse()
        content = answer.read()
        if self.is_lost():
            self.close_connection = True
            return
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        length = answer.getheader("content-length") if self.command == "HEAD" else str(len(content))
        self.send_header("content-length", length or "0")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = forward


def main() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    Proxy.server_port = int(sys.argv[2])
    Proxy.rules = sys.argv[3:]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    with open(sys.argv[1], "w", encoding="utf-8") as pipe:
        pipe.write(f"port {server.server_address[1]}\n")
    if os.getppid() != 1:
        server.serve_forever()


if __name__ == "__main__":
    main()
