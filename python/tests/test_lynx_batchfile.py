"""Batch files as the client reads them: the values that lynxctl reads, and errors that name the place."""

from __future__ import annotations

import json
import math
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lynx_pools import ROOT

import lynx
from lynx._scalars import scalar
from lynx.batchfile import read_batch

HEAD = "name: s\nconfig:\n  simulation: {name: s}\n"


def read(directory: Path, text: str) -> dict[str, Any]:
    (directory / "study.yaml").write_text(text)
    return read_batch(directory / "study.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e6", 1e6),
        ("1.", 1.0),
        (".5", 0.5),
        ("-2.5E-3", -0.0025),
        ("7", 7),
        ("+7", 7),
        ("0x1F", 31),
        ("0o17", 15),
        ("true", True),
        ("on", "on"),
        ("yes", "yes"),
        ("~", None),
        ("", None),
        ("6_950_000", "6_950_000"),
        ("12:30", "12:30"),
        ("2026-11-30", "2026-11-30"),
        ("18446744073709551615", 18446744073709551615),
        ("-.inf", -math.inf),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    found = scalar(text)
    assert found == value
    assert type(found) is type(value)


def test_quoted_scalars_are_text(tmp_path: Path) -> None:
    body = read(
        tmp_path, HEAD + "  monte_carlo: {runs: 2}\n  dispersions: {a: {distribution: {type: constant, value: '2'}}}\n"
    )
    assert body["config"]["dispersions"]["a"]["distribution"]["value"] == "2"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "scenarios/aerospace/configs").glob("*.yaml")), ids=lambda path: path.name
)
def test_every_example_study_is_read(path: Path) -> None:
    body = read_batch(path, runs=3, seed=2**64 - 1)
    assert body["config"]["monte_carlo"]["runs"] == 3
    assert json.loads(json.dumps(body, allow_nan=False))["config"]["monte_carlo"]["seed"] == 2**64 - 1


def test_patterns_and_tables_are_read_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "winds").mkdir()
    for name in ("b.csv", "a.csv"):
        (tmp_path / "winds" / name).touch()
    (tmp_path / "points.csv").write_text('mass, mode\r\n1.5, slow\r\n\r\n2,"3"\r\n3,"a ""b"""')
    body = read(
        tmp_path,
        HEAD + "  monte_carlo: {sampling_method: table, table: {file: points.csv, units: {mass: kg}}}\n"
        "  dispersions: {wind: {distribution: {type: files, pattern: winds/*.csv}}}\n",
    )
    assert body["config"]["dispersions"]["wind"]["distribution"] == {
        "type": "files",
        "files": ["winds/a.csv", "winds/b.csv"],
    }
    assert body["config"]["monte_carlo"]["table"] == {
        "columns": ["mass", "mode"],
        "rows": [[1.5, "slow"], [2, "3"], [3, 'a "b"']],
        "units": {"mass": "kg"},
    }


def test_a_table_may_be_parquet(tmp_path: Path) -> None:
    pyarrow = import_module("pyarrow")
    import_module("pyarrow.parquet").write_table(pyarrow.table({"a": [1, 2], "b": ["x", "y"]}), tmp_path / "t.parquet")
    body = read(tmp_path, HEAD + "  monte_carlo: {sampling_method: table, table: {file: t.parquet}}\n")
    assert body["config"]["monte_carlo"]["table"] == {"columns": ["a", "b"], "rows": [[1, "x"], [2, "y"]]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: s\nconfig: [1\n", r"study\.yaml:3:1: "),
        ("name: s\nname: t\n", r"study\.yaml:2:1: 'name' is there twice"),
        ("- 1\n", r"study\.yaml: is no batch file"),
        (HEAD + "  monte_carlo: {runs: .nan}\n", r"study\.yaml: config\.monte_carlo\.runs: nan is no finite number"),
        (
            HEAD + "  dispersions: {w: {distribution: {type: files, pattern: '*.wind'}}}\n",
            r"pattern: '\*\.wind' matches no file",
        ),
        (HEAD + "  monte_carlo: {table: {file: none.csv}}\n", r"config\.monte_carlo\.table\.file: .*none\.csv"),
    ],
)
def test_what_is_wrong_is_one_line_that_says_where(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(lynx.BatchFileError, match=message) as caught:
        read(tmp_path, text)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("a,b\n1,2\n3\n", r"points\.csv:3: has 1 values; the first line names 2"),
        ('a,b\n1,2"3\n', r"points\.csv:2:3: "),
        ("a,b\n", "has no rows"),
    ],
)
def test_a_wrong_table_is_told_by_its_own_line(tmp_path: Path, table: str, message: str) -> None:
    (tmp_path / "points.csv").write_text(table)
    with pytest.raises(lynx.BatchFileError, match=message):
        read(tmp_path, HEAD + "  monte_carlo: {table: {file: points.csv}}\n")


def test_a_dictionary_may_hold_numbers_of_numpy() -> None:
    body = read_batch(
        {
            "name": "s",
            "config": {
                "monte_carlo": {"table": {"columns": ["a"], "rows": np.array([[1.5], [2.0]])}, "seed": np.int64(3)}
            },
        }
    )
    assert body["config"]["monte_carlo"] == {"table": {"columns": ["a"], "rows": [[1.5], [2.0]]}, "seed": 3}
    with pytest.raises(lynx.BatchFileError, match=r"config\.a\[1\]: a set is neither"):
        read_batch({"config": {"a": [1, {2}]}})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(lynx.BatchFileError, match=r"none\.yaml: cannot be read: No such file"):
        read_batch(tmp_path / "none.yaml")
