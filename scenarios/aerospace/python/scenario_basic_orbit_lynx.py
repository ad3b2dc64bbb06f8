"""A spacecraft on a two-body orbit around the Earth, simulated by Basilisk.

Reads this run's orbital elements, samples the orbit every 10 s, streams four scalars at each sample and leaves
`trajectory.csv`, `orbit_position.png` and `summary.json`. Runs under a Lynx runner, or by hand:

    python scenario_basic_orbit_lynx.py [--config run_config.json] [--output DIR]

Exit status: 0 on success, 1 when the simulation failed, 2 when it was asked for something that makes no sense.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from Basilisk.simulation import spacecraft
from Basilisk.utilities import SimulationBaseClass, macros, orbitalMotion, simIncludeGravBody

from lynx_scenario import ParameterValue, RunConfig, RunConfigError, TelemetryClient, atomic_write, output_dir
from orbit_plot import orbit_png

SAMPLE_INTERVAL_S = 10
INTEGRATION_STEP_S = 5.0
"""Fourth-order Runge-Kutta at this step stays within millimetres of the two-body solution over a low orbit."""

SAMPLES_AT_ONCE = 20
"""Simulated in one go, in about a millisecond. Entering the simulation for each sample takes longer than the orbit."""

EARTH_MEAN_RADIUS_M = 6_371_000.0
"""Altitudes are above the sphere of this radius."""

DEFAULTS: dict[str, ParameterValue] = {
    "semi_major_axis_m": 7_000_000.0,
    "eccentricity": 0.001,
    "inclination_deg": 33.0,
    "raan_deg": 48.0,
    "arg_perigee_deg": 343.0,
    "true_anomaly_deg": 85.0,
    "duration_orbits": 0.75,
    # Real seconds to wait after each sample, so that a person, or a stopping condition, can follow the run.
    "pace_s_per_step": 0.0,
}

CSV_HEADER = "time_s,r_x_m,r_y_m,r_z_m,v_x_m_s,v_y_m_s,v_z_m_s"


@dataclass(frozen=True)
class Orbit:
    """The elements at the start, with angles in degrees, and how long to follow them."""

    semi_major_axis_m: float
    eccentricity: float
    inclination_deg: float
    raan_deg: float
    arg_perigee_deg: float
    true_anomaly_deg: float
    duration_orbits: float
    pace_s_per_step: float

    @classmethod
    def of(cls, config: RunConfig) -> Orbit:
        """The orbit a configuration asks for. Raises `RunConfigError` when there is no such ellipse."""
        if unknown := sorted(config.parameters.keys() - DEFAULTS.keys()):
            raise RunConfigError(
                f"{config.source}: unknown parameter '{unknown[0]}'; this scenario takes {', '.join(DEFAULTS)}"
            )
        orbit = cls(**{name: config.number(name) for name in DEFAULTS})
        for name, holds, wanted in (
            ("semi_major_axis_m", orbit.semi_major_axis_m > 0, "more than 0"),
            ("eccentricity", 0 <= orbit.eccentricity < 1, "at least 0 and less than 1"),
            ("inclination_deg", 0 <= orbit.inclination_deg <= 180, "between 0 and 180"),
            ("duration_orbits", orbit.duration_orbits > 0, "more than 0"),
            ("pace_s_per_step", orbit.pace_s_per_step >= 0, "at least 0"),
        ):
            if not holds:
                raise RunConfigError(f"{config.source}: {name} must be {wanted}, not {getattr(orbit, name):g}")
        return orbit


@dataclass(frozen=True)
class State:
    """Where the spacecraft is in the Earth-centred inertial frame: m and m/s."""

    time_s: int
    position_m: tuple[float, ...]
    velocity_m_s: tuple[float, ...]

    @property
    def radius_m(self) -> float:
        return math.hypot(*self.position_m)

    @property
    def altitude_m(self) -> float:
        return self.radius_m - EARTH_MEAN_RADIUS_M

    @property
    def speed_m_s(self) -> float:
        return math.hypot(*self.velocity_m_s)

    def energy_j_kg(self, mu: float) -> float:
        """Specific orbital energy; constant on a two-body orbit."""
        return self.speed_m_s**2 / 2 - mu / self.radius_m

    def csv_row(self) -> str:
        # repr is the shortest text that reads back as the same double.
        return ",".join(map(repr, (self.time_s, *self.position_m, *self.velocity_m_s)))


class Simulation:
    """Basilisk set up for one orbit."""

    def __init__(self, orbit: Orbit) -> None:
        self._sim = SimulationBaseClass.SimBaseClass()
        process = self._sim.CreateNewProcess("dynamics")
        process.addTask(self._sim.CreateNewTask("integration", macros.sec2nano(INTEGRATION_STEP_S)))
        self._spacecraft = spacecraft.Spacecraft()
        self._spacecraft.ModelTag = "spacecraft"
        self._sim.AddModelToTask("integration", self._spacecraft)
        self._recorder = self._spacecraft.scStateOutMsg.recorder(macros.sec2nano(SAMPLE_INTERVAL_S))
        self._sim.AddModelToTask("integration", self._recorder)

        # Kept: Basilisk refers to the bodies by address.
        self._gravity = simIncludeGravBody.gravBodyFactory()
        earth = self._gravity.createEarth()
        earth.isCentralBody = True
        self._gravity.addBodiesTo(self._spacecraft)
        self.mu_m3_s2 = float(earth.mu)

        elements = orbitalMotion.ClassicElements()
        elements.a = orbit.semi_major_axis_m
        elements.e = orbit.eccentricity
        elements.i = math.radians(orbit.inclination_deg)
        elements.Omega = math.radians(orbit.raan_deg)
        elements.omega = math.radians(orbit.arg_perigee_deg)
        elements.f = math.radians(orbit.true_anomaly_deg)
        position, velocity = orbitalMotion.elem2rv(self.mu_m3_s2, elements)
        self._spacecraft.hub.r_CN_NInit = position
        self._spacecraft.hub.v_CN_NInit = velocity

        self.period_s = 2 * math.pi * math.sqrt(orbit.semi_major_axis_m**3 / self.mu_m3_s2)
        self.last_time_s = int(orbit.duration_orbits * self.period_s // SAMPLE_INTERVAL_S) * SAMPLE_INTERVAL_S

    def states(self, at_once: int) -> Iterator[list[State]]:
        """The states at 0 s, 10 s, … to the last full interval, in lists of `at_once` as soon as they are computed."""
        self._sim.InitializeSimulation()
        for first_s in range(0, self.last_time_s + 1, at_once * SAMPLE_INTERVAL_S):
            stop_s = min(first_s + (at_once - 1) * SAMPLE_INTERVAL_S, self.last_time_s)
            self._sim.ConfigureStopTime(macros.sec2nano(stop_s))
            self._sim.ExecuteSimulation()
            times_s = range(first_s, stop_s + 1, SAMPLE_INTERVAL_S)
            positions, velocities = self._recorder.r_BN_N.tolist(), self._recorder.v_BN_N.tolist()
            self._recorder.clear()
            yield [State(time, *map(tuple, of)) for time, *of in zip(times_s, positions, velocities, strict=True)]

    def elements(self, state: State) -> dict[str, float]:
        """The osculating elements of a state, named as the parameters are."""
        elements = orbitalMotion.rv2elem(self.mu_m3_s2, np.array(state.position_m), np.array(state.velocity_m_s))
        return {
            "semi_major_axis_m": float(elements.a),
            "eccentricity": float(elements.e),
            "inclination_deg": math.degrees(elements.i),
            "raan_deg": math.degrees(elements.Omega),
            "arg_perigee_deg": math.degrees(elements.omega),
            "true_anomaly_deg": math.degrees(elements.f),
        }


def fly(simulation: Simulation, orbit: Orbit, telemetry: TelemetryClient, trajectory: Path) -> list[State]:
    """Runs the simulation, telling of the states while it goes on."""
    states: list[State] = []
    # Whole lines at a time, so that a run that is killed leaves what it had reached.
    with trajectory.open("w", encoding="ascii", newline="\n", buffering=1) as csv:
        print(CSV_HEADER, file=csv)
        for computed in simulation.states(at_once=1 if orbit.pace_s_per_step else SAMPLES_AT_ONCE):
            states += computed
            csv.write("".join(state.csv_row() + "\n" for state in computed))
            for state in computed:
                time_s = float(state.time_s)
                telemetry.emit("orbit.radius_km", state.radius_m / 1e3, time_s, units="km")
                telemetry.emit("orbit.altitude_km", state.altitude_m / 1e3, time_s, units="km")
                telemetry.emit("orbit.speed_km_s", state.speed_m_s / 1e3, time_s, units="km/s")
                telemetry.emit("orbit.energy_j_kg", state.energy_j_kg(simulation.mu_m3_s2), time_s, units="J/kg")
            if orbit.pace_s_per_step:
                time.sleep(orbit.pace_s_per_step)
    return states


def plot(states: Sequence[State], orbit: Orbit, period_s: float) -> bytes:
    """A PNG of the position's components."""
    title = (
        f"Inertial position: a = {orbit.semi_major_axis_m / 1e3:.1f} km, e = {orbit.eccentricity:.5f}, "
        f"i = {orbit.inclination_deg:.2f}°, period {period_s / 60:.1f} min"
    )
    orbits = [state.time_s / period_s for state in states]
    return orbit_png(title, orbits, [[metres / 1e3 for metres in state.position_m] for state in states])


def summary_of(simulation: Simulation, states: Sequence[State]) -> dict[str, object]:
    """What the run came to."""
    final = states[-1]
    altitudes = [state.altitude_m / 1e3 for state in states]
    return {
        "sample_count": len(states),
        "sample_interval_s": SAMPLE_INTERVAL_S,
        "simulated_time_s": final.time_s,
        "period_s": simulation.period_s,
        "mu_m3_s2": simulation.mu_m3_s2,
        "min_altitude_km": min(altitudes),
        "max_altitude_km": max(altitudes),
        "final_state": {
            **asdict(final),
            "radius_km": final.radius_m / 1e3,
            "altitude_km": final.altitude_m / 1e3,
            "speed_km_s": final.speed_m_s / 1e3,
            "energy_j_kg": final.energy_j_kg(simulation.mu_m3_s2),
            **simulation.elements(final),
        },
    }


def run(config: RunConfig, orbit: Orbit, output: Path) -> bool:
    """Simulates, and writes the three artifacts; False when it failed, which `summary.json` then explains."""
    started = time.perf_counter()
    summary: dict[str, object] = {
        "success": False,
        "scenario": "basic_orbit",
        "job_id": config.job_id,
        "batch_id": config.batch_id,
        "run_index": config.run_index,
        "seed": config.seed,
        "parameters": dict(config.parameters),
    }
    try:
        with TelemetryClient.from_env() as telemetry:
            simulation = Simulation(orbit)
            states = fly(simulation, orbit, telemetry, output / "trajectory.csv")
        summary |= summary_of(simulation, states)
        summary["telemetry"] = {"delivered": telemetry.delivered, "dropped": telemetry.dropped}
        atomic_write(output / "orbit_position.png", plot(states, orbit, simulation.period_s))
        summary["success"] = True
    except Exception as error:
        traceback.print_exc()
        summary["error"] = f"{type(error).__name__}: {error}"
    summary["execution_time_s"] = time.perf_counter() - started
    atomic_write(output / "summary.json", json.dumps(summary, indent=2) + "\n")
    return summary["success"] is True


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Simulates one low Earth orbit with Basilisk.")
    parser.add_argument("--config", metavar="FILE", help="run configuration; else $TETRYX_RUN_CONFIG, else defaults")
    parser.add_argument("--output", metavar="DIR", help="where to write; else $TETRYX_OUTPUT_DIR, else ./output")
    options = parser.parse_args(arguments)
    try:
        config = RunConfig.load(options.config, defaults=DEFAULTS)
        orbit = Orbit.of(config)
        output = output_dir(options.output)
    except (RunConfigError, OSError) as error:
        print(f"scenario_basic_orbit_lynx: {error}", file=sys.stderr)
        return 2
    return 0 if run(config, orbit, output) else 1


if __name__ == "__main__":
    sys.exit(main())
