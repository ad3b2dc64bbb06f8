"""What `lynxctl export --ro-crate` writes, as `rocrate` reads it and as the Workflow Run RO-Crate profiles have it."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from lynx_pools import PROGRAMS
from rocrate.rocrate import ROCrate

ENVIRONMENT = {"MODEL": "J2", "API_TOKEN": "hide-me"}
PROCESS = "https://w3id.org/ro/wfrun/process/0.5"
WORKFLOW = "https://w3id.org/ro/wfrun/workflow/0.5"
SCENARIO = """\
import json, os, sys
run = json.load(open(os.environ["TETRYX_RUN_CONFIG"]))
out = os.environ["TETRYX_OUTPUT_DIR"]
json.dump({"x": run["parameters"]["x"]}, open(out + "/summary.json", "w"))
open(out + "/a b#1.txt", "w").write("a file whose name has to be encoded in an address")
sys.exit(3 if run["run_index"] == 2 else 0)
"""


def lynxctl(*arguments: str, cwd: Path, expect: int = 0) -> str:
    done = subprocess.run(
        [str(PROGRAMS / "lynxctl"), *arguments], cwd=cwd, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == expect, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The crate of a study of three runs, the last of which fails."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "sim.py").write_text(SCENARIO)
    scenario = {
        "engine": "python",
        "entrypoint": str(folder / "sim.py"),
        "env": {"MODEL": "J2", "API_TOKEN": "hide-me"},
    }
    (folder / "runner.yaml").write_text(yaml.safe_dump({"engines": ["python"], "scenarios": {"fall": scenario}}))
    config = {
        "simulation": {"name": "fall", "version": "2.1", "scenario": "fall"},
        "monte_carlo": {"runs": 3, "seed": 5},
        "dispersions": {"x": {"distribution": {"type": "uniform", "min": 0, "max": 1}, "units": "m"}},
    }
    (folder / "study.yaml").write_text(yaml.safe_dump({"name": "free fall", "config": config}))
    told = lynxctl("run", "study.yaml", "--runner-config", "runner.yaml", "--json", cwd=folder, expect=1)
    batch = json.loads(told)["batch"]["batch_id"]
    license_ = "https://spdx.org/licenses/CC-BY-4.0"
    lynxctl("export", batch, "--ro-crate", "crate", "--state", ".lynx", "--license", license_, cwd=folder)
    lynxctl("export", batch, "--ro-crate", "crate", "--state", ".lynx", cwd=folder, expect=2)
    return folder / "crate"


@pytest.fixture(scope="module")
def graph(crate: Path) -> dict[str, dict[str, Any]]:
    entities = json.loads((crate / "ro-crate-metadata.json").read_text())["@graph"]
    found = {entity["@id"]: entity for entity in entities}
    assert len(found) == len(entities)
    return found


def references(value: Any) -> list[str]:  # noqa: ANN401
    """The ids that a value refers to."""
    if isinstance(value, dict):
        return [value["@id"]] if set(value) == {"@id"} else [ref for item in value.values() for ref in references(item)]
    return [ref for item in value for ref in references(item)] if isinstance(value, list) else []


def types(entity: dict[str, Any]) -> set[str]:
    kind = entity["@type"]
    return {kind} if isinstance(kind, str) else set(kind)


def actions(graph: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [entity for entity in graph.values() if "CreateAction" in types(entity)]


def test_rocrate_reads_the_crate_and_writes_it_again_whole(crate: Path, tmp_path: Path) -> None:
    read = ROCrate(crate)
    assert read.name == "free fall"
    assert read.mainEntity.id == "study.json"
    assert {action.type for action in read.root_dataset["mentions"]} == {"CreateAction"}
    read.write(tmp_path / "copy")
    files = sorted(path.relative_to(crate) for path in crate.rglob("*") if path.is_file())
    copied = sorted(path.relative_to(tmp_path / "copy") for path in (tmp_path / "copy").rglob("*") if path.is_file())
    assert files == copied


def test_root_and_descriptor_have_what_the_specification_requires(graph: dict[str, dict[str, Any]]) -> None:
    root = graph["./"]
    assert {"name", "description", "datePublished", "license"} <= set(root)
    assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert {PROCESS, WORKFLOW} <= set(references(root["conformsTo"]))
    for profile in references(root["conformsTo"]):
        assert graph[profile]["@type"] == "CreativeWork"
        assert graph[profile]["version"]


def test_study_is_the_workflow_and_has_an_execution(graph: dict[str, dict[str, Any]]) -> None:
    workflow = graph[graph["./"]["mainEntity"]["@id"]]
    assert {"File", "SoftwareSourceCode", "ComputationalWorkflow"} <= types(workflow)
    assert types(graph[workflow["programmingLanguage"]["@id"]]) == {"ComputerLanguage"}
    assert [graph[ref]["name"] for ref in references(workflow["input"])] == ["x"]
    runs = [action for action in actions(graph) if action["instrument"] == {"@id": workflow["@id"]}]
    assert [references(run["result"]) for run in runs] == [["results.csv", "telemetry.csv"]]


def test_every_run_is_an_action_with_its_tool_files_times_and_environment(graph: dict[str, dict[str, Any]]) -> None:
    runs = [action for action in actions(graph) if action["@id"].startswith("#run-")]
    assert len(runs) == 3
    assert {ref for run in actions(graph) for ref in [run["@id"]]} == set(references(graph["./"]["mentions"]))
    for run in runs:
        assert types(graph[run["instrument"]["@id"]]) == {"SoftwareApplication"}
        assert run["instrument"]["@id"] in references(graph["study.json"]["hasPart"])
        assert run["startTime"] <= run["endTime"]
        assert any(ref.endswith("run_config.json") for ref in references(run["object"]))
        variables = {graph[ref]["name"]: graph[ref]["value"] for ref in references(run["environment"])}
        assert variables["MODEL"] == "J2"
        assert variables["API_TOKEN"] == "***"
    statuses = [run["actionStatus"]["@id"].rpartition("/")[2] for run in runs]
    assert sorted(statuses) == ["CompletedActionStatus", "CompletedActionStatus", "FailedActionStatus"]
    assert [bool(run.get("error")) for run in runs] == [status.startswith("Failed") for status in statuses]


def test_all_that_is_referred_to_is_there_with_its_hash(crate: Path, graph: dict[str, dict[str, Any]]) -> None:
    for entity in graph.values():
        for ref in references({key: value for key, value in entity.items() if key != "@id"}):
            assert ref in graph or ref.startswith(("https://", "http://")), (entity["@id"], ref)
    parts = set(references(graph["./"]["hasPart"]))
    files = {ref for ref, entity in graph.items() if "File" in types(entity)}
    assert parts == files
    hashed = [ref for ref in files if "sha256" in graph[ref]]
    assert any("a%20b%231.txt" in ref for ref in hashed)
    for ref in hashed:
        assert hashlib.sha256((crate / unquote(ref)).read_bytes()).hexdigest() == graph[ref]["sha256"]


def test_secret_is_nowhere_in_the_crate(crate: Path) -> None:
    assert not [path for path in crate.rglob("*") if path.is_file() and b"hide-me" in path.read_bytes()]
