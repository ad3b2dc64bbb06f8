"""The vehicle's parameters: the build's list, the airframe's defaults, and what the environment sets."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PREFIX = "PX4_PARAM_"
INT32, REAL32 = 6, 9
"""MAV_PARAM_TYPE"""

AIRFRAME_DEFAULTS: dict[str, float] = {"BAT1_N_CELLS": 4, "COM_RC_IN_MODE": 1, "SDLOG_MODE": 1, "SENS_EN_BAROSIM": 1}
"""They hold where a parameter was not given, and where it was given the value that the firmware has for it anyway."""

LOSS_TIMES = {"COM_DL_LOSS_T": 10, "COM_RC_LOSS_T": 1, "COM_OF_LOSS_T": 1, "COM_OBC_LOSS_T": 5}
"""What the start script multiplies with the speed factor."""

HOME = {"PX4_HOME_LAT": "SIH_LOC_LAT0", "PX4_HOME_LON": "SIH_LOC_LON0", "PX4_HOME_ALT": "SIH_LOC_H0"}


@dataclass(frozen=True)
class Definition:
    name: str
    is_float: bool
    default: float

    def of(self, text: str) -> float:
        """As the firmware reads a text: what is no number is 0."""
        try:
            return self.rounded(float(text))
        except (ValueError, OverflowError):
            return 0

    def rounded(self, value: float) -> float:
        """The value that a parameter of this type can have."""
        return float(struct.unpack("<f", struct.pack("<f", value))[0]) if self.is_float else int(value)


class Parameters:
    """All parameters of the build's list, in its order, by name."""

    def __init__(self, etc: Path) -> None:
        entries = json.loads((etc / "extras/parameters.json").read_text(encoding="utf-8"))["parameters"]
        self.definitions = {
            entry["name"]: Definition(entry["name"], entry["type"] == "Float", entry["default"]) for entry in entries
        }
        self.names = list(self.definitions)
        self._given: dict[str, float] = {}

    def __contains__(self, name: object) -> bool:
        return name in self.definitions

    def __getitem__(self, name: str) -> float:
        definition = self.definitions[name]
        return definition.rounded(self._given.get(name, AIRFRAME_DEFAULTS.get(name, definition.default)))

    def set(self, name: str, value: float) -> None:
        """What equals the firmware's own default is as if it were not set, so that the airframe's holds."""
        definition = self.definitions[name]
        if name == "SIM_FAULT_PARAM":
            return
        if definition.rounded(value) == definition.rounded(definition.default):
            self._given.pop(name, None)
        else:
            self._given[name] = definition.rounded(value)

    def load(self, environment: Mapping[str, str], instance: int, speed_factor: float | None) -> None:
        """What the start script does with parameters, in its order."""
        for variable, text in environment.items():
            if not variable.startswith(PREFIX):
                continue
            name = variable.removeprefix(PREFIX)
            if name in self:
                before = self[name]
                self.set(name, self.definitions[name].of(text))
                print(f"  {name}: curr: {before:g} -> new: {self[name]:g}", flush=True)
            else:
                print(f"ERROR [param] Parameter {name} not found.", flush=True)
        self.set("MAV_SYS_ID", instance + 1)
        if speed_factor is not None:
            for name, seconds in LOSS_TIMES.items():
                self.set(name, seconds * speed_factor)
        self.set("SIH_VEHICLE_TYPE", 0)
        for variable, name in HOME.items():
            if environment.get(variable):
                self.set(name, self.definitions[name].of(environment[variable]))

    def wire(self, name: str) -> tuple[float, int]:
        """The value as PARAM_VALUE carries it, where an integer's bytes stand for a float's, and its type."""
        value = self[name]
        if self.definitions[name].is_float:
            return value, REAL32
        return struct.unpack("<f", struct.pack("<i", int(value)))[0], INT32

    def set_from_wire(self, name: str, value: float, kind: int) -> None:
        self.set(name, struct.unpack("<i", struct.pack("<f", value))[0] if kind == INT32 else value)


def speed_factor(environment: Mapping[str, str] = os.environ) -> float | None:
    """None where none was given. Raises `ValueError` where PX4 would hang: for no number, and for none above 0."""
    text = environment.get("PX4_SIM_SPEED_FACTOR")
    if not text:
        return None
    factor = float(text)
    if not factor > 0:
        raise ValueError("a speed factor is more than 0")
    return factor
