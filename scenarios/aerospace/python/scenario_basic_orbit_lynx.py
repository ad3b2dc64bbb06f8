"""A spacecraft on a two-body orbit around the Earth, simulated by Basilisk.

Reads this run's orbital elements, samples the orbit every 10 s, streams four scalars at each sample and leaves
`trajectory.csv`, `orbit_position.png` and `summary.json`. Runs under a Lynx runner, or by hand:

    python scenario_basic_orbit_lynx.py [--config run_config.json] [--output DIR]

Exit status: 0 on success, 1 when the simulation failed, 2 when it was asked for something that makes no sense.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from lynx_scenario import RunConfig, RunConfigError, TelemetryClient, atomic_write, output_dir
from orbit_plot import plot_position
from orbit_simulation import DEFAULTS, SAMPLE_INTERVAL_S, Orbit, Simulation, State

CSV_HEADER = "time_s,r_x_m,r_y_m,r_z_m,v_x_m_s,v_y_m_s,v_z_m_s"


def fly(simulation: Simulation, telemetry: TelemetryClient, trajectory: Path, pace_s: float) -> list[State]:
    """Runs the simulation, telling of the states while it goes on."""
    states: list[State] = []
    # Line by line, so that a run that is killed leaves what it had reached.
    with trajectory.open("w", encoding="ascii", newline="\n", buffering=1) as csv:
        print(CSV_HEADER, file=csv)
        for state in simulation.states():
            states.append(state)
            print(state.csv_row(), file=csv)
            time_s = float(state.time_s)
            telemetry.emit("orbit.radius_km", state.radius_m / 1e3, time_s, units="km")
            telemetry.emit("orbit.altitude_km", state.altitude_m / 1e3, time_s, units="km")
            telemetry.emit("orbit.speed_km_s", state.speed_m_s / 1e3, time_s, units="km/s")
            telemetry.emit("orbit.energy_j_kg", state.energy_j_kg(simulation.mu_m3_s2), time_s, units="J/kg")
            if pace_s:
                time.sleep(pace_s)
    return states


def plot(path: Path, states: Sequence[State], orbit: Orbit, period_s: float) -> None:
    """Writes a PNG of the position's components."""
    title = (
        f"Inertial position: a = {orbit.semi_major_axis_m / 1e3:.1f} km, e = {orbit.eccentricity:.5f}, "
        f"i = {orbit.inclination_deg:.2f}°, period {period_s / 60:.1f} min"
    )
    orbits = [state.time_s / period_s for state in states]
    plot_position(path, title, orbits, [[metres / 1e3 for metres in state.position_m] for state in states])


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
            states = fly(simulation, telemetry, output / "trajectory.csv", orbit.pace_s_per_step)
        summary |= summary_of(simulation, states)
        summary["telemetry"] = {"delivered": telemetry.delivered, "dropped": telemetry.dropped}
        plot(output / "orbit_position.png", states, orbit, simulation.period_s)
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
