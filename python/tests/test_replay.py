"""`lynxctl replay` and `lynxctl determinism`: what is run again, compared and told."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from lynx_pools import PROGRAMS

# With NOISY one number depends on the process; with the file `skew` beside it, another on the machine.
SCENARIO = """\
import json, os, pathlib, random, time
run = json.load(open(os.environ["TETRYX_RUN_CONFIG"]))
out = pathlib.Path(os.environ["TETRYX_OUTPUT_DIR"])
random.seed(run["seed"])
skew = pathlib.Path(__file__).with_name("skew")
step = 1 + 2**-52 if skew.exists() else 1.0
rows = [(t, step * random.gauss(0, 1)) for t in range(5)]
(out / "track.csv").write_text("t,y\\n" + "".join(f"{t},{y!r}\\n" for t, y in rows))
noise = int.from_bytes(os.urandom(7), "little") if os.environ.get("NOISY") and run["run_index"] == 1 else 0
(out / "summary.json").write_text(json.dumps({
    "job": run["job_id"], "index": run["run_index"], "kind": str(type(run["parameters"]["n"])), "end": {"noise": noise},
    "wall_s": time.perf_counter()}))
"""


def lynxctl(*arguments: str, cwd: Path, expect: int) -> subprocess.CompletedProcess[str]:
    # pytest changes its own variables from call to call.
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [str(PROGRAMS / "lynxctl"), *arguments]
    done = subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == expect, (done.stdout, done.stderr)
    return done


def write_study(folder: Path) -> None:
    (folder / "sim.py").write_text(SCENARIO)
    for name, variables in {"calm": {"GREETING": "hello"}, "noisy": {"NOISY": "1"}}.items():
        scenario = {"engine": "python", "entrypoint": str(folder / "sim.py"), "env": variables}
        runner = {"engines": ["python"], "scenarios": {"s": scenario}, "max_concurrent_jobs": 2}
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(runner))
    dispersions = {
        "x": {"distribution": {"type": "normal", "mean": 0, "std_dev": 1}, "units": "m"},
        "n": {"distribution": {"type": "discrete", "values": [1, 2.0, "three", True]}},
    }
    config = {
        "simulation": {"name": "walk", "scenario": "s"},
        "monte_carlo": {"runs": 6, "sampling_method": "sobol", "seed": 18_000_000_000_000_000_001},
        "dispersions": dispersions,
        "requirements": [{"name": "index", "output": "index", "operator": "gte", "threshold": 0, "probability": 0.1}],
    }
    (folder / "study.yaml").write_text(yaml.safe_dump({"name": "walk", "config": config}))


@pytest.fixture
def study(tmp_path: Path) -> tuple[Path, str]:
    """A folder with a study that has run, and its batch's id."""
    write_study(tmp_path)
    done = lynxctl("run", "study.yaml", "--runner-config", "calm.yaml", "--json", cwd=tmp_path, expect=0)
    batch: str = json.loads(done.stdout)["batch"]["batch_id"]
    return tmp_path, batch


def replay(folder: Path, job: str, *more: str, expect: int, runner: str = "calm.yaml") -> dict[str, Any]:
    ignored = ("--ignore", "summary.json:wall_s", "--ignore", "output:wall_s")
    done = lynxctl("replay", job, "--runner-config", runner, "--json", *ignored, *more, cwd=folder, expect=expect)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_replay_is_identical_until_something_changes_and_says_what(study: tuple[Path, str]) -> None:
    folder, batch = study
    for run in (3, 5):
        told = replay(folder, f"{batch}-{run}", "--times", "2", expect=0)
        assert told["identical"]
        assert len(told["repeats"]) == 2
        assert told["changes"] == []

    (folder / "skew").touch()
    (folder / "sim.py").write_text(SCENARIO + "# changed\n")
    told = replay(folder, f"{batch}-3", expect=1)
    found = told["repeats"][0]["difference"]
    assert (found["part"], found["name"]) == ("artifact", "track.csv")
    assert found["place"] == "row 2, column 'y'"
    assert 1 <= found["ulps"] <= 2
    assert float(found["first"]) != float(found["second"])
    changed = {change["part"] for change in told["changes"]}
    assert {"file entrypoint", "file scenario"} <= changed
    assert "CPU" not in changed


def test_replay_tells_changed_variables_one_by_one(study: tuple[Path, str]) -> None:
    folder, batch = study
    told = replay(folder, f"{batch}-2", expect=0, runner="noisy.yaml")
    changes = {change["part"]: (change.get("before"), change.get("after")) for change in told["changes"]}
    assert changes["variable GREETING"] == ("hello", None)
    assert changes["variable NOISY"] == (None, "1")


def test_measured_times_differ_unless_they_are_left_out(study: tuple[Path, str]) -> None:
    folder, batch = study
    done = lynxctl("replay", f"{batch}-0", "--runner-config", "calm.yaml", cwd=folder, expect=1)
    assert done.stdout.startswith("differs: output 'wall_s': ")


@pytest.mark.parametrize("job", ["nosuch", "{batch}", "{batch}-6", "{batch}-x"])
def test_unknown_jobs_are_bad_input(study: tuple[Path, str], job: str) -> None:
    folder, batch = study
    done = lynxctl("replay", job.format(batch=batch), "--runner-config", "calm.yaml", cwd=folder, expect=2)
    assert done.stderr.count("\n") == 1


def test_determinism_is_the_share_of_runs_that_are_always_the_same(tmp_path: Path) -> None:
    write_study(tmp_path)
    ignored = ("--ignore", "summary.json:wall_s", "--ignore", "output:wall_s")
    arguments = ("determinism", "study.yaml", "--runs", "3", "--times", "2", *ignored, "--json", "--runner-config")
    told = json.loads(lynxctl(*arguments, "noisy.yaml", cwd=tmp_path, expect=1).stdout)
    assert told["score"] == pytest.approx(2 / 3)
    assert [run["identical"] for run in told["runs"]] == [True, False, True]
    assert told["runs"][1]["difference"]["name"] in ("end.noise", "summary.json")
    assert told["runs"][1]["found"] == 2
    told = json.loads(lynxctl(*arguments, "calm.yaml", cwd=tmp_path, expect=0).stdout)
    assert told["score"] == 1
