"""gRPC clients for the server's tests, with the official grpcio.

usage: client.py CASE PORT [ARGUMENT...]; prints what came of it as one JSON object.
"""

import json
import os
import signal
import sys
import threading

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from messages import Sample, Series, TelemetryAck, TelemetryBatch, columns, rows

SERVICE = "/tetryx.telemetry.v1.TelemetryService/"


def stream(channel, method="Stream", raw=False):
    serializer = (lambda data: data) if raw else TelemetryBatch.SerializeToString
    return channel.stream_unary(SERVICE + method, serializer, TelemetryAck.FromString)


def report(channel, method=SERVICE + "Report", raw=False):
    serializer = (lambda data: data) if raw else TelemetryBatch.SerializeToString
    return channel.unary_unary(method, serializer, TelemetryAck.FromString)


def outcome(call):
    """What a call comes to: what was accepted, or the status."""
    try:
        return {"accepted": call().accepted}
    except grpc.RpcError as error:
        return {"status": error.code().name, "details": error.details()}


def case_report(channel):
    return outcome(lambda: report(channel)(rows(3)))


def case_stream(channel, batches, samples):
    count = int(samples)
    return outcome(lambda: stream(channel)(rows(count, n * count) for n in range(int(batches))))


def case_columns(channel, samples):
    return outcome(lambda: stream(channel)(iter([columns(int(samples))])))


def case_empty_stream(channel):
    return outcome(lambda: stream(channel)(iter([])))


def case_compressed(channel, algorithm):
    compression = grpc.Compression[algorithm]
    first = outcome(lambda: stream(channel)((rows(500, 500 * n) for n in range(4)), compression=compression))
    second = outcome(lambda: report(channel)(rows(500, 2000), compression=compression))
    return {"accepted": first["accepted"] + second["accepted"]}


def case_concurrent(channel, calls):
    futures = [report(channel).future(rows(1, n)) for n in range(int(calls))]
    return {"accepted": sum(future.result().accepted for future in futures)}


def case_too_large(channel, size):
    return outcome(lambda: report(channel, raw=True)(bytes(int(size))))


def case_unknown_method(channel, method):
    return outcome(lambda: report(channel, method)(rows(1)))


def case_garbage(channel):
    def batches():
        yield rows(2).SerializeToString()
        yield b"\xff\xff\xff\xff\xff"

    return outcome(lambda: stream(channel, raw=True)(batches()))


def case_unequal_series(channel):
    batch = rows(2)
    batch.series.append(Series(name="x", units="m", sim_time_s=[1.0, 2.0], values=[1.0]))
    return outcome(lambda: report(channel)(batch))


def case_bad_utf8(channel):
    return outcome(lambda: report(channel, raw=True)(b"\x0a\x04\x0a\x02\xc3\x28"))


def case_no_name(channel):
    return outcome(lambda: report(channel)(TelemetryBatch(samples=[Sample(value=1.0)])))


def case_bad_samples(channel, method, shape):
    """Two batches, each of two good samples and three bad ones between them."""
    names = [("alt", ""), ("n" * 300, ""), ("", ""), ("ok", "u" * 65), ("alt", "")]
    values = [1.0, 0.0, 0.0, 0.0, -7.0]
    batch = TelemetryBatch()
    for (name, units), value in zip(names, values, strict=True):
        if shape == "rows":
            batch.samples.append(Sample(name=name, units=units, value=value))
        else:
            batch.series.append(Series(name=name, units=units, sim_time_s=[0.0], values=[value]))
    if method == "stream":
        return outcome(lambda: stream(channel)(iter([batch, batch])))
    return {"accepted": sum(report(channel)(batch).accepted for _ in range(2))}


def case_two_messages(channel):
    """A unary method called with two messages."""
    return outcome(lambda: stream(channel, "Report")(iter([rows(1), rows(1, 1)])))


def case_deadline(channel):
    """Two calls whose input never ends; then one that does."""
    never = threading.Event()

    def batches():
        yield rows(1)
        never.wait()

    late = [outcome(lambda: stream(channel)(batches(), timeout=0.2)) for _ in range(2)]
    after = outcome(lambda: report(channel)(rows(1, 1)))
    never.set()
    return {"late": [call["status"] for call in late], "accepted": after["accepted"]}


def case_cancel(channel):
    sent = threading.Event()
    never = threading.Event()

    def batches():
        yield rows(1)
        sent.set()
        never.wait()

    call = stream(channel).future(batches())
    sent.wait()
    call.cancel()
    never.set()
    after = outcome(lambda: report(channel)(rows(1, 1)))
    return {"cancelled": call.cancelled(), "accepted": after["accepted"]}


def case_killed(channel):
    """Ends with SIGKILL in the middle of a call, after a whole one."""
    report(channel)(rows(5))

    def batches():
        yield rows(1, 5)
        os.kill(os.getpid(), signal.SIGKILL)

    stream(channel)(batches())


def case_health(channel):
    stub = health_pb2_grpc.HealthStub(channel)
    names = ["", "tetryx.telemetry.v1.TelemetryService", "nosuch.Service"]
    checks = []
    watches = []
    for name in names:
        request = health_pb2.HealthCheckRequest(service=name)
        try:
            checks.append(health_pb2.HealthCheckResponse.ServingStatus.Name(stub.Check(request).status))
        except grpc.RpcError as error:
            checks.append(error.code().name)
        watch = stub.Watch(request)
        watches.append(health_pb2.HealthCheckResponse.ServingStatus.Name(next(watch).status))
        watch.cancel()
    try:
        list(stub.Watch(health_pb2.HealthCheckRequest(), timeout=0.2))
    except grpc.RpcError as error:
        watches.append(error.code().name)
    return {"checks": checks, "watches": watches}


def case_other_user(channel, uid):
    os.setuid(int(uid))
    return outcome(lambda: report(channel)(rows(1), timeout=20))


def main():
    case, port, *arguments = sys.argv[1:]
    options = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
        print(json.dumps(globals()[f"case_{case}"](channel, *arguments)))


main()
