"""A PX4 vehicle on a MAVLink link: what it last said, and the means to hear more and to tell it something.

Limits are in simulated time, by the vehicle's own clock. Two in real time see to it that nothing here waits for ever:
how long that clock may stand still, and how long all may take.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

# Chosen before pymavlink is imported: the messages of today's vehicles.
os.environ.setdefault("MAVLINK20", "1")
from pymavlink import mavutil
from pymavlink.dialects.v20 import common as mavlink

STANDSTILL_S = 60.0
"""Real seconds in which the vehicle's clock has to move; an engine gives up earlier, and knows better why."""
GRACE_S = 5.0
"""Real seconds that go by before any limit counts: on a busy machine simulated time runs away from whoever listens."""
COMMAND_LIMIT_S = 60.0
COMMAND_RETRY_S = 1.0

UNUSED = (
    "ALTITUDE",
    "ATTITUDE_QUATERNION",
    "ATTITUDE_TARGET",
    "DISTANCE_SENSOR",
    "GPS_RAW_INT",
    "HIGHRES_IMU",
    "ODOMETRY",
    "POSITION_TARGET_LOCAL_NED",
    "SERVO_OUTPUT_RAW",
    "TIMESYNC",
    "VFR_HUD",
)
"""What PX4 sends without being asked, often, and nobody here reads."""


class FlightError(Exception):
    """The vehicle did not do what it was told; the message says what."""


class Vehicle:
    """What the vehicle last said, by message, and the means to hear more and to tell it something."""

    def __init__(self, url: str, real_limit_s: float) -> None:
        """Raises `OSError` or `ValueError` for a URL that cannot be opened."""
        self._link = mavutil.mavlink_connection(url, source_system=254, source_component=1, dialect="common")
        self._last: dict[str, mavlink.MAVLink_message] = {}
        self._next_greeting = 0.0
        self._moved_at = time.monotonic()
        self._end_at = self._moved_at + real_limit_s
        self._system = 0
        self.on_position: Callable[[], None] = lambda: None
        self.time_s = 0.0
        self.notes: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._link.close()

    def last(self, name: str) -> mavlink.MAVLink_message | None:
        return self._last.get(name)

    def hear(self) -> mavlink.MAVLink_message | None:
        """The next message, if one comes soon. Raises `FlightError` when the vehicle is gone, or time is up."""
        now = time.monotonic()
        if now > self._end_at:
            raise FlightError("the flight took too long in real time")
        if now - self._moved_at > STANDSTILL_S:
            raise FlightError(f"the vehicle's clock was not heard to move for {STANDSTILL_S:g} s")
        if now >= self._next_greeting:
            # As an onboard computer: the loss of one, at the end, is no emergency.
            self._link.mav.heartbeat_send(mavlink.MAV_TYPE_ONBOARD_CONTROLLER, mavlink.MAV_AUTOPILOT_INVALID, 0, 0, 4)
            self._next_greeting = now + 1
        message = self._link.recv_match(blocking=True, timeout=0.2)
        if message is None or message.get_srcComponent() != mavlink.MAV_COMP_ID_AUTOPILOT1:
            return None
        self._note(message)
        return message

    def _note(self, message: mavlink.MAVLink_message) -> None:
        name = message.get_type()
        self._last[name] = message
        self._system = message.get_srcSystem()
        if getattr(message, "time_boot_ms", 0) > 1000 * self.time_s:
            self.time_s = message.time_boot_ms / 1000
            self._moved_at = time.monotonic()
        if name == "STATUSTEXT":
            self.notes.append(message.text.strip())
            print(f"{self.time_s:8.2f}  {message.text.strip()}", flush=True)
        if name == "LOCAL_POSITION_NED":
            self.on_position()

    def wait(self, what: str, limit_s: float, holds: Callable[[], bool]) -> None:
        """Listens until something holds. Raises `FlightError` when it does not within so many simulated seconds."""
        while self.time_s == 0:
            self.hear()
        is_over = self._limit(limit_s)
        while not holds():
            if is_over():
                raise FlightError(f"{what}: not within {limit_s:g} simulated seconds{self._last_note}")
            self.hear()

    def command(self, name: str, *parameters: float, limit_s: float = COMMAND_LIMIT_S) -> None:
        """Tells it again and again until it agrees. Raises `FlightError` when it does not."""
        number = getattr(mavlink, f"MAV_CMD_{name}")
        answer = "no answer"
        is_over, next_s = self._limit(limit_s), self.time_s
        while True:
            if self.time_s >= next_s:
                self._send_command(number, *parameters)
                next_s = self.time_s + COMMAND_RETRY_S
            message = self.hear()
            if message is not None and message.get_type() == "COMMAND_ACK" and message.command == number:
                if message.result in (mavlink.MAV_RESULT_ACCEPTED, mavlink.MAV_RESULT_IN_PROGRESS):
                    return
                answer = mavlink.enums["MAV_RESULT"][message.result].name
            if is_over():
                raise FlightError(f"{name} was refused for {limit_s:g} simulated seconds: {answer}{self._last_note}")

    def choose_messages(self, rates_hz: Mapping[str, float]) -> None:
        """Asks for messages, so often per simulated second, and turns off what nobody reads.

        Sends once, without waiting for answers: a message more or less fails no flight.
        """
        for name, interval_us in (
            dict.fromkeys(UNUSED, -1.0) | {name: 1e6 / rate for name, rate in rates_hz.items()}
        ).items():
            message = getattr(mavlink, f"MAVLINK_MSG_ID_{name}")
            self._send_command(mavlink.MAV_CMD_SET_MESSAGE_INTERVAL, message, interval_us)

    def shut_down(self) -> None:
        """Ends a simulated vehicle that is disarmed, so that it does not run on beside what is left to do.

        Sends once, without waiting for an answer: a vehicle that stays costs time and fails no flight.
        """
        power_off = 2
        self._send_command(mavlink.MAV_CMD_PREFLIGHT_REBOOT_SHUTDOWN, power_off)

    def _send_command(self, number: int, *parameters: float) -> None:
        filled = [*parameters, *[0.0] * (7 - len(parameters))]
        self._link.mav.command_long_send(self._system, mavlink.MAV_COMP_ID_AUTOPILOT1, number, 0, *filled)

    def _limit(self, limit_s: float) -> Callable[[], bool]:
        """Whether so many simulated seconds have gone by from now, and the grace as well."""
        end_s, grace_ends_at = self.time_s + limit_s, time.monotonic() + GRACE_S
        return lambda: self.time_s > end_s and time.monotonic() > grace_ends_at

    @property
    def _last_note(self) -> str:
        return f"; the vehicle said: {self.notes[-1]}" if self.notes else ""

    @property
    def is_ready(self) -> bool:
        status = self.last("SYS_STATUS")
        return (
            status is not None
            and bool(status.onboard_control_sensors_health & mavlink.MAV_SYS_STATUS_PREARM_CHECK)
            and self.last("LOCAL_POSITION_NED") is not None
            and self.last("GLOBAL_POSITION_INT") is not None
        )

    @property
    def is_armed(self) -> bool:
        heartbeat = self.last("HEARTBEAT")
        return heartbeat is not None and bool(heartbeat.base_mode & mavlink.MAV_MODE_FLAG_SAFETY_ARMED)

    @property
    def is_landed(self) -> bool:
        state = self.last("EXTENDED_SYS_STATE")
        return state is not None and state.landed_state == mavlink.MAV_LANDED_STATE_ON_GROUND

    @property
    def altitude_m(self) -> float:
        """Above mean sea level."""
        position = self.last("GLOBAL_POSITION_INT")
        return position.alt / 1000 if position is not None else 0.0

    @property
    def height_m(self) -> float:
        """Above where the estimator began. PX4's altitude above home jumps instead, as it moves home in flight."""
        position = self.last("LOCAL_POSITION_NED")
        return -position.z if position is not None else 0.0

    @property
    def climb_m_s(self) -> float:
        position = self.last("LOCAL_POSITION_NED")
        return -position.vz if position is not None else 0.0
