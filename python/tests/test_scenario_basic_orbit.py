"""The tutorial scenario, run as the runner runs it: real Basilisk in a process of its own."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from recording_server import RecordingServer
from warm_host import WarmHost, compile_library

SCENARIO = Path(__file__).parents[2] / "scenarios/aerospace/python/scenario_basic_orbit_lynx.py"
HEADER = ["time_s", "r_x_m", "r_y_m", "r_z_m", "v_x_m_s", "v_y_m_s", "v_z_m_s"]
ARTIFACTS = ["orbit_position.png", "summary.json", "trajectory.csv"]
EARTH_MU = 3.98600436e14
"""m³/s²; DE405."""
EARTH_RADIUS_KM = 6371.0

LOW = {
    "semi_major_axis_m": 6_950_000.0,
    "eccentricity": 0.00005,
    "inclination_deg": 30.0,
    "raan_deg": 40.0,
    "arg_perigee_deg": 330.0,
    "true_anomaly_deg": 70.0,
    "duration_orbits": 0.70,
}
HIGH = {
    "semi_major_axis_m": 7_050_000.0,
    "eccentricity": 0.002,
    "inclination_deg": 36.0,
    "raan_deg": 55.0,
    "arg_perigee_deg": 355.0,
    "true_anomaly_deg": 100.0,
    "duration_orbits": 0.80,
}


def fly(
    directory: Path, parameters: dict[str, float] | None, url: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs the scenario with its output in `directory`/output."""
    directory.mkdir(exist_ok=True)
    variables = {**os.environ, "TETRYX_OUTPUT_DIR": str(directory / "output"), **environment}
    if parameters is not None:
        config = {"job_id": "job-1", "batch_id": "batch-1", "run_index": 4, "seed": 99, "parameters": parameters}
        (directory / "run_config.json").write_text(json.dumps(config))
        variables["TETRYX_RUN_CONFIG"] = str(directory / "run_config.json")
    if url:
        variables["TETRYX_TELEMETRY_URL"] = url
    return subprocess.run(
        [sys.executable, str(SCENARIO)],
        cwd=directory,
        env=variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def rows(directory: Path) -> NDArray[np.float64]:
    with (directory / "output/trajectory.csv").open(newline="") as file:
        header, *lines = csv.reader(file)
    assert header == HEADER
    return np.array(lines, dtype=np.float64)


def summary(directory: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((directory / "output/summary.json").read_text())
    return content


def period_s(parameters: dict[str, float]) -> float:
    return 2 * math.pi * math.sqrt(parameters["semi_major_axis_m"] ** 3 / EARTH_MU)


def two_body_position(parameters: dict[str, float], time_s: float) -> NDArray[np.float64]:
    """Kepler's problem, through the eccentric anomaly (Vallado, Fundamentals of Astrodynamics, algorithm 8)."""
    a, e = parameters["semi_major_axis_m"], parameters["eccentricity"]
    inclination, node, perigee, anomaly = (
        math.radians(parameters[name])
        for name in ("inclination_deg", "raan_deg", "arg_perigee_deg", "true_anomaly_deg")
    )
    start = 2 * math.atan2(math.sqrt(1 - e) * math.sin(anomaly / 2), math.sqrt(1 + e) * math.cos(anomaly / 2))
    mean = start - e * math.sin(start) + math.sqrt(EARTH_MU / a**3) * time_s
    eccentric = mean
    for _ in range(20):
        eccentric -= (eccentric - e * math.sin(eccentric) - mean) / (1 - e * math.cos(eccentric))
    in_plane = np.array([a * (math.cos(eccentric) - e), a * math.sqrt(1 - e * e) * math.sin(eccentric), 0.0])

    def turn(axis: int, angle: float) -> NDArray[np.float64]:
        matrix = np.eye(3)
        i, j = [index for index in range(3) if index != axis]
        matrix[i, i] = matrix[j, j] = math.cos(angle)
        matrix[i, j], matrix[j, i] = -math.sin(angle), math.sin(angle)
        return matrix

    position: NDArray[np.float64] = turn(2, node) @ turn(0, inclination) @ turn(2, perigee) @ in_plane
    return position


@pytest.mark.parametrize("parameters", [LOW, HIGH], ids=["low", "high"])
def test_every_row_is_on_the_two_body_orbit(tmp_path: Path, parameters: dict[str, float]) -> None:
    done = fly(tmp_path, parameters)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    table = rows(tmp_path)
    last = int(parameters["duration_orbits"] * period_s(parameters) // 10) * 10
    assert table[:, 0].tolist() == list(range(0, last + 1, 10))
    errors = [float(np.linalg.norm(row[1:4] - two_body_position(parameters, row[0]))) for row in table]
    assert max(errors) < 1.0
    # Vis viva, from the elements alone.
    speeds = np.linalg.norm(table[:, 4:7], axis=1)
    radii = np.linalg.norm(table[:, 1:4], axis=1)
    expected = np.sqrt(EARTH_MU * (2 / radii - 1 / parameters["semi_major_axis_m"]))
    np.testing.assert_allclose(speeds, expected, rtol=1e-8)


def test_the_three_artifacts_and_nothing_else(tmp_path: Path) -> None:
    assert fly(tmp_path, HIGH).returncode == 0
    assert sorted(path.name for path in (tmp_path / "output").iterdir()) == ARTIFACTS
    image = (tmp_path / "output/orbit_position.png").read_bytes()
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    assert image.endswith(b"IEND\xaeB`\x82")
    width, height = (int.from_bytes(image[offset : offset + 4]) for offset in (16, 20))
    assert width >= 600
    assert height >= 300


def test_the_summary_says_how_the_run_ended(tmp_path: Path) -> None:
    assert fly(tmp_path, HIGH).returncode == 0
    table, told = rows(tmp_path), summary(tmp_path)
    assert told["success"] is True
    assert (told["job_id"], told["batch_id"], told["run_index"], told["seed"]) == ("job-1", "batch-1", 4, 99)
    assert told["sample_count"] == len(table)
    assert told["execution_time_s"] > 0
    assert told["parameters"] == {**HIGH, "pace_s_per_step": 0.0}
    assert told["period_s"] == pytest.approx(period_s(HIGH), rel=1e-12)
    final = told["final_state"]
    assert final["time_s"] == table[-1, 0] == told["simulated_time_s"]
    assert final["position_m"] == table[-1, 1:4].tolist()
    assert final["velocity_m_s"] == table[-1, 4:7].tolist()
    assert final["radius_km"] == pytest.approx(np.linalg.norm(table[-1, 1:4]) / 1e3, rel=1e-12)
    assert final["altitude_km"] == pytest.approx(final["radius_km"] - EARTH_RADIUS_KM, rel=1e-9)
    assert final["energy_j_kg"] == pytest.approx(-EARTH_MU / (2 * HIGH["semi_major_axis_m"]), rel=1e-9)
    for name in ("semi_major_axis_m", "eccentricity", "inclination_deg", "raan_deg", "arg_perigee_deg"):
        assert final[name] == pytest.approx(HIGH[name], rel=1e-6)


def test_the_same_parameters_give_the_same_bytes(tmp_path: Path) -> None:
    assert fly(tmp_path / "first", LOW).returncode == 0
    assert fly(tmp_path / "second", LOW).returncode == 0
    first, second = (tmp_path / run / "output/trajectory.csv" for run in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()


def test_it_is_kept_warm_and_leaves_what_a_cold_start_leaves(tmp_path: Path) -> None:
    # Set by the engine, for cold starts too.
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    assert fly(tmp_path, LOW, **threads).returncode == 0
    host = WarmHost(compile_library(tmp_path), SCENARIO, {**os.environ, **threads}, jobs=tmp_path)
    try:
        assert host.word == "ready"
        for _ in range(2):
            job = host.start(TETRYX_RUN_CONFIG=str(tmp_path / "run_config.json"))
            assert (job.end().code, sorted(path.name for path in job.output.iterdir())) == (0, ARTIFACTS)
            for name in ("trajectory.csv", "orbit_position.png"):
                assert (job.output / name).read_bytes() == (tmp_path / "output" / name).read_bytes(), name
    finally:
        host.close()


def test_each_sample_is_streamed_with_units(tmp_path: Path, server: RecordingServer) -> None:
    assert fly(tmp_path, HIGH, server.url).returncode == 0
    table = rows(tmp_path)
    radii = np.linalg.norm(table[:, 1:4], axis=1)
    speeds = np.linalg.norm(table[:, 4:7], axis=1)
    for name, units, expected in (
        ("orbit.radius_km", "km", radii / 1e3),
        ("orbit.altitude_km", "km", radii / 1e3 - EARTH_RADIUS_KM),
        ("orbit.speed_km_s", "km/s", speeds / 1e3),
        ("orbit.energy_j_kg", "J/kg", speeds**2 / 2 - EARTH_MU / radii),
    ):
        samples = [sample for sample in server.samples if sample[0] == name]
        assert [time for _, _, time, _ in samples] == table[:, 0].tolist()
        assert {unit for _, _, _, unit in samples} == {units}
        np.testing.assert_allclose([value for _, value, _, _ in samples], expected, rtol=1e-12)
    assert summary(tmp_path)["telemetry"] == {"delivered": 4 * len(table), "dropped": 0}


def test_by_hand_it_has_defaults_and_takes_a_file(tmp_path: Path) -> None:
    done = fly(tmp_path, None)
    assert (done.returncode, done.stderr) == (0, "")
    assert summary(tmp_path)["job_id"] == "local"
    config = tmp_path / "mine.json"
    config.write_text('{"parameters": {"duration_orbits": 0.01}}')
    command = [sys.executable, str(SCENARIO), "--config", str(config), "--output", str(tmp_path / "by hand")]
    subprocess.run(command, check=True, timeout=120)
    told = json.loads((tmp_path / "by hand/summary.json").read_text())
    assert told["sample_count"] == 6
    assert told["parameters"]["semi_major_axis_m"] == 7_000_000.0


def test_an_empty_home_and_no_display_are_enough(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    done = fly(tmp_path, {**LOW, "duration_orbits": 0.01}, HOME=str(tmp_path / "home"), DISPLAY="")
    assert done.returncode == 0
    assert sorted(path.name for path in (tmp_path / "output").iterdir()) == ARTIFACTS


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"eccentricity": 1.5}, "eccentricity must be at least 0 and less than 1, not 1.5"),
        ({"semi_major_axis_m": -1.0}, "semi_major_axis_m must be more than 0, not -1"),
        ({"duration_orbits": 0.0}, "duration_orbits must be more than 0, not 0"),
        ({"eccentricty": 0.1}, "unknown parameter 'eccentricty'; this scenario takes semi_major_axis_m, eccentricity"),
    ],
)
def test_an_impossible_orbit_is_one_line_and_status_2(tmp_path: Path, change: dict[str, float], message: str) -> None:
    done = fly(tmp_path, {**LOW, **change})
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "output").exists()


def test_a_killed_run_leaves_whole_lines(tmp_path: Path, server: RecordingServer) -> None:
    tmp_path.joinpath("run_config.json").write_text(json.dumps({"parameters": {**LOW, "pace_s_per_step": 0.005}}))
    environment = {
        **os.environ,
        "TETRYX_RUN_CONFIG": str(tmp_path / "run_config.json"),
        "TETRYX_OUTPUT_DIR": str(tmp_path / "output"),
        "TETRYX_TELEMETRY_URL": server.url,
    }
    with subprocess.Popen([sys.executable, str(SCENARIO)], env=environment) as process:

        def kill_it(batch: Any, context: Any) -> Any:  # noqa: ANN401
            process.kill()
            return server.take(batch, context)

        server.report = kill_it
        assert process.wait(timeout=120) == -9
    assert [path.name for path in (tmp_path / "output").iterdir()] == ["trajectory.csv"]
    text = (tmp_path / "output/trajectory.csv").read_text()
    assert text.endswith("\n")
    table = rows(tmp_path)
    assert table.shape[1] == len(HEADER)
    assert 0 < len(table) < 100 * 60
    assert server.samples
