"""Warm workers for code that comes with a batch: what is proved of a bundle holds for its content, and for no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from control_plane import ControlPlane, serve
from lynx_pools import PROGRAMS, eventually
from test_lynx_bundles import runner_configuration, study, write

import lynx
from lynx._programs import Program

RUN = """
import json, os
import slow_to_import
from model import FACTOR

with open(os.environ["TETRYX_RUN_CONFIG"]) as file:
    speed = json.load(file)["parameters"]["speed"]
warm = "libLynxWarm" in open("/proc/self/maps").read()
with open(os.environ["TETRYX_OUTPUT_DIR"] + "/summary.json", "w") as file:
    json.dump({"value": FACTOR * speed, "warm": int(warm)}, file)
"""
FILES = {"run.py": RUN, "model.py": "FACTOR = 2.0\n", "slow_to_import.py": "TOTAL = sum(range(6_000_000))\n"}


class Plane:
    """A control plane with a runner that can be started again on the same disk."""

    def __init__(self, plane: ControlPlane, pool: lynx.Pool, folder: Path, configuration: Path) -> None:
        self.plane = plane
        self.pool = pool
        self.folder = folder
        self._configuration = configuration
        self._starts = 0
        self.start()

    def start(self) -> None:
        self._starts += 1
        command = [PROGRAMS / "runner-host", "--config", self._configuration, "--control-plane", self.plane.url]
        self.runner = Program([str(word) for word in command], self.folder / f"runner-{self._starts}.log")

    def restart(self) -> None:
        self.runner.end()
        self.start()

    def run(self, runs: int, code: Path) -> tuple[list[float], list[float]]:
        """Whether each run began warm, and its value divided by its parameter."""
        done = self.pool.submit(study(runs=runs), bundle=str(code)).wait(120)
        assert set(done.runs["status"]) == {"Completed"}, done.runs["error_message"]
        factors = done.runs["outputs.value"] / done.runs["speed"]
        return done.runs["outputs.warm"].tolist(), [round(factor, 9) for factor in factors.tolist()]

    def workers(self) -> list[dict[str, Any]]:
        engines = [engine for runner in self.plane.json("/runners")["runners"] for engine in runner["engines"]]
        return [worker for engine in engines for worker in engine.get("warm_workers") or []]

    def wait_until_ready(self, bundle: str) -> None:
        eventually(lambda: any(one["state"] == "ready" and bundle in one["entrypoint"] for one in self.workers()))

    def cached(self) -> dict[str, Path]:
        """The folders with bundles on the runner, by their names."""
        folders = self.folder.glob("one/runs/.runner/bundles/files/*")
        return {folder.name: folder for folder in folders if folder.is_dir()}


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[Plane]:
    with ExitStack() as stack:
        served = stack.enter_context(serve(tmp_path))
        # The proof does not wait until the machine is idle, and does not ask whether it pays.
        options = {"engine_options": {"basilisk": {"warm_prove_after": 0}}, "max_concurrent_jobs": 1}
        configuration = runner_configuration(tmp_path / "one", **options)
        pool = stack.enter_context(lynx.connect(served.url))
        plane = Plane(served, pool, tmp_path, configuration)
        stack.callback(lambda: plane.runner.end())
        yield plane


def test_a_bundle_starts_warm_in_the_next_study_and_a_changed_one_cold(plane: Plane, tmp_path: Path) -> None:
    code = write(tmp_path / "code", FILES)
    assert plane.run(1, code) == ([0.0], [2.0])
    (first,) = plane.cached()
    plane.wait_until_ready(first)
    assert plane.run(3, code) == ([1.0] * 3, [2.0] * 3)

    # The same content from elsewhere is the same bundle.
    moved = write(tmp_path / "elsewhere/code", FILES)
    assert plane.run(2, moved) == ([1.0] * 2, [2.0] * 2)
    assert list(plane.cached()) == [first]

    # What is proved stays when the runner is started again.
    plane.restart()
    assert plane.run(2, code) == ([1.0] * 2, [2.0] * 2)

    # A module that the warm process has imported is another one now.
    write(code, {"model.py": "FACTOR = 5.0\n"})
    assert plane.run(1, code) == ([0.0], [5.0])
    (second,) = set(plane.cached()) - {first}
    plane.wait_until_ready(second)
    assert plane.run(2, code) == ([1.0] * 2, [5.0] * 2)
    # Of the other one nothing is forgotten, and nothing mixed up.
    warm, values = plane.run(2, moved)
    assert values == [2.0] * 2
    assert warm[1:] == [1.0]


def test_a_bundle_that_somebody_changed_in_the_cache_is_made_anew(plane: Plane, tmp_path: Path) -> None:
    code = write(tmp_path / "code", FILES)
    assert plane.run(1, code) == ([0.0], [2.0])
    (name,) = plane.cached()
    plane.wait_until_ready(name)
    model = plane.cached()[name] / "model.py"
    model.parent.chmod(0o755)
    model.unlink()
    model.write_text("FACTOR = 9.0\n")
    # It is laid out anew, with the content that the proof is of; what somebody wrote there is in no result.
    assert plane.run(2, code) == ([1.0] * 2, [2.0] * 2)
    assert set(plane.cached()) == {name}
    assert model.read_text() == FILES["model.py"]
