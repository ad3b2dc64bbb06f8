"""Passes calls on to a control plane, as one would answer that does not know some of them yet.

    older_control_plane.py UPSTREAM NEWS [pairs]

What is newer answers 404, and the description of the API has no word of it; with `pairs` that is the parameter of that
name alone, which is refused with 422. The address goes to NEWS, a FIFO.
"""

import json
import re
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

UPSTREAM, NEWS = sys.argv[1:3]
CALLS = re.compile(r"/batches/[^/]+/(verdicts|evaluate|statistics|drivers|extend|compare/[^/]+)(\?.*)?$")
NOTHING = re.compile(r"(?!)")
LACKS_PAIRS = sys.argv[3:] == ["pairs"]
NEWER = NOTHING if LACKS_PAIRS else CALLS


class Older(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def forward(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(size) if size else None
        path = "/no/such/path" if NEWER.match(self.path) else self.path
        if LACKS_PAIRS:
            path = path.replace("?pairs=", "?unknown=")
        request = urllib.request.Request(UPSTREAM + path, data=body, method=self.command)
        for name in ("content-type", "accept"):
            if name in self.headers:
                request.add_header(name, self.headers[name])
        try:
            with urllib.request.urlopen(request) as answer:
                status, kind, content = answer.status, answer.headers["content-type"], answer.read()
        except urllib.error.HTTPError as error:
            status, kind, content = error.code, error.headers["content-type"], error.read()
        if self.path == "/openapi.json":
            document = json.loads(content)
            document["paths"] = {path: what for path, what in document["paths"].items() if not NEWER.match(path)}
            if LACKS_PAIRS:
                del document["paths"]["/batches/{batch}/statistics"]["get"]["parameters"][1:]
            content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", kind or "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = forward

    def log_message(self, *words: object) -> None:
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Older)
with open(NEWS, "w", encoding="utf-8") as news:
    news.write(f"older at http://127.0.0.1:{server.server_port}\n")
server.serve_forever()
