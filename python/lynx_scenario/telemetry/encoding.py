"""Samples as protobuf messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lynx_scenario._proto import telemetry_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lynx_scenario.telemetry.sample_queue import Sample

ROWS_AT_MOST = 32
"""A batch up to this size keeps the order between variables, as rows; a larger one goes as columns."""


def encode(samples: Sequence[Sample], refused: Mapping[str, tuple[str, int]]) -> telemetry_pb2.TelemetryBatch:
    """One message with all samples; those of one variable are in order.

    `refused` has for each reason the name of the first sample that was not to be sent, and how many these are.
    """
    batch = _batch(samples)
    for reason, (name, count) in refused.items():
        batch.refused.add(reason=reason, name=_utf8(name), samples=count)
    return batch


def _batch(samples: Sequence[Sample]) -> telemetry_pb2.TelemetryBatch:
    if len(samples) <= ROWS_AT_MOST:
        return telemetry_pb2.TelemetryBatch(
            samples=[
                telemetry_pb2.Sample(name=_utf8(name), value=value, sim_time_s=time, units=_utf8(units))
                for name, value, time, units in samples
            ]
        )
    columns: dict[tuple[str, str], tuple[list[float], list[float]]] = {}
    for name, value, time, units in samples:
        column = columns.get((name, units))
        if column is None:
            column = columns[name, units] = ([], [])
        column[0].append(time)
        column[1].append(value)
    return telemetry_pb2.TelemetryBatch(
        series=[
            telemetry_pb2.Series(name=_utf8(name), units=_utf8(units), sim_time_s=times, values=values)
            for (name, units), (times, values) in columns.items()
        ]
    )


def _utf8(text: str) -> str:
    # A lone surrogate has no UTF-8, and must not cost the batch it is in.
    return text if text.isascii() else text.encode(errors="replace").decode()
