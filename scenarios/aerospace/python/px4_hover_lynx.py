"""A PX4 vehicle takes off, hovers and lands, flown over MAVLink.

Waits until the vehicle is ready, climbs to the run's altitude, holds it, lands and waits until PX4 disarms; leaves
`trajectory.csv`, `flight.png` and `summary.json`. Runs under a Lynx runner, or by hand beside any PX4:

    python px4_hover_lynx.py [--config run_config.json] [--output DIR] [--url udpout:127.0.0.1:14580]

All times are simulated, by the vehicle's own clock, so that it makes no difference how fast the simulator goes.

Exit status: 0 on success, 1 when the flight failed, 2 when it was asked for something that makes no sense.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from lynx_scenario import ParameterValue, RunConfig, RunConfigError, TelemetryClient, atomic_write, output_dir
from px4_hover_record import CSV_HEADER, State, hover_summary, plot
from px4_vehicle import FlightError, Vehicle

URL_VARIABLE = "LYNX_PX4_MAVLINK_URL"
DEFAULT_URL = "udpout:127.0.0.1:14580"
"""The first instance's onboard link."""

INSTANCE_VARIABLE = "LYNX_PX4_INSTANCE"
SPEED_VARIABLE = "LYNX_PX4_SPEED_FACTOR"

DEFAULTS: dict[str, ParameterValue] = {
    "hover_altitude_m": 10.0,
    "hover_duration_s": 15.0,
    # How far from its place, in any direction, the vehicle may be while it hovers.
    "hover_tolerance_m": 2.0,
}

# What the simulator takes from the run's parameters: PX4's own, by their names, and what becomes of a flight's start.
SIMULATOR_PARAMETER = re.compile(r"[A-Z][A-Z0-9_]{0,15}|home_lat_deg|home_lon_deg|home_alt_m|speed_factor")

RATES_HZ = {
    "LOCAL_POSITION_NED": 20,
    "GLOBAL_POSITION_INT": 20,
    "ATTITUDE": 20,
    "SYS_STATUS": 5,
    "EXTENDED_SYS_STATE": 10,
}
"""What is asked for, per simulated second."""

READY_LIMIT_S = 60.0
ARMING_LIMIT_S = 60.0
LANDING_LIMIT_S = 60.0
"""Simulated seconds, the last on top of what the way down takes."""
SETTLED_M, SETTLED_M_S, SETTLED_FOR_S = 0.5, 0.3, 1.0
"""The hover begins once the vehicle is so near to its altitude, and so slow, for so long."""


@dataclass(frozen=True)
class Plan:
    """The flight that a run asks for."""

    hover_altitude_m: float
    hover_duration_s: float
    hover_tolerance_m: float

    @classmethod
    def of(cls, config: RunConfig) -> Plan:
        """Raises `RunConfigError` when there is no such flight."""
        for name in config.parameters:
            if name not in DEFAULTS and not SIMULATOR_PARAMETER.fullmatch(name):
                raise RunConfigError(
                    f"{config.source}: unknown parameter '{name}'; this mission takes {', '.join(DEFAULTS)}, "
                    "and the simulator those of PX4, home_lat_deg, home_lon_deg, home_alt_m and speed_factor"
                )
        plan = cls(**{name: config.number(name) for name in DEFAULTS})
        for name, value in asdict(plan).items():
            if value <= 0:
                raise RunConfigError(f"{config.source}: {name} must be more than 0, not {value:g}")
        return plan


class Flight:
    """One flight, in its phases, and what was seen of it."""

    def __init__(self, plan: Plan, vehicle: Vehicle, telemetry: TelemetryClient, trajectory: TextIO) -> None:
        self.plan = plan
        self.states: list[State] = []
        self.begins_s: dict[str, float] = {}
        self._phase = "waiting"
        self._ground_m: float | None = None
        self._unsettled_s = 0.0
        self._telemetry = telemetry
        self._trajectory = trajectory
        self.vehicle = vehicle
        vehicle.on_position = self._record
        print(CSV_HEADER, file=trajectory)

    def fly(self) -> None:
        """Raises `FlightError` where the vehicle does not do its part."""
        vehicle, plan = self.vehicle, self.plan
        vehicle.wait("the pre-arm checks did not pass", READY_LIMIT_S, lambda: vehicle.is_ready)
        vehicle.choose_messages(RATES_HZ)
        self._enter("takeoff")
        self._ground_m = vehicle.height_m
        nowhere = math.nan
        target_m = vehicle.altitude_m + plan.hover_altitude_m
        vehicle.command("NAV_TAKEOFF", 0, 0, 0, nowhere, nowhere, nowhere, target_m)
        vehicle.command("COMPONENT_ARM_DISARM", 1)
        vehicle.wait("the vehicle did not arm", ARMING_LIMIT_S, lambda: vehicle.is_armed)
        # PX4 climbs at 1 m/s and more; whoever takes four times as long does not get there.
        limit_s = 30 + 4 * plan.hover_altitude_m
        vehicle.wait("the hover altitude was not reached", limit_s, lambda: self._is_settled)
        self._enter("hover")
        end_s = vehicle.time_s + plan.hover_duration_s
        vehicle.wait("the hover did not end", plan.hover_duration_s + 1, lambda: vehicle.time_s >= end_s)
        self._enter("landing")
        vehicle.command("NAV_LAND", 0, 0, 0, nowhere, nowhere, nowhere, 0)
        limit_s = LANDING_LIMIT_S + 4 * plan.hover_altitude_m
        vehicle.wait("the vehicle did not land", limit_s, lambda: vehicle.is_landed)
        self._enter("landed")
        vehicle.wait("the vehicle did not disarm", LANDING_LIMIT_S, lambda: not vehicle.is_armed)
        self._enter("done")
        # A runner takes the end of its own vehicle for the flight's end; a vehicle of somebody else's is left alone.
        if os.environ.get(INSTANCE_VARIABLE):
            vehicle.shut_down()
        worst_m = hover_summary(self.states, plan.hover_altitude_m)["max_error_m"]
        if worst_m > plan.hover_tolerance_m:
            raise FlightError(
                f"strayed {worst_m:.2f} m from its place while hovering; {plan.hover_tolerance_m:g} m are allowed"
            )

    @property
    def _height_m(self) -> float:
        """Above where it took off."""
        return self.vehicle.height_m - self._ground_m if self._ground_m is not None else 0.0

    @property
    def _is_settled(self) -> bool:
        vehicle = self.vehicle
        if not vehicle.is_armed:
            raise FlightError("disarmed before it had reached the hover altitude")
        if abs(self._height_m - self.plan.hover_altitude_m) > SETTLED_M or abs(vehicle.climb_m_s) > SETTLED_M_S:
            self._unsettled_s = vehicle.time_s
        return vehicle.time_s - self._unsettled_s > SETTLED_FOR_S

    def _enter(self, phase: str) -> None:
        self._phase = phase
        self.begins_s[phase] = self.vehicle.time_s
        print(f"{self.vehicle.time_s:8.2f}  {phase}", flush=True)

    def _record(self) -> None:
        vehicle = self.vehicle
        position, attitude = vehicle.last("LOCAL_POSITION_NED"), vehicle.last("ATTITUDE")
        if position is None or attitude is None:
            return
        state = State(
            time_s=position.time_boot_ms / 1000,
            position_m=(position.x, position.y, position.z),
            velocity_m_s=(position.vx, position.vy, position.vz),
            height_m=self._height_m,
            attitude_rad=(attitude.roll, attitude.pitch, attitude.yaw),
            phase=self._phase,
        )
        self.states.append(state)
        self._trajectory.write(state.csv_row() + "\n")
        self._telemetry.emit("hover.tilt_deg", state.tilt_deg, state.time_s, units="deg")
        if self._phase == "hover":
            error_m = state.height_m - self.plan.hover_altitude_m
            self._telemetry.emit("hover.height_error_m", error_m, state.time_s, units="m")


def summary_of(flight: Flight, real_s: float) -> dict[str, object]:
    """What the flight came to, as far as it went."""
    states, begins_s = flight.states, flight.begins_s
    status = flight.vehicle.last("SYS_STATUS")
    simulated_s = states[-1].time_s - states[0].time_s if states else 0.0
    return {
        "sample_count": len(states),
        "phase_begins_s": begins_s,
        "flight_time_s": begins_s.get("landed", flight.vehicle.time_s) - begins_s.get("takeoff", flight.vehicle.time_s),
        "max_height_m": max((state.height_m for state in states), default=0.0),
        "max_tilt_deg": max((state.tilt_deg for state in states), default=0.0),
        "hover": hover_summary(states, flight.plan.hover_altitude_m),
        "battery_remaining_pct": status.battery_remaining if status is not None else None,
        "simulated_time_s": simulated_s,
        "real_time_factor": simulated_s / real_s if real_s > 0 else None,
        "vehicle_said": flight.vehicle.notes,
    }


def run(config: RunConfig, plan: Plan, vehicle: Vehicle, output: Path) -> bool:
    """Flies, and writes the artifacts; False when the flight failed, which `summary.json` then explains."""
    started = time.perf_counter()
    summary: dict[str, object] = {
        "success": False,
        "scenario": "px4_hover",
        "job_id": config.job_id,
        "batch_id": config.batch_id,
        "run_index": config.run_index,
        "seed": config.seed,
        "parameters": dict(config.parameters),
        "speed_factor": float(os.environ.get(SPEED_VARIABLE) or 1),
    }
    try:
        # Line by line, so that a flight that is killed leaves what it had reached.
        with TelemetryClient.from_env() as telemetry, (output / "trajectory.csv").open("w", buffering=1) as trajectory:
            flight = Flight(plan, vehicle, telemetry, trajectory)
            try:
                flight.fly()
                summary["success"] = True
            except FlightError as error:
                print(f"px4_hover_lynx: {error}", file=sys.stderr)
                summary["error"] = str(error)
        summary |= summary_of(flight, time.perf_counter() - started)
        if flight.states:
            title = f"Hover at {plan.hover_altitude_m:.1f} m for {plan.hover_duration_s:.0f} s"
            atomic_write(output / "flight.png", plot(title, flight.states, flight.begins_s, plan.hover_altitude_m))
    except Exception as error:
        traceback.print_exc()
        summary |= {"success": False, "error": f"{type(error).__name__}: {error}"}
    summary["execution_time_s"] = time.perf_counter() - started
    atomic_write(output / "summary.json", json.dumps(summary, indent=2) + "\n")
    return summary["success"] is True


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Lets a PX4 vehicle take off, hover and land.")
    parser.add_argument("--config", metavar="FILE", help="run configuration; else $TETRYX_RUN_CONFIG, else defaults")
    parser.add_argument("--output", metavar="DIR", help="where to write; else $TETRYX_OUTPUT_DIR, else ./output")
    parser.add_argument("--url", help=f"the vehicle's MAVLink; else ${URL_VARIABLE}, else {DEFAULT_URL}")
    parser.add_argument(
        "--real-limit", type=float, default=900, metavar="S", help="real seconds after which it gives up (%(default)s)"
    )
    options = parser.parse_args(arguments)
    url = options.url or os.environ.get(URL_VARIABLE) or DEFAULT_URL
    try:
        config = RunConfig.load(options.config, defaults=DEFAULTS)
        plan = Plan.of(config)
        output = output_dir(options.output)
        vehicle = Vehicle(url, options.real_limit)
    except (RunConfigError, OSError, ValueError) as error:
        print(f"px4_hover_lynx: {error}", file=sys.stderr)
        return 2
    with vehicle:
        return 0 if run(config, plan, vehicle, output) else 1


if __name__ == "__main__":
    sys.exit(main())
