"""A telemetry server on grpcio that keeps what it gets.

As a program it prints its port, then a JSON line per sample.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from lynx_scenario._proto import telemetry_pb2, telemetry_pb2_grpc

Sample = tuple[str, float, float, str]
Report = Callable[[telemetry_pb2.TelemetryBatch, "grpc.ServicerContext"], telemetry_pb2.TelemetryAck]


def samples_of(batch: telemetry_pb2.TelemetryBatch) -> list[Sample]:
    rows = [(sample.name, sample.value, sample.sim_time_s, sample.units) for sample in batch.samples]
    for series in batch.series:
        rows += [
            (series.name, value, time, series.units)
            for time, value in zip(series.sim_time_s, series.values, strict=True)
        ]
    return rows


class RecordingServer:
    """Serves on a port of its own; `report` may be replaced to misbehave."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self.batches: list[telemetry_pb2.TelemetryBatch] = []
        self.report: Report = self.take
        self._lock = threading.Lock()
        self._server = grpc.server(ThreadPoolExecutor(max_workers=4))
        recorder = self

        class Servicer(telemetry_pb2_grpc.TelemetryServiceServicer):
            def Report(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802
                return recorder.report(request, context)

        telemetry_pb2_grpc.add_TelemetryServiceServicer_to_server(Servicer(), self._server)  # type: ignore[no-untyped-call]
        self.port: int = self._server.add_insecure_port("127.0.0.1:0")
        self.url = f"http://127.0.0.1:{self.port}"
        self._server.start()

    def take(self, batch: telemetry_pb2.TelemetryBatch, _context: grpc.ServicerContext) -> telemetry_pb2.TelemetryAck:
        rows = samples_of(batch)
        with self._lock:
            self.batches.append(batch)
            self.samples += rows
        return telemetry_pb2.TelemetryAck(accepted=len(rows))

    def values(self, name: str) -> list[float]:
        return [value for sample_name, value, _, _ in self.samples if sample_name == name]

    def stop(self) -> None:
        self._server.stop(grace=None).wait()


def main() -> None:
    server = RecordingServer()

    def told(batch: telemetry_pb2.TelemetryBatch, context: grpc.ServicerContext) -> telemetry_pb2.TelemetryAck:
        for row in samples_of(batch):
            print(json.dumps(row), flush=True)
        return server.take(batch, context)

    server.report = told
    print(server.port, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
