"""The peer: a telemetry server with grpcio. It decodes each batch, compares the watched variable with a threshold, and
keeps nothing. Prints its port, and serves until it is killed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent import futures

import grpc

from lynx_scenario._proto import telemetry_pb2, telemetry_pb2_grpc

WATCHED = "orbit.radius_km"
THRESHOLD = 6371.0


class Service(telemetry_pb2_grpc.TelemetryServiceServicer):
    def Stream(  # noqa: N802
        self, request_iterator: Iterator[telemetry_pb2.TelemetryBatch], context: grpc.ServicerContext
    ) -> telemetry_pb2.TelemetryAck:
        accepted = 0
        breached = False
        for batch in request_iterator:
            for sample in batch.samples:
                accepted += 1
                breached |= sample.name == WATCHED and sample.value < THRESHOLD
            for series in batch.series:
                accepted += len(series.values)
                breached |= series.name == WATCHED and min(series.values) < THRESHOLD
        if breached:
            context.abort(grpc.StatusCode.ABORTED, "breach")
        return telemetry_pb2.TelemetryAck(accepted=accepted)


def main() -> None:
    # Without probing the window stays at 64 KiB; else the server takes in messages that it needs minutes to read.
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=64), options=[("grpc.http2.bdp_probe", 0)])
    telemetry_pb2_grpc.add_TelemetryServiceServicer_to_server(Service(), server)  # type: ignore[no-untyped-call]
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
