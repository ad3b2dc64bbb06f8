"""The CI script with a real control plane, and what it writes, as CI systems read it."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from control_plane import LYNXCTL, ControlPlane, serve

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts/ci-study.sh"
BATCH = """
name: study <of> "CI"
config:
  simulation: {name: fake, type: fake}
  monte_carlo: {runs: 4, seed: 7}
  dispersions: {mass: {distribution: {type: uniform, min: 1, max: 2}, units: kg}}
"""


@pytest.fixture
def control_plane(tmp_path: Path) -> Iterator[ControlPlane]:
    with serve(tmp_path) as control_plane:
        yield control_plane


@contextmanager
def runner(control_plane: ControlPlane, directory: Path, failing: str) -> Iterator[None]:
    """A runner that runs nothing, and reports the runs named as failed."""
    config = directory / "runner.yaml"
    config.write_text(f"fail: {failing}\noutput: {directory}/runs\n")
    command = [sys.executable, str(ROOT / "Tests/lynxctlTests/Fixtures/fake_runner.py"), "--config", str(config)]
    process = subprocess.Popen([*command, "--control-plane", control_plane.url, "--parent-pid", str(os.getpid())])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def study(directory: Path, url: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The script, as a step of a CI job."""
    (directory / "study.yaml").write_text(BATCH)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(directory),
        "LYNXCTL": str(LYNXCTL),
        "LYNX_CONTROL_PLANE_URL": url,
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(directory / "step-summary"),
        "GITHUB_OUTPUT": str(directory / "step-output"),
        **settings,
    }
    command = ["bash", str(SCRIPT), *(arguments or ("study.yaml", "out"))]
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, timeout=120)


def test_a_study_whose_jobs_complete_passes(control_plane: ControlPlane, tmp_path: Path) -> None:
    with runner(control_plane, tmp_path, failing=""):
        step = study(tmp_path, control_plane.url)
    assert step.returncode == 0, step.stderr
    assert "::error" not in step.stdout
    suite = ElementTree.parse(tmp_path / "out/junit.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("name")) == ("4", "0", 'study <of> "CI"')
    assert "Completed" in (tmp_path / "step-summary").read_text()


def test_a_study_that_is_worse_than_its_baseline_says_so(control_plane: ControlPlane, tmp_path: Path) -> None:
    with runner(control_plane, tmp_path, failing=""):
        study(tmp_path, control_plane.url)
    outputs = dict(line.split("=", 1) for line in (tmp_path / "step-output").read_text().splitlines())
    baseline = outputs["batch-id"]
    with runner(control_plane, tmp_path, failing=""):
        same = study(tmp_path, control_plane.url, BASELINE=baseline)
    assert same.returncode == 0, same.stderr
    assert "is worse than" not in same.stdout
    with runner(control_plane, tmp_path, failing="2"):
        worse = study(tmp_path, control_plane.url, BASELINE=baseline)
    assert worse.returncode == 1, worse.stderr
    assert f"is worse than {baseline}; see changes.txt" in worse.stdout
    assert "2" in (tmp_path / "out/changes.txt").read_text()
    assert ElementTree.parse(tmp_path / "out/changes.xml").getroot().findall(".//failure")


def test_a_study_with_a_failed_job_fails_and_says_which(control_plane: ControlPlane, tmp_path: Path) -> None:
    (tmp_path / "step-summary").write_text("before\n")
    with runner(control_plane, tmp_path, failing="2"):
        step = study(tmp_path, control_plane.url)
    assert step.returncode == 1, step.stderr
    assert "::error title=Monte Carlo study::jobs of batch" in step.stdout

    root = ElementTree.parse(tmp_path / "out/junit.xml").getroot()
    assert root.tag == "testsuites"
    cases = root.findall("testsuite/testcase")
    assert len(cases) == 4
    failures = {case.get("name", ""): failure for case in cases for failure in case.findall("failure")}
    assert len(failures) == 1
    name, failure = failures.popitem()
    assert name.startswith("run 2 (")
    assert "run 2 failed on purpose" in (failure.get("message") or "")

    with (tmp_path / "out/results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["run"] for row in rows] == ["0", "1", "2", "3"]
    assert [row["status"] for row in rows] == ["Completed", "Completed", "Failed", "Completed"]
    assert all(1 <= float(row["parameter.mass"]) < 2 for row in rows)

    summary = (tmp_path / "step-summary").read_text()
    assert summary.startswith("before\n")
    assert "| 2 | `" in summary
    assert "3 completed, 1 failed" in summary

    outputs = dict(line.split("=", 1) for line in (tmp_path / "step-output").read_text().splitlines())
    assert outputs["exit-code"] == "1"
    assert control_plane.json(f"/batches/{outputs['batch-id']}")["batch"]["failed_jobs"] == 1


def test_what_is_missing_is_said_in_one_line(tmp_path: Path) -> None:
    url = "http://127.0.0.1:1"
    for step, what in [
        (study(tmp_path, url, "nosuch.yaml"), "there is no batch file 'nosuch.yaml'"),
        (study(tmp_path, ""), "LYNX_CONTROL_PLANE_URL is not set"),
        (study(tmp_path, url, LYNXCTL="nosuch"), "there is no 'nosuch'"),
    ]:
        assert step.returncode == 2
        assert what in step.stderr
        assert len(step.stderr.splitlines()) == 1
    assert study(tmp_path, url).returncode == 3
