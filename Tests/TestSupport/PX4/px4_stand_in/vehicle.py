"""The vehicle: a point on a vertical line, which arms, climbs, hovers, comes down and disarms."""

from __future__ import annotations

import math
from enum import Enum

from .parameters import Parameters

STEP_S = 0.02
"""Simulated seconds that the vehicle is moved on by at a time."""

READY_AT_S = 4.5
BATTERY_ENERGY_FLOOR = 0.5
GRAVITY_M_S2 = 9.81
MAX_ACCELERATION_M_S2 = 3.0
SLOW_LANDING_BELOW_M = 5.0
ACCEPTED, TEMPORARILY_REJECTED = 0, 1
"""MAV_RESULT"""

GPS, POSITION, ATTITUDE = 0x20, 0x4000, 0x200000
SENSORS = 0x01 | 0x02 | 0x04 | 0x08 | GPS | POSITION | ATTITUDE
"""Gyro, accelerometer, magnetometer, barometer, GPS and what is estimated of them: MAV_SYS_STATUS_SENSOR."""
PREARM = 0x10000000


class Mode(Enum):
    """The sub-mode of PX4's main mode AUTO."""

    TAKEOFF = 2
    LOITER = 3
    LAND = 6


class LandedState(Enum):
    ON_GROUND = 1
    IN_AIR = 2
    TAKEOFF = 3
    LANDING = 4


class Vehicle:
    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self.time_s = 0.0
        self.time_aloft_s = 0.0
        self.height_m = 0.0
        self.climb_m_s = 0.0
        self.is_armed = False
        self.was_flown = False
        self.mode = Mode.LOITER
        self.battery = 1.0
        self.home_altitude_m = parameters["SIH_LOC_H0"]
        self._target_m = 0.0
        self._idle_s = 0.0
        self._lost_sensor = 0
        self._mass_kg = max(parameters["SIH_MASS"], 1e-6)
        self._thrust_n = 4 * parameters["SIH_T_MAX"]

    @property
    def is_ready(self) -> bool:
        """The pre-arm checks pass."""
        return (
            self.time_s >= READY_AT_S
            and not self._lost_sensor
            and self.has_gps
            and self._parameters["SIH_MASS"] > 0
            and self._parameters["SIM_FAULT_BOOT"] != 2
        )

    @property
    def has_gps(self) -> bool:
        return self._parameters["SIM_GPS_USED"] >= 4

    @property
    def health(self) -> int:
        unhealthy = self._lost_sensor | (0 if self.has_gps else GPS)
        if not self.has_gps or self.time_s < READY_AT_S:
            unhealthy |= POSITION
        if not self._parameters["SIH_MASS"] > 0:
            unhealthy |= ATTITUDE
        return (SENSORS & ~unhealthy) | (PREARM if self.is_ready else 0)

    @property
    def is_on_ground(self) -> bool:
        return self.height_m <= 0

    @property
    def landed_state(self) -> LandedState:
        if self.is_on_ground:
            return LandedState.ON_GROUND
        return {Mode.TAKEOFF: LandedState.TAKEOFF, Mode.LAND: LandedState.LANDING}.get(self.mode, LandedState.IN_AIR)

    @property
    def sway_m(self) -> tuple[float, float]:
        """North and east of home: what a vehicle does that holds its position."""
        part = min(self.height_m / 2, 1)
        return 0.15 * part * math.sin(0.7 * self.time_s), 0.1 * part * math.sin(0.9 * self.time_s + 1)

    @property
    def roll_rad(self) -> float:
        return 0.01 * math.sin(1.3 * self.time_s) if self.is_armed else 0.0

    def arm(self) -> int:
        """MAV_RESULT"""
        if bit := int(self._parameters["SIM_FAULT_SENS"]):
            self._lost_sensor = bit
        if self._lost_sensor or not self.is_ready:
            return TEMPORARILY_REJECTED
        self.is_armed = True
        self._idle_s = 0
        return ACCEPTED

    def disarm(self) -> int:
        if not self.is_on_ground:
            return TEMPORARILY_REJECTED
        self.is_armed = False
        return ACCEPTED

    def take_off(self, altitude_amsl_m: float) -> int:
        if not self.is_ready:
            return TEMPORARILY_REJECTED
        default = self.home_altitude_m + self._parameters["MIS_TAKEOFF_ALT"]
        self._target_m = (altitude_amsl_m if math.isfinite(altitude_amsl_m) else default) - self.home_altitude_m
        self.mode = Mode.TAKEOFF
        return ACCEPTED

    def land(self) -> int:
        self.mode = Mode.LAND
        return ACCEPTED

    def step(self) -> None:
        self.time_s += STEP_S
        if not self.is_armed:
            return
        self.battery = max(BATTERY_ENERGY_FLOOR, self.battery - STEP_S / max(self._parameters["SIM_BAT_DRAIN"], 1) / 10)
        self._move(self._wanted_climb())
        if self.is_on_ground:
            self._idle_s += STEP_S
            limit = "COM_DISARM_LAND" if self.was_flown else "COM_DISARM_PRFLT"
            if self.mode is not Mode.TAKEOFF and 0 < self._parameters[limit] <= self._idle_s:
                self.is_armed = False
        else:
            self._idle_s = 0
            self.time_aloft_s += STEP_S
            self.was_flown = True

    def _wanted_climb(self) -> float:
        if self.mode is Mode.LAND:
            fast, slow = self._parameters["MPC_Z_VEL_MAX_DN"], self._parameters["MPC_LAND_SPEED"]
            return -(fast if self.height_m > SLOW_LANDING_BELOW_M else slow)
        if self._parameters["SIM_FAULT_CLIMB"] and self.was_flown:
            return self._parameters["MPC_Z_VEL_MAX_UP"]
        missing = self._target_m - self.height_m
        if self.mode is Mode.TAKEOFF and missing < 0.1 and self.was_flown:
            self.mode = Mode.LOITER
        if self.is_on_ground and self.mode is not Mode.TAKEOFF:
            return 0
        return max(-1.0, min(missing, self._parameters["MPC_TKO_SPEED"]))

    def _move(self, wanted_m_s: float) -> None:
        # The weight is all that pulls it down, and what the rotors have above it all that lifts it.
        lift = min(MAX_ACCELERATION_M_S2, self._thrust_n / self._mass_kg - GRAVITY_M_S2)
        change = max(-MAX_ACCELERATION_M_S2 * STEP_S, min(wanted_m_s - self.climb_m_s, lift * STEP_S))
        self.climb_m_s += change
        self.height_m += self.climb_m_s * STEP_S
        if self.height_m <= 0:
            self.height_m = 0
            self.climb_m_s = max(self.climb_m_s, 0)
