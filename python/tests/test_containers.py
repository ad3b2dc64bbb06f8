"""Container images from the user's side: runners of them, scenarios that need one, and killed runners."""

from __future__ import annotations

import glob
import json
import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from control_plane import serve
from lynx_pools import PROGRAMS, ROOT

import lynx
from lynx._programs import Program

# What podman needs where the tests run; and in place of apptainer, which Debian lacks, a program with its options.
PODMAN = ["podman", "--runtime", "runc"]
APPTAINER = os.environ.get("LYNX_TEST_APPTAINER", str(ROOT / "Tests/Fixtures/containers/apptainer"))
FIELDS: dict[str, dict[str, Any]] = {
    "podman": {
        "container_runtime": PODMAN,
        "container_arguments": ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"],
    },
    "apptainer": {
        "container_runtime": [APPTAINER],
        "container_arguments": os.environ.get("LYNX_TEST_APPTAINER_ARGUMENTS", "").split(),
    },
}
# Exists in the image alone.
PROGRAM = "/opt/lab/simulator"
SIMULATOR = """#!/bin/sh
echo "$1" > "$TETRYX_OUTPUT_DIR/speed"
echo '{"altitude": 7}' > "$TETRYX_OUTPUT_DIR/summary.json"
test -z "$LAB_SLEEPS" || sleep 1000
"""


@pytest.fixture(params=list(FIELDS))
def runtime(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def image(runtime: str, tmp_path: Path) -> Iterator[str]:
    """An image with a shell and a simulator."""
    root = tmp_path / "root"
    for folder in ("bin", "dev", "etc", "opt/lab", "proc", "root", "sys", "tmp", "var/tmp"):
        (root / folder).mkdir(parents=True)
    shutil.copy2("/bin/busybox", root / "bin/busybox")
    for name in ("sh", "sleep", "test"):
        (root / "bin" / name).symlink_to("busybox")
    (root / PROGRAM.lstrip("/")).write_text(SIMULATOR, encoding="utf-8")
    (root / PROGRAM.lstrip("/")).chmod(0o755)
    if runtime == "apptainer":
        path = tmp_path / "image.sif"
        subprocess.run([APPTAINER, "build", str(path), str(root)], check=True, capture_output=True)
        yield str(path)
        return
    name = f"localhost/lynx-test-{uuid.uuid4()}:1"
    archive = shutil.make_archive(str(tmp_path / "root"), "tar", root)
    subprocess.run([*PODMAN, "import", "--quiet", archive, name], check=True, capture_output=True)
    yield name
    subprocess.run([*PODMAN, "image", "rm", "--force", name], check=True, capture_output=True)


def configuration(directory: Path, **fields: Any) -> Path:  # noqa: ANN401
    directory.mkdir(exist_ok=True)
    scenarios = {
        "in_image": {"engine": "command", "command": [PROGRAM, "{parameters.speed}"]},
        "sleeping": {"engine": "command", "command": [PROGRAM, "1"], "env": {"LAB_SLEEPS": "yes"}},
        "anywhere": {"engine": "command", "command": ["/bin/sh", "-c", "true"]},
    }
    path = directory / "runner.yaml"
    settings = {"output_root": str(directory / "runs"), "scenarios": scenarios, "engines": ["command"], **fields}
    path.write_text(json.dumps(settings), encoding="utf-8")
    return path


@contextmanager
def pool(tmp_path: Path, **fields: Any) -> Iterator[tuple[lynx.Pool, Program]]:  # noqa: ANN401
    with serve(tmp_path) as control_plane, lynx.connect(control_plane.url) as pool:
        path = configuration(tmp_path / "one", **fields)
        command = [PROGRAMS / "runner-host", "--config", path, "--control-plane", control_plane.url]
        runner = Program([str(word) for word in command], tmp_path / "one.log")
        try:
            yield pool, runner
        finally:
            runner.end()


def study(scenario: str, image: str | None = None) -> dict[str, Any]:
    return {
        "name": "contained",
        "config": {
            "simulation": {"name": "flight", "scenario": scenario},
            "monte_carlo": {"runs": 1, "seed": 1},
            "dispersions": {"speed": {"distribution": {"type": "constant", "value": 3}}},
            **({"compute": {"container": {"image": image}}} if image else {}),
        },
    }


def ended(study: lynx.Study, runner: Program) -> lynx.Study:
    """Raises if the runner ends before the study does."""
    while not study.overview.is_over:
        runner.check()
        time.sleep(0.05)
    return study


def test_a_scenario_whose_program_is_in_the_image_alone_runs_there(runtime: str, image: str, tmp_path: Path) -> None:
    with pool(tmp_path, **FIELDS[runtime]) as (lab, runner):
        done = ended(lab.submit(study("in_image", image)), runner)
        assert list(done.runs["status"]) == ["Completed"], done.runs["error_message"][0]
        assert done.runs["outputs.altitude"][0] == 7
        # Without an image it is told at once what is missing, and others run as ever.
        waiting = lab.submit(study("in_image"))
        reason = waiting.overview.waiting_for or ""
        assert reason.startswith("no registered runner runs the scenario 'in_image' without a container image (")
        assert PROGRAM in reason
        assert reason.endswith("name one with compute.container.image")
        waiting.cancel()
        done = ended(lab.submit(study("anywhere")), runner)
        assert list(done.runs["status"]) == ["Completed"]


def test_a_runner_without_images_refuses_such_a_scenario(tmp_path: Path) -> None:
    path = configuration(tmp_path / "one")
    command = [PROGRAMS / "runner-host", "--config", path, "--control-plane", "http://127.0.0.1:9"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 2
    assert all(f"no such file '{PROGRAM}'" in line for line in lines)


@pytest.mark.parametrize("name", ["podman", "apptainer", "singularity"])
def test_a_runtime_that_does_not_work_is_told_at_the_start(name: str, tmp_path: Path) -> None:
    program = tmp_path / name
    program.write_text("#!/bin/sh\necho 'FATAL:   this kernel has no namespaces' >&2\nexit 255\n", encoding="utf-8")
    program.chmod(0o755)
    path = configuration(tmp_path / "one", container_runtime=[str(program)])
    command = [PROGRAMS / "runner-host", "--config", path, "--control-plane", "http://127.0.0.1:9"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2
    assert done.stderr.strip().endswith(
        f"container_runtime: '{program}' runs no containers here: this kernel has no namespaces; "
        "correct it or container_arguments, or leave container_runtime out"
    )


def left(directory: Path) -> list[str]:
    """The processes with a variable of an attempt below a folder, as a container's have it, too."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            variables = Path("/proc", pid, "environ").read_bytes().decode(errors="replace")
            words = Path("/proc", pid, "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if f"TETRYX_OUTPUT_DIR={directory}" in variables:
            found.append(words.replace("\0", " "))
    return found


def test_nothing_runs_on_after_a_runner_that_was_killed(runtime: str, image: str, tmp_path: Path) -> None:
    def wait_until_it_runs(attempt: int, runner: Program) -> Path:
        # glob.glob, since Path.glob fails where a folder goes that it is about to read, as the runner's probes do.
        pattern = f"*/*/attempt-{attempt}/output/summary.json"
        while not (found := glob.glob(pattern, root_dir=tmp_path / "one/runs")):
            runner.check()
            time.sleep(0.05)
        return (tmp_path / "one/runs" / found[0]).parents[1]

    with serve(tmp_path) as control_plane, lynx.connect(control_plane.url) as lab:
        path = str(configuration(tmp_path / "one", **FIELDS[runtime]))
        command = [str(PROGRAMS / "runner-host"), "--config", path, "--control-plane", control_plane.url]
        waiting = lab.submit(study("sleeping", image))
        runner = Program(command, tmp_path / "one.log")
        directory = wait_until_it_runs(1, runner)
        assert left(tmp_path / "one/runs")
        runner.kill()
        runner.end()
        while left(tmp_path / "one/runs"):
            time.sleep(0.05)
        # What podman has of it on record is removed when the runner starts again.
        runner = Program(command, tmp_path / "one.log")
        try:
            wait_until_it_runs(2, runner)
            if runtime == "podman":
                listing = ["podman", "ps", "--all", "--quiet", "--filter", f"label=lynx.attempt={directory}"]
                assert not subprocess.run(listing, check=True, capture_output=True).stdout
            waiting.cancel()
            while left(tmp_path / "one/runs"):
                time.sleep(0.05)
        finally:
            runner.end()
