"""A flight log in PX4's ULog format, whole after each write: https://docs.px4.io/main/en/dev_log/ulog_file_format.html"""

from __future__ import annotations

import os
import struct
import time
from pathlib import Path

from .parameters import Parameters
from .vehicle import Vehicle

MAGIC = b"ULog\x01\x12\x35\x01"
INTERVAL_S = 0.1
POSITION = 0
TOPIC = b"vehicle_local_position"
FORMAT = TOPIC + b":uint64_t timestamp;float x;float y;float z;float vz;uint8_t armed;"


def _message(kind: bytes, content: bytes) -> bytes:
    return struct.pack("<Hc", len(content), kind) + content


def _keyed(kind: bytes, key: bytes, value: bytes) -> bytes:
    return _message(kind, struct.pack("<B", len(key)) + key + value)


class FlightLog:
    """Opened at the start and closed at disarming; where it cannot be written, there is none."""

    def __init__(self, folder: Path, parameters: Parameters, vehicle: Vehicle) -> None:
        self._file: int | None = None
        self._next_s = 0.0
        now = time.gmtime()
        path = folder / "log" / time.strftime("%Y-%m-%d", now) / time.strftime("%H_%M_%S.ulg", now)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        except OSError as error:
            print(f"ERROR [logger] Can't open log file {path}: {error.strerror}", flush=True)
            return
        print(f"INFO  [logger] Opened full log file: ./{path.relative_to(folder)}", flush=True)
        self._write(MAGIC + struct.pack("<Q", round(vehicle.time_s * 1e6)) + self._definitions(parameters))

    @staticmethod
    def _definitions(parameters: Parameters) -> bytes:
        data = _message(b"B", bytes(40)) + _message(b"F", FORMAT) + _keyed(b"I", b"char[3] sys_name", b"PX4")
        for name in parameters.names:
            kind, form = ("float", "<f") if parameters.definitions[name].is_float else ("int32_t", "<i")
            data += _keyed(b"P", f"{kind} {name}".encode(), struct.pack(form, parameters[name]))
        return data + _message(b"A", struct.pack("<BH", 0, POSITION) + TOPIC)

    def record(self, vehicle: Vehicle) -> None:
        if self._file is None or vehicle.time_s < self._next_s:
            return
        self._next_s = vehicle.time_s + INTERVAL_S
        time_us = round(vehicle.time_s * 1e6)
        state = (*vehicle.sway_m, -vehicle.height_m, -vehicle.climb_m_s, vehicle.is_armed)
        self._write(_message(b"D", struct.pack("<HQffffB", POSITION, time_us, *state)))

    def say(self, time_s: float, text: str) -> None:
        """A text of emergency, as a logged string."""
        if self._file is not None:
            self._write(_message(b"L", struct.pack("<BQ", ord("0"), round(time_s * 1e6)) + text.encode()))

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self, data: bytes) -> None:
        assert self._file is not None
        try:
            os.write(self._file, data)
        except OSError as error:
            print(f"ERROR [logger] write failed: {error.strerror}", flush=True)
            self.close()
