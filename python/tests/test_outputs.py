from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lynx_scenario import atomic_write, output, output_dir, outputs


def test_the_runner_says_where_artifacts_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TETRYX_OUTPUT_DIR", str(tmp_path / "a" / "b"))
    assert output_dir() == tmp_path / "a" / "b"
    assert output_dir().is_dir()


def test_by_hand_they_go_to_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert output_dir() == tmp_path / "output"
    assert (tmp_path / "output").is_dir()


def test_a_path_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TETRYX_OUTPUT_DIR", str(tmp_path / "env"))
    assert output_dir(tmp_path / "given") == tmp_path / "given"
    assert not (tmp_path / "env").exists()


def test_a_write_replaces_the_whole_file(tmp_path: Path) -> None:
    atomic_write(tmp_path / "x.json", "long old content")
    atomic_write(tmp_path / "x.json", "né")
    assert (tmp_path / "x.json").read_bytes() == "né".encode()
    assert list(tmp_path.iterdir()) == [tmp_path / "x.json"]


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(IsADirectoryError):
        atomic_write(tmp_path / "taken", b"content")
    assert list(tmp_path.iterdir()) == [tmp_path / "taken"]


@pytest.fixture
def reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where outputs go under a runner."""
    monkeypatch.setenv("TETRYX_OUTPUT_DIR", str(tmp_path))
    return tmp_path / "outputs.jsonl"


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_outputs_are_lines_in_the_order_of_their_calls(reported: Path) -> None:
    output("miss_m", 1.5, units="m")
    output("größe 🚀", 2)
    output("miss_m", 3.0, "m")
    assert lines(reported) == [
        {"name": "miss_m", "value": 1.5, "units": "m"},
        {"name": "größe 🚀", "value": 2.0},
        {"name": "miss_m", "value": 3.0, "units": "m"},
    ]
    assert "größe 🚀".encode() in reported.read_bytes()


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (True, 1.0),
        (False, 0.0),
        (7, 7.0),
        (np.float32(0.5), 0.5),
        (np.float64(1e300), 1e300),
        (np.int64(-3), -3.0),
        (np.bool_(True), 1.0),
        (np.array(2.5), 2.5),
        (5e-324, 5e-324),
        (-0.0, -0.0),
    ],
)
def test_whatever_float_takes_is_a_value(reported: Path, value: float, number: float) -> None:
    output("x", value)
    [line] = lines(reported)
    assert line["value"] == number
    assert isinstance(line["value"], float)


def test_what_is_not_finite_is_written_as_it_is(reported: Path) -> None:
    for value in (math.nan, math.inf, np.float64("-inf")):
        output("x", value)
    values = [line["value"] for line in lines(reported)]
    assert isinstance(values[0], float)
    assert math.isnan(values[0])
    assert values[1:] == [math.inf, -math.inf]


@pytest.mark.parametrize("value", ["1.5", b"1.5", None, [1.0], np.array([1.0, 2.0]), 1j])
def test_what_is_no_number_is_refused_and_leaves_no_line(reported: Path, value: float) -> None:
    with pytest.raises(TypeError):
        output("x", value)
    assert not reported.exists()


@pytest.mark.parametrize("name", ["", "   ", "two\nlines", "tab\t", "nul\0", "x" * 201])
def test_a_name_is_one_line_of_at_most_200_characters(reported: Path, name: str) -> None:
    with pytest.raises(ValueError, match="one line of 1 to 200 characters"):
        output(name, 1.0)
    assert not reported.exists()
    output("x" * 200, 1.0)
    assert len(lines(reported)) == 1


def test_what_was_reported_before_a_kill_is_there(reported: Path) -> None:
    source = (
        "import os, signal\n"
        "from lynx_scenario import output\n"
        "for step in range(100):\n"
        "    output(f'x{step}', step)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", source], env=os.environ, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert [line["value"] for line in lines(reported)] == list(range(100))


def test_lines_of_several_processes_do_not_mix(reported: Path) -> None:
    source = (
        "import sys\nfrom lynx_scenario import output\nfor step in range(200):\n    output(sys.argv[1] * 150, step)\n"
    )
    children = [subprocess.Popen([sys.executable, "-c", source, name], env=os.environ) for name in "abc"]
    assert [child.wait() for child in children] == [0, 0, 0]
    found = lines(reported)
    assert len(found) == 600
    for name in "abc":
        assert [line["value"] for line in found if line["name"] == name * 150] == list(range(200))


def test_by_hand_the_file_begins_anew_with_each_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for value in (1.0, 2.0):
        monkeypatch.setattr(outputs, "_is_begun", False)
        output("x", value)
        output("y", value)
        assert [line["value"] for line in lines(tmp_path / "output" / "outputs.jsonl")] == [value, value]


def test_under_a_runner_nothing_that_is_there_is_lost(reported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "_is_begun", False)
    reported.write_text('{"name": "before", "value": 1.0}\n', encoding="utf-8")
    output("x", 2.0)
    assert [line["name"] for line in lines(reported)] == ["before", "x"]
