"""One flight: the vehicle takes off, hovers and lands, and how well it held its place goes into summary.json.

The runner has started a PX4 for this run and waits for the end of this program. Times are simulated, by the vehicle's
own clock.
"""

import json
import math
import os
import sys
from pathlib import Path

from px4_vehicle import FlightError, Vehicle

REAL_LIMIT_S = 240
"""Real seconds after which it gives up by itself, before job_timeout_seconds ends it without a reason."""
SETTLED_M, SETTLED_M_S = 0.5, 0.3
"""The hover begins when the vehicle is so near to its altitude, and so slow."""


def fly(vehicle: Vehicle, altitude_m: float, hover_s: float) -> dict[str, float]:
    """The numbers of the flight. Raises `FlightError` where the vehicle does not do its part."""
    nowhere = math.nan
    vehicle.wait("the pre-arm checks did not pass", 60, lambda: vehicle.is_ready)
    vehicle.choose_messages({"LOCAL_POSITION_NED": 20, "GLOBAL_POSITION_INT": 10, "EXTENDED_SYS_STATE": 10})
    ground_m, began_s = vehicle.height_m, vehicle.time_s

    def height_error_m() -> float:
        return abs(vehicle.height_m - ground_m - altitude_m)

    vehicle.command("NAV_TAKEOFF", 0, 0, 0, nowhere, nowhere, nowhere, vehicle.altitude_m + altitude_m)
    vehicle.command("COMPONENT_ARM_DISARM", 1)
    vehicle.wait("the vehicle did not arm", 60, lambda: vehicle.is_armed)
    vehicle.wait(
        "the altitude was not reached",
        30 + 4 * altitude_m,
        lambda: height_error_m() < SETTLED_M and abs(vehicle.climb_m_s) < SETTLED_M_S,
    )

    place_m = position_m(vehicle)
    errors_m, drifts_m = [height_error_m()], [0.0]

    def watch() -> None:
        errors_m.append(height_error_m())
        drifts_m.append(math.dist(position_m(vehicle), place_m))

    vehicle.on_position = watch
    end_s = vehicle.time_s + hover_s
    vehicle.wait("the hover did not end", hover_s + 1, lambda: vehicle.time_s >= end_s)
    vehicle.on_position = lambda: None

    vehicle.command("NAV_LAND", 0, 0, 0, nowhere, nowhere, nowhere, 0)
    vehicle.wait("the vehicle did not land", 60 + 4 * altitude_m, lambda: vehicle.is_landed)
    flight_time_s = vehicle.time_s - began_s
    vehicle.wait("the vehicle did not disarm", 60, lambda: not vehicle.is_armed)
    vehicle.shut_down()
    return {"max_height_error_m": max(errors_m), "max_drift_m": max(drifts_m), "flight_time_s": flight_time_s}


def position_m(vehicle: Vehicle) -> tuple[float, float]:
    """North and east of where the estimator began, in m."""
    position = vehicle.last("LOCAL_POSITION_NED")
    return (position.x, position.y) if position is not None else (0.0, 0.0)


def main() -> int:
    """Exit status: 0 after a flight as it should be, else 1, with the reason on standard error."""
    parameters = json.loads(Path(os.environ["TETRYX_RUN_CONFIG"]).read_text(encoding="utf-8"))["parameters"]
    with Vehicle(os.environ["LYNX_PX4_MAVLINK_URL"], REAL_LIMIT_S) as vehicle:
        try:
            summary = fly(vehicle, parameters["altitude_m"], parameters["hover_s"])
        except FlightError as error:
            print(f"mission: {error}", file=sys.stderr)
            return 1
    text = json.dumps(summary, indent=2)
    (Path(os.environ["TETRYX_OUTPUT_DIR"]) / "summary.json").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
