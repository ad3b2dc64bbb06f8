"""Telemetry encoded beforehand, in the file format of Flood/flood.c."""

from __future__ import annotations

import struct
from pathlib import Path

from lynx_scenario._proto import telemetry_pb2

VARIABLES = (
    ("orbit.radius_km", "km", 7000.0),
    ("orbit.altitude_km", "km", 629.0),
    ("orbit.speed_km_s", "km/s", 7.5),
    ("orbit.energy_j_kg", "J/kg", -2.8e7),
    ("attitude.error_deg", "deg", 0.01),
    ("battery.charge_w_h", "W h", 80.0),
    ("wheel.momentum_n_m_s", "N m s", 3.0),
)
"""Name, units, and about what value. None breaches a condition of `house.py`."""

BLOCK = 128 << 10
"""About so many bytes are replayed over and over."""

LARGEST_FRAME = 16384


def rows(samples: int) -> list[bytes]:
    """Messages of so many samples each, the variables in turn, as a simulation that reports each step sends them."""
    messages: list[bytes] = []
    number = size = 0
    while size < BLOCK or number % len(VARIABLES):
        batch = telemetry_pb2.TelemetryBatch()
        for _ in range(samples):
            name, units, value = VARIABLES[number % len(VARIABLES)]
            step = number // len(VARIABLES)
            batch.samples.add(name=name, value=value * (1 + 1e-6 * step), sim_time_s=10.0 * step, units=units)
            number += 1
        messages.append(batch.SerializeToString())
        size += len(messages[-1])
    return messages


def columns(samples: int) -> list[bytes]:
    """Messages of so many samples each, shared by the variables, as this project's Python client sends them."""
    messages: list[bytes] = []
    size = 0
    while size < BLOCK:
        batch = telemetry_pb2.TelemetryBatch()
        for place, (name, units, value) in enumerate(VARIABLES):
            count = len(range(place, samples, len(VARIABLES)))
            first = len(messages) * (samples // len(VARIABLES))
            times = [10.0 * (first + step) for step in range(count)]
            values = [value * (1 + 1e-6 * (first + step)) for step in range(count)]
            batch.series.add(name=name, units=units, sim_time_s=times, values=values)
        messages.append(batch.SerializeToString())
        size += len(messages[-1])
    return messages


def write(path: Path, messages: list[bytes], samples: int, per_frame: int = 1) -> None:
    """Puts so many messages of so many samples into each frame."""
    with path.open("wb") as file:
        for start in range(0, len(messages), per_frame):
            together = [framed(message) for message in messages[start : start + per_frame]]
            payload = b"".join(together)
            if len(payload) > LARGEST_FRAME:
                raise ValueError(f"{len(payload)} bytes do not fit into a frame of {LARGEST_FRAME}")
            file.write(struct.pack("<II", samples * len(together), len(payload)) + payload)


def framed(message: bytes) -> bytes:
    """A message as gRPC puts it on a stream, uncompressed."""
    return struct.pack(">BI", 0, len(message)) + message
