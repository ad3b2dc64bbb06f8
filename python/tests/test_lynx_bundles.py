"""Code that goes along with a study: from a folder, through a control plane, to runners that have never seen it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from control_plane import serve
from lynx_pools import PROGRAMS

import lynx
from lynx import _bundles
from lynx._ignore import IgnoreRules
from lynx._programs import Program

RUN = """
import json, os, time
from model import altitude

here = os.path.dirname(os.path.abspath(__file__))

with open(os.environ["TETRYX_RUN_CONFIG"]) as file:
    parameters = json.load(file)["parameters"]
# Where a test wants both runners to take part, each waits for the other.
if barrier := os.environ.get("BARRIER"):
    open(os.path.join(barrier, here.split("/runs/")[0].rpartition("/")[2]), "w").close()
    while len(os.listdir(barrier)) < 2:
        time.sleep(0.01)
result = {"altitude": altitude(parameters["speed"]), "here": here}
with open(os.environ["TETRYX_OUTPUT_DIR"] + "/summary.json", "w") as file:
    json.dump(result, file)
"""
MODEL = "def altitude(speed):\n    return 2.0 * speed\n"


def runner_configuration(directory: Path, **fields: Any) -> Path:  # noqa: ANN401
    directory.mkdir()
    settings = {
        "scenarios": {},
        "allow_bundles": True,
        "python_executable": sys.executable,
        "output_root": str(directory / "runs"),
        "runner_name": directory.name,
        "max_concurrent_jobs": 2,
        **fields,
    }
    path = directory / "runner.yaml"
    path.write_text(json.dumps(settings), encoding="utf-8")
    return path


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[lynx.Pool]:
    """A control plane with two runners, each with a disk of its own and no code on it."""
    with ExitStack() as stack:
        control_plane = stack.enter_context(serve(tmp_path))
        runners = []
        for name in ("one", "two"):
            configuration = runner_configuration(tmp_path / name)
            command = [PROGRAMS / "runner-host", "--config", configuration, "--control-plane", control_plane.url]
            runner = Program([str(word) for word in command], tmp_path / f"{name}.log")
            stack.callback(runner.end)
            # One that nobody holds ends.
            runners.append(runner)
        yield stack.enter_context(lynx.connect(control_plane.url))


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def study(runs: int = 6, **bundle: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "name": "bundled",
        "config": {
            "simulation": {"name": "flight", "bundle": {"entrypoint": "run.py", **bundle}},
            "monte_carlo": {"runs": runs, "seed": 1},
            "dispersions": {"speed": {"distribution": {"type": "uniform", "min": 1, "max": 2}}},
        },
    }


def wheel(folder: Path) -> Path:
    """A package that is nowhere but in this file."""
    name, contents = "lynx_test_physics", {"lynx_test_physics/__init__.py": "FACTOR = 3.0\n"}
    contents[f"{name}-1.0.dist-info/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    contents[f"{name}-1.0.dist-info/WHEEL"] = (
        "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    record = ""
    for path, text in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text)}\n"
    contents[f"{name}-1.0.dist-info/RECORD"] = record + f"{name}-1.0.dist-info/RECORD,,\n"
    folder.mkdir(parents=True, exist_ok=True)
    package = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(package, "w") as archive:
        for inner, text in contents.items():
            archive.writestr(inner, text)
    return package


def contents(runner: Path) -> set[str]:
    """The hashes of what a runner has fetched."""
    return {path.name for path in runner.glob("runs/.runner/bundles/contents/*/*")}


def test_two_runners_run_code_that_neither_had(pool: lynx.Pool, tmp_path: Path) -> None:
    folder = write(tmp_path / "code", {"run.py": RUN, "model.py": MODEL, "data/large.csv": "1,2,3\n" * 1000})
    (tmp_path / "barrier").mkdir()
    first = pool.submit(study(runs=12, env={"BARRIER": str(tmp_path / "barrier")}), bundle=folder).wait(progress=False)
    runs = first.runs
    assert list(runs["status"]) == ["Completed"] * 12
    assert runs["outputs.altitude"] == pytest.approx([2 * speed for speed in runs["parameters.speed"]])
    assert len({json.loads(first.artifact(run, "summary.json"))["here"] for run in range(12)}) == 2, (
        "one for each runner"
    )

    before = {name: contents(tmp_path / name) for name in ("one", "two")}
    (folder / "model.py").write_text(MODEL.replace("2.0", "5.0"), encoding="utf-8")
    second = pool.submit(study(runs=12), bundle=folder).wait(progress=False)
    assert second.runs["outputs.altitude"] == pytest.approx([5 * speed for speed in second.runs["parameters.speed"]])
    new = [contents(tmp_path / name) - before[name] for name in before]
    assert {len(names) for names in new} <= {0, 1}, "only the file that changed"
    assert any(new)
    assert first.compare(second)["code"]["differences"][0]["part"] in ("basilisk_entrypoint", "bundle")


def test_requirements_are_installed_once_for_each_runner(pool: lynx.Pool, tmp_path: Path) -> None:
    model = "from lynx_test_physics import FACTOR\n\ndef altitude(speed):\n    return FACTOR * speed\n"
    folder = write(tmp_path / "code", {"run.py": RUN, "model.py": model, "requirements.txt": "./wheels/"})
    package = wheel(folder / "wheels")
    (folder / "requirements.txt").write_text(f"./wheels/{package.name}\n", encoding="utf-8")
    done = pool.submit(study(runs=8, requirements="requirements.txt"), bundle=folder).wait(progress=False)
    assert list(done.runs["status"]) == ["Completed"] * 8, done.runs["error_message"][0]
    assert done.runs["outputs.altitude"] == pytest.approx([3 * speed for speed in done.runs["parameters.speed"]])
    assert "lynx-test-physics==1.0" in done.artifact(0, "build").decode().replace("_", "-")
    for name in ("one", "two"):
        assert len(list((tmp_path / name).glob("runs/.runner/bundles/environments/*.done"))) <= 1

    (folder / "requirements.txt").write_text("./wheels/not_there-1.0-py3-none-any.whl\n", encoding="utf-8")
    failed = pool.submit(study(runs=1, requirements="requirements.txt"), bundle=folder).wait(progress=False)
    assert failed.runs["status"][0] == "Failed"
    assert failed.runs["error_message"][0].startswith("installing 'requirements.txt' failed with exit code 1: ERROR: ")
    assert "not_there" in failed.artifact(0, "build").decode()


def test_build_commands_run_once_in_a_copy(pool: lynx.Pool, tmp_path: Path) -> None:
    factor = "float(pathlib.Path(__file__).with_name('factor').read_text())"
    model = f"import pathlib\n\ndef altitude(speed):\n    return {factor} * speed\n"
    folder = write(tmp_path / "code", {"run.py": RUN, "model.py": model, "factor.in": "7.0\n"})
    done = pool.submit(study(runs=6, build=["cp factor.in factor", "echo built"]), bundle=folder).wait(progress=False)
    assert done.runs["outputs.altitude"] == pytest.approx([7 * speed for speed in done.runs["parameters.speed"]])
    assert done.artifact(0, "build").decode() == "$ cp factor.in factor\n$ echo built\nbuilt\n"
    assert not (folder / "factor").exists()

    failed = pool.submit(study(runs=1, build=["echo trying", "false"]), bundle=folder).wait(progress=False)
    assert failed.runs["error_message"][0] == "building the bundle failed with exit code 1: $ false"


def test_a_function_of_a_bundle_runs_what_the_folder_is_now(pool: lynx.Pool, tmp_path: Path) -> None:
    folder = write(tmp_path / "code", {"run.py": RUN, "model.py": MODEL})
    bundle = {"path": folder, "entrypoint": "run.py"}
    points = [{"speed": 1.0}, {"speed": 4.0}]
    assert pool.evaluate("flight", points, bundle=bundle, progress=False)["altitude"].tolist() == [2.0, 8.0]
    (folder / "model.py").write_text(MODEL.replace("2.0", "3.0"), encoding="utf-8")
    assert pool.evaluate("flight", points, bundle=bundle, progress=False)["altitude"].tolist() == [3.0, 12.0]


def test_the_command_line_sends_the_same_bundle(pool: lynx.Pool, tmp_path: Path) -> None:
    folder = write(
        tmp_path / "code", {"run.py": RUN, "model.py": MODEL, ".lynxignore": "notes.txt\n", "notes.txt": "x"}
    )
    batch = tmp_path / "study.yaml"
    body = study(runs=2)
    body["config"]["simulation"]["bundle"]["path"] = "code"
    batch.write_text(json.dumps(body), encoding="utf-8")

    def submit(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [PROGRAMS / "lynxctl", "submit", batch, "--control-plane", pool.url, *arguments]
        return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)

    first = submit()
    assert "3 files, " in first.stderr, first.stderr
    assert "to upload in 3 files" in first.stderr, first.stderr
    pinned = pool.submit(batch, runs=1)
    by_python = pinned.wait(progress=False)
    assert "the control plane has all of it" in submit().stderr
    assert by_python.runs["status"][0] == "Completed"
    (folder / "model.py").write_text("# changed\n" + MODEL, encoding="utf-8")
    assert "to upload in 1 file" in submit().stderr
    (folder / "deploy.pem").write_text("x", encoding="utf-8")
    refused = submit()
    assert refused.returncode == 2
    assert "deploy.pem: looks like a secret" in refused.stderr
    with pytest.raises(lynx.BundleError, match=r"deploy\.pem: looks like a secret"):
        pool.submit(batch)


def test_a_runner_that_allows_no_bundles_gets_none(tmp_path: Path) -> None:
    folder = write(tmp_path / "code", {"run.py": RUN, "model.py": MODEL})
    scenario = folder / "run.py"
    with serve(tmp_path) as control_plane:
        configuration = runner_configuration(tmp_path / "one", allow_bundles=False, basilisk_entrypoint=str(scenario))
        command = [PROGRAMS / "runner-host", "--config", configuration, "--control-plane", control_plane.url]
        runner = Program([str(word) for word in command], tmp_path / "one.log")
        try:
            with lynx.connect(control_plane.url) as pool:
                while not pool.runners:
                    runner.check()
                waiting = pool.submit(study(runs=1), bundle=folder)
                assert "'allow_bundles: true' in its configuration lets it" in (waiting.overview.waiting_for or "")
        finally:
            runner.end()


def test_the_files_of_a_bundle_follow_the_rules_of_git(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".gitignore": "*.log\n!keep.log\n/top.txt\nbuild/\na/**/z\nnum[0-9]\n[!x]yz\nfoo/**\n!foo/bar\n",
            "sub/.gitignore": "/only.txt\ndeep/*\n!deep/in.txt\n",
            **dict.fromkeys(
                [
                    "x.log",
                    "keep.log",
                    "sub/x.log",
                    "top.txt",
                    "sub/top.txt",
                    "build/x",
                    "a/z",
                    "a/b/c/z",
                    "num7",
                    "numx",
                ],
                "",
            ),
            **dict.fromkeys(
                ["ayz", "xyz", "foo/bar", "foo/baz/x", "sub/only.txt", "sub/deep/in.txt", "sub/deep/no"], ""
            ),
        },
    )
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    listed = subprocess.run(
        ["git", "-C", tmp_path, "ls-files", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert [file.path for file in _bundles.files(tmp_path)] == sorted(listed.stdout.split(), key=os.fsencode)
    assert len(listed.stdout.split()) == 8


@pytest.mark.parametrize(
    ("prepare", "problem"),
    [
        (lambda folder: (folder / "out").symlink_to("/etc/hostname"), "is a link that leads out of the folder"),
        (lambda folder: (folder / "out").symlink_to("nowhere"), "is a link that leads nowhere"),
        (lambda folder: (folder / "a\nb").touch(), "has a name that a bundle cannot hold"),
        (lambda folder: (folder / ".env").touch(), "looks like a secret"),
        (lambda folder: (folder / "run.py").unlink(), "has no files for a bundle"),
    ],
)
def test_what_no_bundle_can_hold_is_named(tmp_path: Path, prepare: Any, problem: str) -> None:  # noqa: ANN401
    write(tmp_path, {"run.py": ""})
    prepare(tmp_path)
    with pytest.raises(lynx.BundleError, match=problem):
        _bundles.files(tmp_path)


def test_a_lynxignore_has_the_last_word() -> None:
    rules = IgnoreRules()
    rules.add("*.pem\n")
    rules.add("!test.pem\n", is_own=True)
    assert rules.leaves_out("a.pem", False)
    assert not rules.leaves_out("test.pem", False)
    assert rules.is_asked_for("test.pem")
    assert not rules.is_asked_for("a.pem")
