"""The API does what its description says, whatever it is sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from control_plane import LYNXCTL, ControlPlane, serve
from openapi_spec_validator import OpenAPIV31SpecValidator
from prometheus_client.parser import text_string_to_metric_families

REPORT_LINES = 80


@pytest.fixture
def control_plane(tmp_path: Path) -> Iterator[ControlPlane]:
    with serve(tmp_path) as control_plane:
        yield control_plane


def test_the_description_is_openapi(control_plane: ControlPlane) -> None:
    document = control_plane.json("/openapi.json")
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    assert len(document["paths"]) >= 20


def schemathesis(control_plane: ControlPlane, *options: str, **settings: str) -> str:
    """What it printed; it found nothing, and the control plane logged no fault of its own.

    That valid data is taken is not asked: some rules, such as min < max, no schema can say. Events are left out, as
    they go on until their batch has ended.
    """
    headers = [f"--header={name}: {value}" for name, value in control_plane.headers.items()]
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", control_plane.url + "/openapi.json"),
            *("--seed", "20240607", "--max-examples", "12", "--generation-database", "none"),
            *("--exclude-checks", "positive_data_acceptance", "--exclude-operation-id", "batchEvents"),
            *("--continue-on-failure", "--request-timeout", "20", "--no-color"),
            *headers,
            *options,
        ],
        cwd=control_plane.log.parent,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "api_hooks", "PYTHONPATH": str(Path(__file__).parent), **settings},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert run.returncode == 0, "\n".join(run.stdout.splitlines()[:REPORT_LINES]) + run.stderr
    assert control_plane.failures() == []
    return run.stdout


def test_whatever_is_sent_is_answered_as_described(control_plane: ControlPlane) -> None:
    """Examples, edge cases, random data, wrong data and sequences of calls: no failure of the control plane's own, no
    status, header, body or media type but the described ones, and nothing wrong that is taken."""
    assert "Stateful" in schemathesis(control_plane)


def test_what_there_is_is_answered_as_described(tmp_path: Path) -> None:
    """The same of all that can be read of a real study with files, logs, telemetry and a failure, under a token."""
    with serve(tmp_path, tenant="lab") as control_plane:
        known = study(control_plane, tmp_path)
        answered = tmp_path / "answered"
        schemathesis(
            control_plane, "--include-method", "GET", LYNX_KNOWN=json.dumps(known), LYNX_ANSWERED=str(answered)
        )
        calls = {f"GET {path}" for path, item in control_plane.json("/openapi.json")["paths"].items() if "get" in item}
        # The one does not end, and the study brings no code for the other.
        left = {"GET /batches/{batch}/events", "GET /runner/v1/bundles/{bundle}/files/{sha256}"}
        assert calls - set(answered.read_text().splitlines()) == left


SCENARIO = """
import sys
from lynx_scenario import RunConfig, TelemetryClient, output_dir
config = RunConfig.load()
with TelemetryClient.from_env() as telemetry:
    for second in range(20):
        telemetry.emit("height_m", config.number("start_m") - second, second, "m")
(output_dir() / "out.txt").write_text("a file")
print("said")
sys.exit(config.run_index == 2)
"""


def study(control_plane: ControlPlane, directory: Path) -> dict[str, list[str]]:
    """Runs one with a real runner, which then leaves; the names of what it left, by the API's names for them."""
    enrollment = control_plane.json("/runners/enrollments", {"name": "one"})
    (directory / "enroll.token").write_text(enrollment["secret"])
    (directory / "enroll.token").chmod(0o600)
    (directory / "scenario.py").write_text(SCENARIO)
    command = [
        *(str(LYNXCTL.parent / "runner-host"), "--python-executable", sys.executable),
        *("--basilisk-entrypoint", str(directory / "scenario.py"), "--output-root", str(directory / "runs")),
        *("--control-plane-url", control_plane.url, "--enrollment-token-file", str(directory / "enroll.token")),
    ]
    with (directory / "runner.log").open("wb") as log:
        runner = subprocess.Popen(command, cwd=directory, stderr=log)
    try:
        start = {"distribution": {"type": "uniform", "min": 50, "max": 60}, "units": "m"}
        config = {"simulation": {"name": "s"}, "monte_carlo": {"runs": 3, "seed": 1}, "dispersions": {"start_m": start}}
        batch = control_plane.json("/jobs", {"name": "n", "config": config})["batch_id"]
        # Ends with the batch.
        control_plane.text(f"/batches/{batch}/events")
        rare = {
            "runs": 20,
            "sampling_method": "subset_simulation",
            "samples_per_level": 20,
            "limit_state": {"output": "height_m", "below": 0},
        }
        config = {"simulation": {"name": "s"}, "monte_carlo": rare, "dispersions": {"start_m": start}}
        looking = control_plane.json("/jobs", {"name": "rare", "config": config})["batch_id"]
        control_plane.json(f"/batches/{looking}/cancel", {})
    finally:
        runner.terminate()
        assert runner.wait(timeout=60) == 0, (directory / "runner.log").read_text()
    jobs = [f"{batch}-{index}" for index in range(3)]
    assert [control_plane.json(f"/jobs/{job}")["status"] for job in jobs] == ["Completed", "Completed", "Failed"]
    provenance = control_plane.json(f"/jobs/{jobs[0]}/results")["metadata"]["provenance"]
    runners = [runner["runner_id"] for runner in control_plane.json("/runners")["runners"]]
    return {
        "batch": [batch, looking],
        "other": [batch],
        "job": jobs,
        "runner": runners,
        "path": ["out.txt"],
        "attempt": ["1"],
        "stream": ["stdout", "stderr"],
        "sha256": [provenance["environment"]],
    }


def test_the_figures_are_prometheus_text(control_plane: ControlPlane) -> None:
    batch = {"name": "n", "config": {"simulation": {"name": "s"}, "monte_carlo": {"runs": 7}}}
    control_plane.json("/jobs", batch)
    families = {family.name: family for family in text_string_to_metric_families(control_plane.text("/metrics"))}
    jobs = {sample.labels["status"]: sample.value for sample in families["lynx_jobs"].samples}
    assert jobs["Pending"] == 7
    assert families["lynx_http_request_duration_seconds"].type == "histogram"
    for family in families.values():
        assert family.documentation, family.name
        assert family.type in ("counter", "gauge", "histogram"), family.name
        assert family.samples or family.name in ("lynx_http_requests_held", "lynx_attempts_reported"), family.name
    commits = {sample.name: sample.value for sample in families["lynx_ledger_commit_duration_seconds"].samples}
    assert commits["lynx_ledger_commit_duration_seconds_count"] >= 1
