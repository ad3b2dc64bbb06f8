"""Code that arrives damaged at a runner: not run, not kept, and its job waits or goes elsewhere."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from control_plane import serve
from lynx_pools import PROGRAMS
from test_lynx_bundles import MODEL, RUN, contents, runner_configuration, study, write

import lynx
from lynx._programs import Program

DAMAGED = "a content of the bundle does not arrive as it should: "


@contextmanager
def runner(directory: Path, url: str) -> Iterator[Program]:
    command = [PROGRAMS / "runner-host", "--config", runner_configuration(directory), "--control-plane", url]
    program = Program([str(word) for word in command], directory.with_suffix(".log"))
    try:
        yield program
    finally:
        program.end()


def wait_until_damaged(waiting: lynx.Study, program: Program) -> str:
    """What a study waits for, once that is a content."""
    while DAMAGED not in (reason := waiting.overview.waiting_for or ""):
        assert not waiting.overview.is_over
        program.check()
    assert "\n" not in reason
    return reason


def is_right(done: lynx.Study) -> bool:
    runs = done.runs
    return list(runs["status"]) == ["Completed"] and list(runs["outputs.altitude"]) == pytest.approx(
        [2 * speed for speed in runs["parameters.speed"]]
    )


class Link:
    """Connections to a server; what passes of its answers is what `change` makes of them, and nothing after None."""

    def __init__(self, url: str, change: Callable[[bytes], bytes | None]) -> None:
        host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
        self._server = (host, int(port))
        self.change: Callable[[bytes], bytes | None] = change
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near, socket.create_connection(self._server) as far:
            questions = threading.Thread(target=self._pass, args=(near, far, lambda piece: piece), daemon=True)
            questions.start()
            self._pass(far, near, lambda piece: self.change(piece))
            questions.join()

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket, change: Callable[[bytes], bytes | None]) -> None:
        with suppress(OSError):
            while (piece := source.recv(1 << 16)) and (changed := change(piece)) is not None:
                target.sendall(changed)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def flipped(piece: bytes) -> bytes:
    return piece.replace(b"return 2.0", b"return 9.0")


def shortened(piece: bytes) -> bytes | None:
    """The connection ends before the content does."""
    return None if b"return 2.0" in piece else piece


@pytest.mark.parametrize("change", [flipped, shortened])
def test_what_is_damaged_on_its_way_is_not_kept_and_its_job_goes_elsewhere(
    tmp_path: Path, change: Callable[[bytes], bytes | None]
) -> None:
    folder = write(tmp_path / "code", {"run.py": RUN, "model.py": MODEL})
    with serve(tmp_path) as control_plane, lynx.connect(control_plane.url) as pool:
        link = Link(control_plane.url, change)
        try:
            with runner(tmp_path / "one", link.url) as one:
                waiting = pool.submit(study(runs=1), bundle=folder)
                reason = wait_until_damaged(waiting, one)
                assert "runner 'one', the only one that could take them, pauses since " in reason
                # The other file has come, and this one not.
                assert len(contents(tmp_path / "one")) == 1
                with runner(tmp_path / "two", control_plane.url):
                    assert is_right(waiting.wait(progress=False))
                link.change = lambda piece: piece
                assert is_right(pool.submit(study(runs=1), bundle=folder).wait(progress=False))
                assert len(contents(tmp_path / "one")) == 2
        finally:
            link.close()


def test_what_the_control_plane_knows_to_be_damaged_is_waited_for(tmp_path: Path) -> None:
    folder = write(tmp_path / "code", {"run.py": RUN, "model.py": MODEL})
    with serve(tmp_path) as control_plane, lynx.connect(control_plane.url) as pool:
        waiting = pool.submit(study(runs=1), bundle=folder)
        stored = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == MODEL.encode()]
        kept = [path for path in stored if folder not in path.parents]
        assert kept, "the control plane has the file on its disk"
        for path in kept:
            path.chmod(0o600)
            path.write_text(MODEL.replace("2.0", "9.0"), encoding="utf-8")
        with runner(tmp_path / "one", control_plane.url) as one:
            assert "what is stored of it has another SHA-256 than it should" in wait_until_damaged(waiting, one)
            # The same folder again brings what is missing.
            again = pool.submit(study(runs=1), bundle=folder)
            assert is_right(again.wait(progress=False))
            assert is_right(waiting.wait(progress=False))
