"""The hover mission, flown on the stand-in, and on a real PX4 where one is named."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from px4 import STAND_IN, Build, Px4, builds, px4

SCRIPTS = Path(__file__).parents[2] / "scenarios/aerospace/python"
sys.path.insert(0, str(SCRIPTS))

from lynx_scenario import ParameterValue, RunConfig, RunConfigError  # noqa: E402
from px4_hover_lynx import DEFAULTS, Plan  # noqa: E402
from px4_hover_record import CSV_HEADER, State, hover_summary  # noqa: E402

every_build = pytest.mark.parametrize(
    "build", builds(), ids=lambda build: "stand-in" if build == STAND_IN else "real PX4"
)


def fly(
    folder: Path, vehicle: Px4 | None, parameters: dict[str, float], *arguments: str, under_runner: bool = False
) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """Runs the mission with its output in `folder`; gives what it printed, and its summary."""
    (folder / "run_config.json").write_text(json.dumps({"parameters": parameters, "run_index": 3, "seed": 4}))
    variables = {
        "TETRYX_OUTPUT_DIR": str(folder / "output"),
        "TETRYX_RUN_CONFIG": str(folder / "run_config.json"),
        "LYNX_PX4_MAVLINK_URL": f"udpout:127.0.0.1:{14580 + (vehicle.instance if vehicle else 99)}",
    }
    if under_runner:
        variables["LYNX_PX4_INSTANCE"] = str(vehicle.instance if vehicle else 99)
    end = subprocess.run(
        [sys.executable, str(SCRIPTS / "px4_hover_lynx.py"), *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=300,
    )
    summary = folder / "output/summary.json"
    return end, json.loads(summary.read_text()) if summary.exists() else {}


@every_build
def test_the_vehicle_takes_off_hovers_lands_and_disarms(build: Build, tmp_path: Path) -> None:
    parameters = {"hover_altitude_m": 5.0, "hover_duration_s": 6.0, "SIH_MASS": 1.0, "home_alt_m": 100.0}
    with px4(build, tmp_path / "px4", PX4_SIM_SPEED_FACTOR="10") as vehicle:
        end, summary = fly(tmp_path, vehicle, parameters)
    assert end.returncode == 0, end.stderr
    assert summary["success"] is True
    assert (summary["run_index"], summary["seed"]) == (3, 4)
    assert summary["hover"]["mean_height_m"] == pytest.approx(5, abs=0.5)
    assert list(summary["phase_begins_s"]) == ["takeoff", "hover", "landing", "landed", "done"]
    begins = summary["phase_begins_s"]
    # Longer where the machine is busy: time goes on while the mission is not looking.
    assert begins["landing"] - begins["hover"] > 5.5
    with (tmp_path / "output/trajectory.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert ",".join(rows[0]) == CSV_HEADER
    assert len(rows) == summary["sample_count"]
    times = [float(row["time_s"]) for row in rows]
    assert times == sorted(times)
    assert max(float(row["height_m"]) for row in rows) == pytest.approx(5, abs=1)
    assert (tmp_path / "output/flight.png").read_bytes().startswith(b"\x89PNG")
    # What the study declares is there under its own name.
    declared = yaml.safe_load((SCRIPTS.parent / "configs/px4_hover_wind.yaml").read_text())["config"]["outputs"]
    for name in declared:
        outer, _, inner = name.partition(".")
        value = summary[outer][inner] if inner else summary[outer]
        assert isinstance(value, (int, float)), name


@every_build
def test_under_a_runner_it_ends_the_vehicle_with_the_flight_and_by_hand_it_leaves_it(
    build: Build, tmp_path: Path
) -> None:
    parameters = {"hover_altitude_m": 3.0, "hover_duration_s": 3.0}
    with px4(build, tmp_path / "by-hand", PX4_SIM_SPEED_FACTOR="10") as vehicle:
        end, _ = fly(tmp_path, vehicle, parameters)
        assert end.returncode == 0, end.stderr
        assert vehicle.process.poll() is None
    with px4(build, tmp_path / "px4", PX4_SIM_SPEED_FACTOR="10") as vehicle:
        end, summary = fly(tmp_path, vehicle, parameters, under_runner=True)
        assert end.returncode == 0, end.stderr
        assert summary["success"] is True
        assert vehicle.wait() == 0


def test_a_vehicle_that_is_too_heavy_does_not_get_there(tmp_path: Path) -> None:
    with px4(STAND_IN, tmp_path / "px4", PX4_SIM_SPEED_FACTOR="40", PX4_PARAM_SIH_MASS="2.5") as vehicle:
        end, summary = fly(tmp_path, vehicle, {"hover_altitude_m": 2.0})
    assert end.returncode == 1
    assert summary["success"] is False
    assert "the hover altitude was not reached" in summary["error"]
    assert summary["error"] in end.stderr


def test_a_vehicle_that_may_not_arm_says_why(tmp_path: Path) -> None:
    with px4(STAND_IN, tmp_path / "px4", PX4_SIM_SPEED_FACTOR="40", PX4_PARAM_SIM_FAULT_SENS="8") as vehicle:
        end, summary = fly(tmp_path, vehicle, {})
    assert end.returncode == 1
    assert "COMPONENT_ARM_DISARM was refused" in summary["error"]
    assert "Arming denied" in summary["error"]


def test_a_vehicle_that_strays_while_hovering_has_failed(tmp_path: Path) -> None:
    with px4(STAND_IN, tmp_path / "px4", PX4_SIM_SPEED_FACTOR="20") as vehicle:
        end, summary = fly(
            tmp_path, vehicle, {"hover_altitude_m": 3.0, "hover_duration_s": 6.0, "hover_tolerance_m": 0.05}
        )
    assert end.returncode == 1
    assert "m from its place while hovering" in summary["error"]
    assert "done" in summary["phase_begins_s"]


def test_it_does_not_wait_for_ever_for_a_vehicle_that_is_not_there(tmp_path: Path) -> None:
    end, summary = fly(tmp_path, None, {}, "--real-limit", "0.5")
    assert end.returncode == 1
    assert summary["error"] == "the flight took too long in real time"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"hover_altitude": 3.0}, "unknown parameter 'hover_altitude'"),
        ({"hover_altitude_m": -1.0}, "hover_altitude_m must be more than 0, not -1"),
    ],
)
def test_a_flight_that_makes_no_sense_is_not_begun(parameters: dict[str, float], message: str, tmp_path: Path) -> None:
    end, summary = fly(tmp_path, None, parameters)
    assert end.returncode == 2
    assert message in end.stderr
    assert summary == {}


def test_what_is_the_simulators_is_left_to_it() -> None:
    given: dict[str, ParameterValue] = {"SIH_MASS": 1.1, "home_alt_m": 3.0, "speed_factor": 5}
    plan = Plan.of(RunConfig({**DEFAULTS, **given}))
    assert plan.hover_altitude_m == DEFAULTS["hover_altitude_m"]
    with pytest.raises(RunConfigError):
        Plan.of(RunConfig({**DEFAULTS, "home_alt": 3.0}))


def state(time_s: float, x: float, y: float, height: float, phase: str = "hover", roll: float = 0) -> State:
    return State(time_s, (x, y, -height), (0, 0, 0), height, (roll, 0, 0), phase)


def test_the_hover_is_judged_by_height_drift_and_tilt_in_that_phase_alone() -> None:
    states = [
        state(0, 50, 50, 0, "takeoff", roll=1),
        state(1, 1, 1, 10.0),
        state(2, 1, 4, 9.0, roll=math.radians(3)),
        state(3, 1, 1, 10.5),
        state(4, 50, 50, 0, "landing"),
    ]
    summary = hover_summary(states, 10)
    assert summary["mean_height_m"] == pytest.approx(29.5 / 3)
    assert summary["max_height_error_m"] == 1
    assert summary["max_drift_m"] == 3
    assert summary["max_error_m"] == pytest.approx(math.sqrt(10))
    assert summary["max_tilt_deg"] == pytest.approx(3)
    assert hover_summary(states[:1], 10) == {}
