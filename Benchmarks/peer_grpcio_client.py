"""The peer: a stream written by hand with grpcio, in the loop of `emit_loop.py`. Its queue is bounded, as memory is."""

from __future__ import annotations

import os
from queue import Queue

import grpc

import emit_loop
from lynx_scenario._proto import telemetry_pb2, telemetry_pb2_grpc

QUEUED_AT_MOST = 10_000


class Stream:
    def __init__(self, target: str) -> None:
        self._queue: Queue[telemetry_pb2.TelemetryBatch | None] = Queue(QUEUED_AT_MOST)
        stub = telemetry_pb2_grpc.TelemetryServiceStub(grpc.insecure_channel(target))  # type: ignore[no-untyped-call]
        self._answer = stub.Stream.future(iter(self._queue.get, None))

    def emit(self, name: str, value: float, sim_time_s: float, units: str) -> None:
        sample = telemetry_pb2.Sample(name=name, value=value, sim_time_s=sim_time_s, units=units)
        self._queue.put(telemetry_pb2.TelemetryBatch(samples=[sample]))

    def close(self) -> None:
        self._queue.put(None)
        self._answer.result()


if __name__ == "__main__":
    stream = Stream(os.environ["TETRYX_TELEMETRY_URL"].removeprefix("http://"))
    emit_loop.serve(stream.emit)
    stream.close()
