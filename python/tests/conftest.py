from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import web_page
from playwright.sync_api import Browser

import warm_host
from recording_server import RecordingServer

TESTS = Path(__file__).parent


@pytest.fixture(autouse=True)
def no_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests themselves may run under a runner."""
    for name in ("TETRYX_RUN_CONFIG", "TETRYX_TELEMETRY_URL", "TETRYX_OUTPUT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a warm parent preloads, compiled for the tests, with lynx-spawner beside it."""
    return warm_host.compile_library(tmp_path_factory.mktemp("library"))


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    server = RecordingServer()
    yield server
    server.stop()


@pytest.fixture
def server_process() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A telemetry server in a process of its own, and its URL."""
    with subprocess.Popen(
        [sys.executable, str(TESTS / "recording_server.py")], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with web_page.chromium() as browser:
        yield browser
