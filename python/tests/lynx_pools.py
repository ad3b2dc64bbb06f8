"""Pools for the tests of `lynx`: of this checkout's programs, with the models of `lynx_models.py`."""

from __future__ import annotations

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lynx
from lynx._programs import Program

ROOT = Path(__file__).parents[2]
MODELS = Path(__file__).with_name("lynx_models.py")
# Those that are named, or the build that the other tests use, or where there is none that of `make build`.
PROGRAMS = next(
    folder
    for folder in (Path(os.environ.get("LYNX_PROGRAMS", "none")), ROOT / ".build/debug", ROOT / ".build/release")
    if (folder / "lynxctl").exists()
)


def local(directory: Path, scenario: Path = MODELS, **options: Any) -> lynx.LocalPool:  # noqa: ANN401
    return lynx.local(scenario, state=directory / "state", programs=PROGRAMS, **options)


def study(model: str, dispersions: dict[str, Any], runs: int = 4, **config: Any) -> dict[str, Any]:  # noqa: ANN401
    """A batch; a dispersion that is a pair is uniform, and one that is a number constant."""

    def distribution(value: Any) -> dict[str, Any]:  # noqa: ANN401
        if isinstance(value, tuple):
            return {"type": "uniform", "min": value[0], "max": value[1]}
        return {"type": "constant", "value": value}

    design = {"runs": runs, "seed": 1, "sampling_method": "monte_carlo"}
    drawn = {name: {"distribution": distribution(value)} for name, value in dispersions.items()}
    return {
        "name": model,
        "config": {"simulation": {"name": model}, "monte_carlo": design, "dispersions": drawn, **config},
    }


class Restarted:
    """A control plane on a port of its own that is killed and started again, and a runner that stays."""

    def __init__(self, directory: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._directory = directory
        self.start()

    def start(self) -> None:
        database = str(self._directory / "ledger.sqlite")
        command = [str(PROGRAMS / "lynxctl"), "serve", "--port", str(self.port), "--database", database]
        self._program = Program(command, self._directory / "serve.log")
        assert "listening on" in self._program.line(), self._program.last_words()

    def kill(self) -> None:
        self._program.kill()
        self._program.end()

    def end(self) -> None:
        self._program.end()

    def is_up(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
        except (urllib.error.URLError, ConnectionError):
            return False
        return True


@contextmanager
def restarted(directory: Path) -> Iterator[Restarted]:
    control_plane = Restarted(directory)
    options = {
        "control-plane": control_plane.url,
        "basilisk-entrypoint": str(MODELS),
        "python-executable": sys.executable,
        "output-root": str(directory / "runs"),
    }
    command = [
        str(PROGRAMS / "runner-host"),
        *(part for name, value in options.items() for part in (f"--{name}", value)),
    ]
    runner = Program(command, directory / "runner.log")
    try:
        yield control_plane
    finally:
        runner.end()
        control_plane.end()


def eventually(condition: Any, seconds: float = 60.0) -> None:  # noqa: ANN401
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.02)
