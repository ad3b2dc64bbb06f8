"""A control plane of a test's own: `lynxctl serve` as it was built, on a free port of this machine."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LYNXCTL = Path(__file__).parents[2] / ".build/debug/lynxctl"


class ControlPlane:
    def __init__(self, url: str, log: Path, token: str | None = None) -> None:
        self.url = url
        self.log = log
        self.token = token

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}

    def text(self, path: str) -> str:
        with urllib.request.urlopen(
            urllib.request.Request(self.url + path, headers=self.headers), timeout=60
        ) as answer:
            body: bytes = answer.read()
        return body.decode()

    def json(self, path: str, body: object = None) -> Any:  # noqa: ANN401
        """Gets, or posts a body if there is one."""
        request = urllib.request.Request(self.url + path, headers=self.headers)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def failures(self) -> list[str]:
        """What it logged as its own fault."""
        return [line for line in self.log.read_text().splitlines() if " error " in line]


@contextmanager
def serve(directory: Path, *, tenant: str | None = None) -> Iterator[ControlPlane]:
    """With a tenant it asks callers who they are, and what is given has a token for everything of that tenant."""
    assert LYNXCTL.exists(), f"{LYNXCTL} is not there: build it with 'swift build' first"
    log = directory / "serve.log"
    database = ["--database", str(directory / "ledger.sqlite")]
    token = None
    if tenant is not None:
        create = [str(LYNXCTL), "token", "create", *database, "--tenant", tenant, "--scope", "admin", "--name", "test"]
        token = subprocess.run(create, check=True, capture_output=True, text=True).stdout.strip()
    with log.open("wb") as errors:
        command = [str(LYNXCTL), "serve", "--port", "0", *database, *(["--auth"] if token else [])]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert "listening on" in line, log.read_text()
        yield ControlPlane(line.split()[-1], log, token)
    finally:
        process.terminate()
        process.wait(timeout=60)
        process.stdout.close()
