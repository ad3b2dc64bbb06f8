"""Named scenarios and bundles of an engine that runs in a process of its own (`isolation: process`)."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from lynx_pools import PROGRAMS

SCENARIO = """\
import json, os
out = os.environ["TETRYX_OUTPUT_DIR"]
run = json.load(open(os.environ["TETRYX_RUN_CONFIG"]))
# This process's guardian, and the process that has the engine.
with open(f"/proc/{os.getppid()}/stat") as stat:
    engine = int(stat.read().rpartition(")")[2].split()[1])
with open(f"/proc/{engine}/cmdline") as words:
    open(out + "/engine.txt", "w").write(words.read().replace("\\0", " "))
json.dump({"x": run["parameters"]["x"], "which": os.environ.get("WHICH", "none")}, open(out + "/summary.json", "w"))
"""


def run(folder: Path, isolation: str, simulation: dict[str, Any]) -> list[dict[str, Any]]:
    """The results of a study of two runs."""
    (folder / "sim.py").write_text(SCENARIO)
    scenario = {"engine": "python", "entrypoint": str(folder / "sim.py"), "env": {"WHICH": "named"}}
    runner = {
        "engines": ["python"],
        "engine_options": {"python": {"isolation": isolation}},
        "scenarios": {"fall": scenario, "other": {**scenario, "env": {"WHICH": "other"}}},
    }
    (folder / "runner.yaml").write_text(yaml.safe_dump(runner))
    dispersions = {"x": {"distribution": {"type": "uniform", "min": 0, "max": 1}}}
    config = {"simulation": simulation, "monte_carlo": {"runs": 2, "seed": 5}, "dispersions": dispersions}
    (folder / "study.yaml").write_text(yaml.safe_dump({"name": "fall", "config": config}))
    command = [str(PROGRAMS / "lynxctl"), "run", "study.yaml", "--runner-config", "runner.yaml", "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    results: list[dict[str, Any]] = json.loads(done.stdout)["results"]
    return results


def files(result: dict[str, Any]) -> dict[str, str]:
    return {Path(path).name: Path(path).read_text() for path in result["output_files"]}


@pytest.mark.parametrize("isolation", ["process", "in_process"])
@pytest.mark.parametrize("name", ["fall", "other"])
def test_named_scenario_runs_with_its_own_settings(tmp_path: Path, isolation: str, name: str) -> None:
    results = run(tmp_path, isolation, {"name": "fall", "scenario": name})
    assert len(results) == 2
    for result in results:
        left = files(result)
        assert json.loads(left["summary.json"])["which"] == {"fall": "named", "other": "other"}[name]
        assert ("engine-worker" in left["engine.txt"]) == (isolation == "process"), left["engine.txt"]
        provenance = result["metadata"]["provenance"]
        assert provenance["files"]["entrypoint"] == hashlib.sha256(SCENARIO.encode()).hexdigest()
        assert provenance["interpreter"]["version"].startswith("CPython 3.")


@pytest.mark.parametrize("isolation", ["process", "in_process"])
def test_bundle_runs(tmp_path: Path, isolation: str) -> None:
    bundle = tmp_path / "code"
    bundle.mkdir()
    (bundle / "main.py").write_text(SCENARIO.replace('os.environ.get("WHICH", "none")', '"bundle"'))
    simulation = {"name": "fall", "type": "python", "bundle": {"path": "code", "entrypoint": "main.py"}}
    results = run(tmp_path, isolation, simulation)
    assert len(results) == 2
    for result in results:
        left = files(result)
        assert json.loads(left["summary.json"])["which"] == "bundle"
        assert ("engine-worker" in left["engine.txt"]) == (isolation == "process"), left["engine.txt"]
        recorded = result["metadata"]["provenance"]["files"]
        assert recorded["entrypoint"] == hashlib.sha256((bundle / "main.py").read_bytes()).hexdigest()
        assert len(recorded["bundle"]) == 64
        assert "scenario" not in recorded
