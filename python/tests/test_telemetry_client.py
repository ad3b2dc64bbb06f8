from __future__ import annotations

import math
import threading
from typing import Any

import grpc
import numpy as np
import pytest

from lynx_scenario import TelemetryClient
from lynx_scenario._proto import telemetry_pb2
from lynx_scenario.telemetry.endpoint import grpc_target
from recording_server import RecordingServer, samples_of

PATIENCE_S = 30.0


def test_samples_arrive_as_they_were_emitted(server: RecordingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TETRYX_TELEMETRY_URL", server.url)
    with TelemetryClient.from_env() as client:
        assert client.enabled
        client.emit("orbit.radius_km", 7000.5, 10.0, "km")
        client.emit("mode", 2, 10)
        client.emit("orbit.speed_km_s", 7.5, 20.0, units="km/s")
    assert server.samples == [
        ("orbit.radius_km", 7000.5, 10.0, "km"),
        ("mode", 2.0, 10.0, ""),
        ("orbit.speed_km_s", 7.5, 20.0, "km/s"),
    ]
    assert (client.delivered, client.dropped, client.ignored) == (3, 0, 0)


def test_a_sample_is_sent_without_a_flush(server: RecordingServer) -> None:
    arrived = threading.Event()

    def report(batch: telemetry_pb2.TelemetryBatch, context: grpc.ServicerContext) -> telemetry_pb2.TelemetryAck:
        arrived.set()
        return server.take(batch, context)

    server.report = report
    client = TelemetryClient(server.url)
    client.emit("x", 1.0, 0.0)
    assert arrived.wait(PATIENCE_S)
    assert client.close()


def test_many_samples_keep_their_order_per_variable(server: RecordingServer) -> None:
    client = TelemetryClient(server.url)
    for step in range(30_000):
        client.emit("x", float(step), step * 0.1, "m")
        client.emit("y", -float(step), step * 0.1, "m/s")
    assert client.flush(PATIENCE_S)
    assert client.close()
    assert server.values("x") == [float(step) for step in range(30_000)]
    assert server.values("y") == [-float(step) for step in range(30_000)]
    assert any(batch.series for batch in server.batches)
    assert client.delivered == 60_000


def test_threads_may_emit_at_once(server: RecordingServer) -> None:
    client = TelemetryClient(server.url)

    def emit(name: str) -> None:
        for step in range(5_000):
            client.emit(name, float(step), 0.0)

    threads = [threading.Thread(target=emit, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.close(PATIENCE_S)
    for name in "abcd":
        assert server.values(name) == [float(step) for step in range(5_000)]


@pytest.mark.parametrize(
    ("value", "arrives"),
    [(3, 3.0), (True, 1.0), (np.float64(2.5), 2.5), (np.float32(0.5), 0.5), (np.int64(7), 7.0), (np.array(4.0), 4.0)],
)
def test_numbers_of_other_types_are_numbers(server: RecordingServer, value: Any, arrives: float) -> None:  # noqa: ANN401
    with TelemetryClient(server.url) as client:
        client.emit("x", value, np.float64(1.0))
    assert server.samples == [("x", arrives, 1.0, "")]


def test_a_value_is_taken_when_it_is_emitted(server: RecordingServer) -> None:
    state = np.array([1.0])
    with TelemetryClient(server.url) as client:
        client.emit("x", state[0:1].reshape(()), 0.0)  # type: ignore[arg-type]
        state[0] = 2.0
    assert server.values("x") == [1.0]


def test_values_that_are_not_finite_are_sent(server: RecordingServer) -> None:
    with TelemetryClient(server.url) as client:
        for value in (math.nan, math.inf, -math.inf):
            client.emit("x", value, 0.0)
    nan, *infinities = server.values("x")
    assert math.isnan(nan)
    assert infinities == [math.inf, -math.inf]


def test_what_is_no_sample_is_counted_and_said_once(server: RecordingServer, capfd: pytest.CaptureFixture[str]) -> None:
    with TelemetryClient(server.url) as client:
        for value in (None, "7", b"7", [1.0], np.array([1.0, 2.0]), object(), 1j):
            client.emit("orbit.radius_km", value, 0.0)  # type: ignore[arg-type]
        client.emit(None, 1.0, 0.0)  # type: ignore[arg-type]
        client.emit("x", 1.0, None)  # type: ignore[arg-type]
        client.emit("x", 1.0, 0.0, 5)  # type: ignore[arg-type]
        client.emit("x", 1.0, 0.0)
    assert client.ignored == 10
    assert client.dropped == 0
    assert server.samples == [("x", 1.0, 0.0, "")]
    said = capfd.readouterr().err.splitlines()
    assert len(said) == 1
    assert "orbit.radius_km" in said[0]


def test_text_without_utf8_costs_no_other_sample(server: RecordingServer) -> None:
    with TelemetryClient(server.url) as client:
        client.emit("bad \ud800", 1.0, 0.0)
        client.emit("größe", 2.0, 0.0, "µm")
    assert server.samples == [("bad ?", 1.0, 0.0, ""), ("größe", 2.0, 0.0, "µm")]


@pytest.mark.parametrize("others", [2, 100], ids=["rows", "columns"])
@pytest.mark.parametrize(
    ("name", "units", "reason"),
    [
        ("n" * 257, "", "the name has more than 256 bytes"),
        ("ü" * 129, "", "the name has more than 256 bytes"),
        ("", "m", "the name is empty"),
        ("ok", "u" * 65, "the units have more than 64 bytes"),
        ("ok", "µ" * 33, "the units have more than 64 bytes"),
    ],
)
def test_a_sample_that_the_runner_would_refuse_costs_no_other(
    server: RecordingServer, capfd: pytest.CaptureFixture[str], name: str, units: str, reason: str, others: int
) -> None:
    with TelemetryClient(server.url) as client:
        for step in range(others):
            client.emit("alt", float(step), float(step))
            client.emit(name, 1.0, 1.0, units)
    assert server.values("alt") == [float(step) for step in range(others)]
    assert len(server.samples) == others
    assert (client.delivered, client.dropped, client.ignored) == (others, 0, others)
    told = [refusal for batch in server.batches for refusal in batch.refused]
    assert sum(refusal.samples for refusal in told) == others
    assert {(refusal.reason, refusal.name) for refusal in told} == {(reason, name[:80])}
    (said,) = capfd.readouterr().err.splitlines()
    assert reason in said


def test_what_is_refused_is_told_although_no_sample_follows(server: RecordingServer) -> None:
    with TelemetryClient(server.url) as client:
        client.emit("", 1.0, 0.0)
        assert client.flush(PATIENCE_S)
        assert [refusal.samples for batch in server.batches for refusal in batch.refused] == [1]
    assert client.dropped == 0


@pytest.mark.parametrize(("name", "units"), [("ü" * 128, "µ" * 32), ("n" * 256, "u" * 64)])
def test_the_longest_names_and_units_are_sent(server: RecordingServer, name: str, units: str) -> None:
    with TelemetryClient(server.url) as client:
        client.emit(name, 1.0, 0.0, units)
    assert server.samples == [(name, 1.0, 0.0, units)]
    assert client.ignored == 0


def test_without_an_address_it_does_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with TelemetryClient.from_env() as client:
        client.emit("x", 1.0, 0.0)
        client.emit("x", None, 0.0)  # type: ignore[arg-type]
        assert not client.enabled
        assert client.flush(0)
    assert client.close()
    assert (client.delivered, client.dropped, client.ignored) == (0, 0, 0)
    assert capfd.readouterr() == ("", "")


def test_after_close_it_does_nothing(server: RecordingServer) -> None:
    client = TelemetryClient(server.url)
    client.emit("x", 1.0, 0.0)
    assert client.close()
    client.emit("x", 2.0, 0.0)
    assert client.flush(0)
    assert client.close()
    assert server.values("x") == [1.0]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://127.0.0.1:4317", "127.0.0.1:4317"),
        ("http://127.0.0.1:4317/", "127.0.0.1:4317"),
        ("grpc://localhost:1", "localhost:1"),
        ("127.0.0.1:65535", "127.0.0.1:65535"),
        ("http://[::1]:80", "[::1]:80"),
        ("http://127.0.0.1", None),
        ("http://127.0.0.1:0", None),
        ("http://127.0.0.1:65536", None),
        ("https://127.0.0.1:443", None),
        ("http://user@host:80", None),
        ("http://host:80/path", None),
        ("", None),
    ],
)
def test_addresses(url: str, target: str | None) -> None:
    assert grpc_target(url) == target


def test_a_bad_address_turns_telemetry_off_with_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with TelemetryClient("nonsense") as client:
        client.emit("x", 1.0, 0.0)
        assert not client.enabled
    assert capfd.readouterr().err == (
        "lynx_scenario: telemetry is off: TETRYX_TELEMETRY_URL must be http://HOST:PORT, not 'nonsense'\n"
    )


def test_a_proxy_for_the_outside_is_not_asked(server: RecordingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    with TelemetryClient(server.url) as client:
        client.emit("x", 1.0, 0.0)
    assert server.values("x") == [1.0]


def test_a_refused_batch_is_dropped_and_the_next_one_goes_through(server: RecordingServer) -> None:
    def refuse(_batch: telemetry_pb2.TelemetryBatch, context: grpc.ServicerContext) -> telemetry_pb2.TelemetryAck:
        context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too large")
        raise AssertionError

    server.report = refuse
    client = TelemetryClient(server.url)
    client.emit("x", 1.0, 0.0)
    assert client.flush(PATIENCE_S)
    server.report = server.take
    client.emit("x", 2.0, 0.0)
    assert not client.close(PATIENCE_S)
    assert server.values("x") == [2.0]
    assert (client.delivered, client.dropped) == (1, 1)


def test_a_batch_is_sent_again_when_the_runner_was_not_available(server: RecordingServer) -> None:
    calls: list[int] = []

    def busy(batch: telemetry_pb2.TelemetryBatch, context: grpc.ServicerContext) -> telemetry_pb2.TelemetryAck:
        calls.append(len(samples_of(batch)))
        if len(calls) < 3:
            context.abort(grpc.StatusCode.UNAVAILABLE, "busy")
        return server.take(batch, context)

    server.report = busy
    client = TelemetryClient(server.url)
    client.emit("x", 1.0, 0.0)
    assert client.flush(PATIENCE_S)
    assert client.close()
    assert calls == [1, 1, 1]
    assert server.values("x") == [1.0]


def test_a_partial_acknowledgement_is_counted(server: RecordingServer) -> None:
    server.report = lambda _batch, _context: telemetry_pb2.TelemetryAck(accepted=0)
    client = TelemetryClient(server.url)
    client.emit("x", 1.0, 0.0)
    assert not client.close(PATIENCE_S)
    assert (client.delivered, client.dropped) == (0, 1)


def test_what_a_slow_runner_cannot_take_is_dropped_and_the_newest_kept(
    server: RecordingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lynx_scenario.telemetry.sender.CAPACITY", 1000)
    entered, go_on = threading.Event(), threading.Event()

    def slow(batch: telemetry_pb2.TelemetryBatch, context: grpc.ServicerContext) -> telemetry_pb2.TelemetryAck:
        entered.set()
        go_on.wait(PATIENCE_S)
        return server.take(batch, context)

    server.report = slow
    client = TelemetryClient(server.url)
    client.emit("first", 0.0, 0.0)
    assert entered.wait(PATIENCE_S)
    client.emit("rare", 42.0, 1.0)
    for step in range(50_000):
        client.emit("often", float(step), float(step))
    assert client.dropped >= 48_000
    go_on.set()
    assert not client.close(PATIENCE_S)
    assert server.values("rare") == [42.0]
    assert server.values("often") == [float(step) for step in range(49_000, 50_000)]
    assert client.delivered + client.dropped == 50_002


def test_closing_does_not_wait_longer_than_it_was_told(
    server: RecordingServer, capfd: pytest.CaptureFixture[str]
) -> None:
    go_on = threading.Event()

    def never(_batch: telemetry_pb2.TelemetryBatch, _context: grpc.ServicerContext) -> telemetry_pb2.TelemetryAck:
        go_on.wait(PATIENCE_S)
        return telemetry_pb2.TelemetryAck()

    server.report = never
    client = TelemetryClient(server.url)
    for step in range(100):
        client.emit("x", float(step), 0.0)
    assert not client.close(timeout=0.1)
    go_on.set()
    assert (client.delivered, client.dropped) == (0, 100)
    assert capfd.readouterr().err == (
        f"lynx_scenario: telemetry: 100 of 100 samples were not delivered: 127.0.0.1:{server.port} "
        "did not answer within 0.1 s\n"
    )
