"""The API does what its description says, whatever it is sent."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from control_plane import ControlPlane, serve
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


def test_whatever_is_sent_is_answered_as_described(control_plane: ControlPlane, tmp_path: Path) -> None:
    """Examples, edge cases, random data, wrong data and sequences of calls: no failure of the control plane's own, no
    status, header, body or media type but the described ones, and nothing wrong that is taken.

    That valid data is taken is not asked: some rules, such as min < max, no schema can say. Events are left out, as
    they go on until their batch has ended.
    """
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", control_plane.url + "/openapi.json"),
            *("--seed", "20240607", "--max-examples", "12", "--generation-database", "none"),
            *("--exclude-checks", "positive_data_acceptance", "--exclude-operation-id", "batchEvents"),
            *("--continue-on-failure", "--request-timeout", "20", "--no-color"),
        ],
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "api_hooks", "PYTHONPATH": str(Path(__file__).parent)},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert run.returncode == 0, "\n".join(run.stdout.splitlines()[:REPORT_LINES]) + run.stderr
    assert "Stateful" in run.stdout
    assert control_plane.failures() == []


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
