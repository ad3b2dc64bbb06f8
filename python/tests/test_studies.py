"""The example studies say what the scenario understands, and end as they claim."""

from __future__ import annotations

import itertools
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / "scenarios/aerospace/configs"
STREAMED = {
    "basic_orbit": {
        "orbit.radius_km": "km",
        "orbit.altitude_km": "km",
        "orbit.speed_km_s": "km/s",
        "orbit.energy_j_kg": "J/kg",
    },
    "px4_hover": {"hover.tilt_deg": "deg", "hover.height_error_m": "m"},
}
PX4_TABLE = (ROOT / "Plugins/PX4SITLEngine/Telemetry/TelemetryTable.swift").read_text()
BY_ENGINE = {"basilisk": {}, "px4_sitl": dict(re.findall(r'Variable\(\s*"([^"]+)", "([^"]*)"', PX4_TABLE))}
EARTH_RADIUS_M = 6_371_000.0


def study(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((CONFIGS / name).read_text())["config"]
    return content


def ranges(config: dict[str, Any]) -> dict[str, tuple[float, float]]:
    return {
        name: (entry["distribution"]["min"], entry["distribution"]["max"])
        for name, entry in config["dispersions"].items()
        if entry["distribution"]["type"] == "uniform"
    }


@pytest.mark.parametrize("name", sorted(path.name for path in CONFIGS.glob("*.yaml")))
def test_conditions_and_stored_variables_are_what_the_scenario_streams(name: str) -> None:
    config = study(name)
    streamed = STREAMED[config["simulation"]["name"]] | BY_ENGINE[config["simulation"]["type"]]
    for condition in config.get("early_termination", {}).get("conditions", []):
        assert streamed[condition["variable"]] == condition["units"]
    assert {*config["telemetry"]["variables"]} <= {*streamed}


def test_the_tutorial_disperses_the_seven_elements() -> None:
    config = study("basic_orbit_tutorial.yaml")
    assert ranges(config) == {
        "semi_major_axis_m": (6_950_000, 7_050_000),
        "eccentricity": (0.00005, 0.002),
        "inclination_deg": (30, 36),
        "raan_deg": (40, 55),
        "arg_perigee_deg": (330, 355),
        "true_anomaly_deg": (70, 100),
        "duration_orbits": (0.70, 0.80),
    }
    units = {name: entry["units"] for name, entry in config["dispersions"].items()}
    assert units == {
        "semi_major_axis_m": "m",
        "eccentricity": "dimensionless",
        "inclination_deg": "deg",
        "raan_deg": "deg",
        "arg_perigee_deg": "deg",
        "true_anomaly_deg": "deg",
        "duration_orbits": "orbits",
    }
    assert config["monte_carlo"]["sampling_method"] == "latin_hypercube"


def test_every_run_of_the_breach_study_climbs_through_the_ceiling() -> None:
    config = study("basic_orbit_breach.yaml")
    (condition,) = config["early_termination"]["conditions"]
    assert (condition["variable"], condition["operator"]) == ("orbit.altitude_km", "gt")
    ceiling_m = condition["threshold"] * 1e3 + EARTH_RADIUS_M
    limits = ranges(config)
    # Radius at the start and at apogee are monotonic in each element, so the corners bound them.
    corners = itertools.product(*(limits[name] for name in ("semi_major_axis_m", "eccentricity", "true_anomaly_deg")))
    for a, e, anomaly_deg in corners:
        assert a * (1 - e * e) / (1 + e * math.cos(math.radians(anomaly_deg))) < ceiling_m - 20e3
        assert a * (1 + e) > ceiling_m + 20e3


def test_the_hover_study_disperses_what_px4_and_the_mission_know() -> None:
    config = study("px4_hover_wind.yaml")
    stand_in = json.loads((ROOT / "Tests/TestSupport/PX4/etc/extras/parameters.json").read_text())["parameters"]
    defaults = {entry["name"]: entry["default"] for entry in stand_in}
    units = {entry["name"]: entry.get("units") for entry in stand_in}
    for name, entry in config["dispersions"].items():
        if name.isupper():
            limits = entry["distribution"]
            assert limits["min"] < defaults[name] < limits["max"]
            assert entry["units"] == units[name]
    # Four rotors lift every one of its vehicles, with a third to spare.
    mass, thrust = (config["dispersions"][name]["distribution"] for name in ("SIH_MASS", "SIH_T_MAX"))
    assert 4 * thrust["min"] > 1.33 * 9.81 * mass["max"]
