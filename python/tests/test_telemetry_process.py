"""What happens to telemetry, and to the process, when a scenario ends, forks, or has no one to talk to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from lynx_scenario import TelemetryClient
from recording_server import RecordingServer

# Bounds a hang, and measures nothing.
PATIENCE_S = 60.0


def run(script: str, url: str | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "TETRYX_TELEMETRY_URL"}
    if url is not None:
        environment["TETRYX_TELEMETRY_URL"] = url
    # Newer Pythons warn of any fork beside a thread.
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def test_a_script_that_ends_at_once_loses_nothing(server: RecordingServer) -> None:
    done = run(
        "from lynx_scenario import TelemetryClient\n"
        "client = TelemetryClient.from_env()\n"
        "for step in range(100): client.emit('x', step, step)\n",
        server.url,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert server.values("x") == [float(step) for step in range(100)]


def test_a_script_that_fails_still_delivers_and_keeps_its_status(server: RecordingServer) -> None:
    done = run(
        "import sys\n"
        "from lynx_scenario import TelemetryClient\n"
        "TelemetryClient.from_env().emit('x', 1.0, 0.0)\n"
        "sys.exit(3)\n",
        server.url,
    )
    assert (done.returncode, done.stderr) == (3, "")
    assert server.values("x") == [1.0]


def test_importing_costs_neither_threads_nor_grpc() -> None:
    done = run(
        "import sys, threading\n"
        "from lynx_scenario import RunConfig, TelemetryClient, output_dir\n"
        "client = TelemetryClient.from_env(); client.emit('x', 1.0, 0.0); client.close()\n"
        "slow = {'grpc', 'google.protobuf', 'json', 'typing', 'dataclasses', 'pathlib', 'threading'} & {*sys.modules}\n"
        "print(sorted(slow - {'threading'}), threading.active_count())\n",
        None,
    )
    assert (done.stdout, done.stderr) == ("[] 1\n", "")


def test_an_absent_runner_costs_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    done = run(
        "from lynx_scenario import TelemetryClient\n"
        "client = TelemetryClient.from_env()\n"
        "for step in range(250_000): client.emit('x', step, step)\n",
        f"http://127.0.0.1:{port}",
    )
    assert done.returncode == 0
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("lynx_scenario: telemetry: 250000 of 250000 samples were not delivered: ")
    assert f"127.0.0.1:{port}: UNAVAILABLE" in lines[0]


def test_a_listener_that_never_answers_does_not_hold_the_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        done = run(
            "from lynx_scenario import TelemetryClient\n"
            "client = TelemetryClient.from_env()\n"
            "for step in range(250_000): client.emit('x', step, step)\n",
            f"http://127.0.0.1:{port}",
        )
    assert done.returncode == 0
    assert done.stderr == (
        f"lynx_scenario: telemetry: 250000 of 250000 samples were not delivered: 127.0.0.1:{port} "
        "did not answer within 5 s\n"
    )


def test_a_stopped_runner_does_not_hold_the_process(server_process: tuple[subprocess.Popen[str], str]) -> None:
    process, url = server_process
    process.send_signal(signal.SIGSTOP)
    done = run(
        "from lynx_scenario import TelemetryClient\n"
        "client = TelemetryClient.from_env()\n"
        "for step in range(250_000): client.emit('x', step, step)\n"
        "print(client.close(timeout=0.2), client.delivered, client.dropped)\n",
        url,
    )
    assert (done.returncode, done.stdout) == (0, "False 0 250000\n")


def test_a_runner_that_pauses_gets_everything_once(server_process: tuple[subprocess.Popen[str], str]) -> None:
    process, url = server_process
    client = TelemetryClient(url)
    client.emit("x", 0.0, 0.0)
    assert client.flush(PATIENCE_S)
    process.send_signal(signal.SIGSTOP)
    for step in range(1, 1000):
        client.emit("x", float(step), 0.0)
    assert not client.flush(0.1)
    process.send_signal(signal.SIGCONT)
    assert client.close(PATIENCE_S)
    assert client.delivered == 1000
    assert process.stdout is not None
    received = [json.loads(process.stdout.readline())[1] for _ in range(1000)]
    assert received == [float(step) for step in range(1000)]


def test_a_runner_that_dies_does_not_hold_the_process(server_process: tuple[subprocess.Popen[str], str]) -> None:
    process, url = server_process
    client = TelemetryClient(url)
    client.emit("x", 0.0, 0.0)
    assert client.flush(PATIENCE_S)
    process.kill()
    process.wait()
    client.emit("x", 1.0, 0.0)
    assert not client.close(PATIENCE_S)
    assert (client.delivered, client.dropped) == (1, 1)


@pytest.mark.parametrize("end", ["sys.exit(0)", "os._exit(0)"])
def test_a_forked_child_sends_nothing_of_its_parents(server: RecordingServer, end: str) -> None:
    done = run(
        "import os, sys\n"
        "from lynx_scenario import TelemetryClient\n"
        "client = TelemetryClient.from_env()\n"
        "client.emit('parent', 1.0, 0.0)\n"
        "client.flush()\n"
        "client.emit('parent', 2.0, 0.0)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    client.emit('child', 1.0, 0.0)\n"
        "    assert client.flush(0) and not client.enabled\n"
        f"    {end}\n"
        "_, status = os.waitpid(child, 0)\n"
        "client.emit('parent', 3.0, 0.0)\n"
        "sys.exit(status)\n",
        server.url,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert server.values("parent") == [1.0, 2.0, 3.0]
    assert server.values("child") == []


def test_a_child_forked_before_any_client_has_its_own(server: RecordingServer) -> None:
    done = run(
        "import os, sys\n"
        "from lynx_scenario import TelemetryClient\n"
        "import lynx_scenario.telemetry.sender\n"
        "children = []\n"
        "for index in range(3):\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        TelemetryClient.from_env().emit(f'child{index}', index, 0.0)\n"
        "        sys.exit(0)\n"
        "    children.append(child)\n"
        "sys.exit(max(os.waitpid(child, 0)[1] for child in children))\n",
        server.url,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(server.samples) == [(f"child{index}", float(index), 0.0, "") for index in range(3)]


def test_a_child_forked_beside_a_client_may_make_its_own(server: RecordingServer) -> None:
    done = run(
        "import os, sys\n"
        "from lynx_scenario import TelemetryClient\n"
        "client = TelemetryClient.from_env()\n"
        "client.emit('parent', 1.0, 0.0)\n"
        "client.flush()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    with TelemetryClient.from_env() as own:\n"
        "        own.emit('child', 1.0, 0.0)\n"
        "    sys.exit(0 if own.delivered == 1 else 5)\n"
        "status = os.waitpid(child, 0)[1]\n"
        "client.emit('parent', 2.0, 0.0)\n"
        "sys.exit(status)\n",
        server.url,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert server.values("parent") == [1.0, 2.0]
    assert server.values("child") == [1.0]


def test_a_signal_handler_may_emit(server: RecordingServer) -> None:
    done = run(
        "import signal, threading\n"
        "from lynx_scenario import TelemetryClient\n"
        "client = TelemetryClient.from_env()\n"
        "fired = []\n"
        "def handler(*_):\n"
        "    client.emit('alarm', len(fired), 0.0); fired.append(1)\n"
        "signal.signal(signal.SIGALRM, handler)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
        "step = 0\n"
        "while len(fired) < 100:\n"
        "    client.emit('x', step, 0.0); step += 1\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "assert client.flush(), 'flush'\n"
        "print(client.delivered + client.dropped == step + len(fired))\n",
        server.url,
    )
    assert (done.returncode, done.stdout) == (0, "True\n")
    assert server.values("alarm")
