import EventLoop
import Glibc
import TelemetryServer
import Testing

@testable import RunnerHost

@Suite("Telling of refused telemetry")
struct TelemetryRefusalTests {
    @Test("Each reason has a line with its count and the first name")
    func reasons() async throws {
        let loop = try EventLoop(name: "refusals")
        defer { loop.shutDown() }
        let endpoint = try await TelemetryServer(loops: [loop]).openEndpoint(allowedUID: getuid()) { NoSink() }
        func sample(_ name: String, units: String = "") -> TelemetrySample { TelemetrySample(name: name, units: units, simTime: 0, value: 1) }
        endpoint.accept([
            sample(""), sample("good"), sample(String(repeating: "ü", count: 200)), sample("x", units: String(repeating: "u", count: 65)),
            sample("y", units: String(repeating: "u", count: 65)),
        ])
        let counters = await endpoint.finish()
        #expect(counters.samples == 1)
        #expect(
            TelemetryLosses.warnings(ofRefusals: counters) == [
                "telemetry: 1 sample refused, as the name is empty",
                "telemetry: 1 sample refused, as the name has more than 256 bytes: '\(String(repeating: "ü", count: 40))…'",
                "telemetry: 2 samples refused, as the units have more than 64 bytes; the first is of 'x'",
            ])
    }
}

private final class NoSink: TelemetrySink {
    func receive(_ variable: TelemetryVariable, simTime: Double, value: Double, context: LoopContext) {}
    func receive(_ rows: Span<TelemetryRow>, context: LoopContext) {}
    func finish(context: LoopContext) {}
}
