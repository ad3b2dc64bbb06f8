from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lynx_scenario import RunConfig, RunConfigError

FULL = {
    "job_id": "job-3",
    "batch_id": "batch-1",
    "run_index": 3,
    "seed": 18446744073709551615,
    "seed_decimal": "18446744073709551615",
    "simulation": {"name": "basic_orbit", "version": "1.0", "type": "basilisk", "duration_minutes": 2},
    "parameters": {"semi_major_axis_m": 7000000, "eccentricity": 0.001, "model": "point", "drag": False},
    "units": {"semi_major_axis_m": "m"},
}


def write(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_every_field_is_read(tmp_path: Path) -> None:
    config = RunConfig.load(write(tmp_path / "run.json", FULL))
    assert (config.job_id, config.batch_id, config.run_index, config.seed) == ("job-3", "batch-1", 3, 2**64 - 1)
    assert config.parameters == FULL["parameters"]
    assert config.units == {"semi_major_axis_m": "m"}
    assert config.simulation.name == "basic_orbit"
    assert config.simulation.version == "1.0"
    assert config.simulation.type == "basilisk"
    assert config.simulation.duration_minutes == 2.0
    assert config.number("semi_major_axis_m") == 7.0e6


def test_the_environment_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TETRYX_RUN_CONFIG", str(write(tmp_path / "run.json", FULL)))
    assert RunConfig.load().job_id == "job-3"


def test_a_path_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TETRYX_RUN_CONFIG", str(write(tmp_path / "env.json", FULL)))
    given = write(tmp_path / "given.json", {"parameters": {"x": 1}})
    assert RunConfig.load(given).parameters == {"x": 1}


def test_without_a_file_the_defaults_are_the_parameters() -> None:
    config = RunConfig.load(defaults={"x": 1.5})
    assert config.parameters == {"x": 1.5}
    assert (config.job_id, config.run_index, config.seed, config.units) == ("local", 0, 0, {})


def test_defaults_fill_what_the_file_leaves_out(tmp_path: Path) -> None:
    file = write(tmp_path / "run.json", {"parameters": {"x": 1}})
    assert RunConfig.load(file, defaults={"x": 9, "y": 2}).parameters == {"x": 1, "y": 2}


def test_the_decimal_seed_wins_over_one_that_went_through_a_double(tmp_path: Path) -> None:
    file = write(tmp_path / "run.json", {"parameters": {}, "seed": 2**53, "seed_decimal": str(2**53 + 1)})
    assert RunConfig.load(file).seed == 2**53 + 1


def test_unknown_fields_are_left_for_later_versions(tmp_path: Path) -> None:
    assert RunConfig.load(write(tmp_path / "run.json", {"parameters": {}, "attempt": 2})).parameters == {}


def test_without_a_file_or_defaults_the_message_names_the_variable() -> None:
    with pytest.raises(RunConfigError, match="TETRYX_RUN_CONFIG"):
        RunConfig.load()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "run.json:1:2: not JSON"),
        ("", "run.json:1:1: not JSON"),
        ([], "a run configuration must be an object, not a list"),
        ({}, "'parameters' is missing"),
        ({"parameters": 3}, "'parameters' must be an object, not a number"),
        ({"parameters": {"x": None}}, "'parameters.x' must be a number, a string or a boolean, not null"),
        ({"parameters": {"x": [1]}}, "'parameters.x' must be a number, a string or a boolean, not a list"),
        ({"parameters": {}, "run_index": "1"}, "'run_index' must be a whole number, not a string"),
        ({"parameters": {}, "run_index": True}, "'run_index' must be a whole number, not a boolean"),
        ({"parameters": {}, "job_id": 1}, "'job_id' must be a string, not a number"),
        ({"parameters": {}, "units": {"x": 1}}, "'units.x' must be a string, not a number"),
        ({"parameters": {}, "simulation": []}, "'simulation' must be an object, not a list"),
        ({"parameters": {}, "simulation": {"duration_minutes": "2"}}, "'simulation.duration_minutes' must be a number"),
        ({"parameters": {}, "seed": -1}, "'seed' must be between 0 and 2^64 - 1, not -1"),
        ({"parameters": {}, "seed_decimal": "1e3"}, "'seed_decimal' must be a whole number in decimal, not '1e3'"),
        ('{"parameters": {"x": NaN}}', "NaN is not a finite number"),
        ('{"parameters": {"x": 1e999}}', "1e999 is not a finite number"),
        ('{"parameters": {"x": 1, "x": 2}}', "'x' is given twice"),
        ("[" * 100_000, "run.json"),
    ],
)
def test_a_bad_file_is_one_line_with_its_name(tmp_path: Path, content: object, message: str) -> None:
    file = write(tmp_path / "run.json", content)
    with pytest.raises(RunConfigError, match=re.escape(message)) as caught:
        RunConfig.load(file)
    assert str(caught.value).startswith(str(file))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunConfigError, match=r"nosuch\.json: cannot read the run configuration: No such file"):
        RunConfig.load(tmp_path / "nosuch.json", defaults={})


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(b'{"parameters": {"\xff": 1}}')
    with pytest.raises(RunConfigError, match=r"run\.json: not UTF-8 text: .* at byte 17"):
        RunConfig.load(tmp_path / "run.json")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mass", "parameter 'mass' is missing"),
        ("model", "parameter 'model' must be a number, not a string"),
        ("drag", "parameter 'drag' must be a number, not a boolean"),
        ("huge", "parameter 'huge' is too large for a double"),
    ],
)
def test_a_parameter_that_is_no_number_is_named(tmp_path: Path, name: str, message: str) -> None:
    file = write(tmp_path / "run.json", {"parameters": {**FULL["parameters"], "huge": 10**400}})  # type: ignore[dict-item]
    with pytest.raises(RunConfigError, match=re.escape(message)):
        RunConfig.load(file).number(name)
