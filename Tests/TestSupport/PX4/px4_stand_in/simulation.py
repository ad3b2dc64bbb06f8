"""Simulated time against real time, and everything that happens in it."""

from __future__ import annotations

import os
import selectors
import signal
import time
from pathlib import Path

from .autopilot import Autopilot
from .flight_log import FlightLog
from .link import Link
from .messages import GROUND_RATES, ONBOARD_RATES, Place
from .parameters import Parameters
from .vehicle import Vehicle

TICK_S = 0.02
"""Real seconds between two rounds of sending: no message goes more often, however fast simulated time is."""


class Simulation:
    def __init__(self, parameters: Parameters, instance: int, speed_factor: float) -> None:
        self.is_ending = False
        self._parameters = parameters
        self._speed = speed_factor * (parameters["SIM_FAULT_SLOW"] or 1)
        self._vehicle = Vehicle(parameters)
        self._home = Place(parameters["SIH_LOC_LAT0"], parameters["SIH_LOC_LON0"])
        system_id = int(parameters["MAV_SYS_ID"])
        self._autopilot = Autopilot(self._vehicle, parameters, self._home, system_id)
        onboard_remote = 14549 if instance > 9 else 14540 + instance
        self._links = [
            Link(18570 + instance, 14550, system_id, GROUND_RATES, parameters["SIM_FAULT_GCS"] != 0),
            Link(14580 + instance, onboard_remote, system_id, ONBOARD_RATES),
            Link(14280 + instance, 14030 + instance, system_id, {}),
            Link(13030 + instance, 13280 + instance, system_id, {}),
            Link(19450 + instance, 19410 + instance, system_id, {}),
        ]
        self._log: FlightLog | None = None
        self._has_timed_out = False

    def run(self) -> None:
        """Returns when it is to end."""
        selector = selectors.DefaultSelector()
        for link in self._links:
            if link.socket is not None:
                selector.register(link.socket, selectors.EVENT_READ, link)
        if not self._parameters["SIM_FAULT_LOG"]:
            self._log = FlightLog(Path.cwd(), self._parameters, self._vehicle)
        began = next_tick = time.monotonic()
        announced = False
        while not self.is_ending:
            for key, _ in selector.select(max(0.0, next_tick - time.monotonic())):
                for message in key.data.received():
                    self._autopilot.answer(message, key.data)
            if self._autopilot.is_shut_down:
                print("Powering off NOW.Exiting NOW.", flush=True)
                break
            now = time.monotonic()
            if now < next_tick:
                continue
            next_tick = now + TICK_S
            self._advance((now - began) * self._speed)
            for link in self._links:
                link.stream(self._vehicle, self._home)
            if self._vehicle.is_ready and not announced:
                announced = True
                print("INFO  [commander] Ready for takeoff!", flush=True)
        if self._log is not None:
            self._log.close()

    def _advance(self, until_s: float) -> None:
        vehicle = self._vehicle
        while vehicle.time_s < until_s:
            was_armed = vehicle.is_armed
            vehicle.step()
            self._fail(vehicle.time_s)
            if self._log is not None:
                self._log.record(vehicle)
                if was_armed and not vehicle.is_armed:
                    self._log.close()

    def _fail(self, time_s: float) -> None:
        """What the flight was asked to suffer, when its time has come."""
        if self._is_due("SIM_FAULT_DIE", time_s):
            os.kill(os.getpid(), signal.SIGKILL)
        if self._is_due("SIM_FAULT_EXIT", time_s):
            self.is_ending = True
        if (
            self._is_due("SIM_FAULT_TOUT", self._vehicle.time_aloft_s)
            and self._log is not None
            and not self._has_timed_out
        ):
            self._has_timed_out = True
            self._log.say(time_s, "[sensors] Accel #0 fail:  TIMEOUT!\t")
        if self._is_due("SIM_FAULT_LINK", time_s):
            for link in self._links:
                link.is_silent = True
        if self._is_due("SIM_FAULT_STILL", time_s):
            for link in self._links:
                link.stand_still()

    def _is_due(self, name: str, time_s: float) -> bool:
        return 0 < self._parameters[name] <= time_s
