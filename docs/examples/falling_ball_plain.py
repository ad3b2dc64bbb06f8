"""The same ball with nothing but the standard library, grpcio and protobuf."""

import json
import os
from pathlib import Path

import grpc
import telemetry_pb2
import telemetry_pb2_grpc

STEP_S = 0.01

with open(os.environ["TETRYX_RUN_CONFIG"], encoding="utf-8") as file:
    parameters = json.load(file)["parameters"]
height, drag = parameters["height_m"], parameters["drag_per_m"]

speed, times, speeds = 0.0, [0.0], [0.0]
while height > 0:
    speed += (9.81 - drag * speed**2) * STEP_S
    height -= speed * STEP_S
    times.append(times[-1] + STEP_S)
    speeds.append(speed)

if url := os.environ.get("TETRYX_TELEMETRY_URL"):
    series = telemetry_pb2.Series(name="ball.speed_m_s", units="m/s", sim_time_s=times, values=speeds)
    # The endpoint is on this machine: a proxy meant for the outside would lose it.
    options = [("grpc.enable_http_proxy", 0)]
    with grpc.insecure_channel(url.removeprefix("http://"), options=options) as channel:
        stub = telemetry_pb2_grpc.TelemetryServiceStub(channel)
        acknowledgement = stub.Report(telemetry_pb2.TelemetryBatch(series=[series]), timeout=10)
    assert acknowledgement.accepted == len(times)

summary = {"success": True, "time_s": times[-1], "impact_speed_m_s": speed}
Path(os.environ["TETRYX_OUTPUT_DIR"], "summary.json").write_text(json.dumps(summary) + "\n", encoding="utf-8")
