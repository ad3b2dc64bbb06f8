"""The messages that a vehicle streams."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from pymavlink.dialects.v20 import common

from .vehicle import SENSORS, Vehicle

CELLS = 4
CELL_FULL_V, CELL_EMPTY_V = 4.05, 3.5
EARTH_RADIUS_M = 6_371_000.0

Builder = Callable[[Vehicle, "Place"], common.MAVLink_message]


class Place:
    """Where the vehicle started."""

    def __init__(self, latitude_deg: float, longitude_deg: float) -> None:
        self.latitude_deg = latitude_deg
        self.longitude_deg = longitude_deg

    def moved(self, north_m: float, east_m: float) -> tuple[int, int]:
        """Latitude and longitude there, in 1e-7 degrees."""
        latitude = self.latitude_deg + math.degrees(north_m / EARTH_RADIUS_M)
        shrink = math.cos(math.radians(self.latitude_deg))
        longitude = self.longitude_deg + math.degrees(east_m / EARTH_RADIUS_M / max(shrink, 1e-6))
        return round(latitude * 1e7), round(longitude * 1e7)


def _milliseconds(vehicle: Vehicle) -> int:
    return round(vehicle.time_s * 1000)


def heartbeat(vehicle: Vehicle, _: Place) -> common.MAVLink_message:
    mode = vehicle.mode.value << 24 | 4 << 16
    return common.MAVLink_heartbeat_message(2, 12, 29 + 128 * vehicle.is_armed, mode, 4 if vehicle.is_armed else 3, 3)


def sys_status(vehicle: Vehicle, _: Place) -> common.MAVLink_message:
    return common.MAVLink_sys_status_message(
        SENSORS, SENSORS, vehicle.health, 200, _millivolts(vehicle), -1, round(100 * vehicle.battery), 0, 0, 0, 0, 0, 0
    )


def _millivolts(vehicle: Vehicle) -> int:
    return round(1000 * CELLS * (CELL_EMPTY_V + (CELL_FULL_V - CELL_EMPTY_V) * vehicle.battery))


def system_time(vehicle: Vehicle, _: Place) -> common.MAVLink_message:
    return common.MAVLink_system_time_message(int(time.time() * 1e6), _milliseconds(vehicle))


def attitude(vehicle: Vehicle, _: Place) -> common.MAVLink_message:
    return common.MAVLink_attitude_message(_milliseconds(vehicle), vehicle.roll_rad, -vehicle.roll_rad, 0, 0, 0, 0)


def local_position(vehicle: Vehicle, _: Place) -> common.MAVLink_message:
    north, east = vehicle.sway_m
    return common.MAVLink_local_position_ned_message(
        _milliseconds(vehicle), north, east, -vehicle.height_m, 0, 0, -vehicle.climb_m_s
    )


def global_position(vehicle: Vehicle, home: Place) -> common.MAVLink_message:
    latitude, longitude = home.moved(*vehicle.sway_m)
    return common.MAVLink_global_position_int_message(
        _milliseconds(vehicle),
        latitude,
        longitude,
        round(1000 * (vehicle.home_altitude_m + vehicle.height_m)),
        round(1000 * vehicle.height_m),
        0,
        0,
        round(-100 * vehicle.climb_m_s),
        0,
    )


def vfr_hud(vehicle: Vehicle, _: Place) -> common.MAVLink_message:
    altitude = vehicle.home_altitude_m + vehicle.height_m
    return common.MAVLink_vfr_hud_message(math.nan, 0, 0, 50 * vehicle.is_armed, altitude, vehicle.climb_m_s)


def battery_status(vehicle: Vehicle, _: Place) -> common.MAVLink_message:
    voltages = [_millivolts(vehicle)] + [0xFFFF] * 9
    return common.MAVLink_battery_status_message(0, 1, 1, 32767, voltages, -1, -1, -1, round(100 * vehicle.battery))


def extended_sys_state(vehicle: Vehicle, _: Place) -> common.MAVLink_message:
    return common.MAVLink_extended_sys_state_message(0, vehicle.landed_state.value)


def estimator_status(vehicle: Vehicle, home: Place) -> common.MAVLink_message:
    """What no sensor helps with has no ratio: position without GPS, and heading near a pole."""
    time_us = round(vehicle.time_s * 1e6)
    horizontal = 0.03 if vehicle.has_gps else math.nan
    heading = 0.07 if abs(home.latitude_deg) < 89 else math.nan
    return common.MAVLink_estimator_status_message(
        time_us, 1023, horizontal, horizontal, 0.01, heading, 0.01, math.nan, 0.3, 0.1
    )


def highres_imu(vehicle: Vehicle, _: Place) -> common.MAVLink_message:
    time_us = round(vehicle.time_s * 1e6)
    return common.MAVLink_highres_imu_message(
        time_us, 0, 0, -9.81, 0, 0, 0, 0.21, 0, 0.43, 955.9, 0, vehicle.home_altitude_m + vehicle.height_m, 15, 63
    )


def mission_current(_: Vehicle, __: Place) -> common.MAVLink_message:
    return common.MAVLink_mission_current_message(0)


BUILDERS: dict[int, Builder] = {
    common.MAVLINK_MSG_ID_HEARTBEAT: heartbeat,
    common.MAVLINK_MSG_ID_SYS_STATUS: sys_status,
    common.MAVLINK_MSG_ID_SYSTEM_TIME: system_time,
    common.MAVLINK_MSG_ID_ATTITUDE: attitude,
    common.MAVLINK_MSG_ID_LOCAL_POSITION_NED: local_position,
    common.MAVLINK_MSG_ID_GLOBAL_POSITION_INT: global_position,
    common.MAVLINK_MSG_ID_VFR_HUD: vfr_hud,
    common.MAVLINK_MSG_ID_BATTERY_STATUS: battery_status,
    common.MAVLINK_MSG_ID_EXTENDED_SYS_STATE: extended_sys_state,
    common.MAVLINK_MSG_ID_ESTIMATOR_STATUS: estimator_status,
    common.MAVLINK_MSG_ID_HIGHRES_IMU: highres_imu,
    common.MAVLINK_MSG_ID_MISSION_CURRENT: mission_current,
}

_ALWAYS = {"HEARTBEAT": 1.0, "BATTERY_STATUS": 0.5}
_GROUND = _ALWAYS | {
    "SYS_STATUS": 1.0,
    "EXTENDED_SYS_STATE": 1.0,
    "SYSTEM_TIME": 1.0,
    "ATTITUDE": 50.0,
    "LOCAL_POSITION_NED": 50.0,
    "GLOBAL_POSITION_INT": 50.0,
    "VFR_HUD": 4.0,
    "ESTIMATOR_STATUS": 0.5,
}
_ONBOARD = _ALWAYS | {
    "SYS_STATUS": 5.0,
    "EXTENDED_SYS_STATE": 5.0,
    "SYSTEM_TIME": 1.0,
    "ATTITUDE": 100.0,
    "GLOBAL_POSITION_INT": 50.0,
    "HIGHRES_IMU": 50.0,
    "LOCAL_POSITION_NED": 30.0,
    "VFR_HUD": 10.0,
    "ESTIMATOR_STATUS": 1.0,
}


def _by_id(rates: dict[str, float]) -> dict[int, float]:
    return {int(getattr(common, f"MAVLINK_MSG_ID_{name}")): rate for name, rate in rates.items()}


GROUND_RATES, ONBOARD_RATES = _by_id(_GROUND), _by_id(_ONBOARD)
"""Messages per simulated second that the two links begin with."""
