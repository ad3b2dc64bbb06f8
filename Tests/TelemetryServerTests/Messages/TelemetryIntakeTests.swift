import EventLoop
import Testing

@testable import TelemetryServer

@Suite("Taking in telemetry messages")
struct TelemetryIntakeTests {
    /// Feeds one message to an intake of its own, and returns what came of it.
    private func take(
        _ message: [UInt8], _ limits: TelemetryLimits = TelemetryLimits()
    ) async throws -> (samples: [RecordedSample], counters: TelemetryCounters, accepted: UInt64, error: GRPCStatus?) {
        let loop = try EventLoop(name: "intake")
        let recording = Recording()
        defer { loop.shutDown() }
        let (counters, accepted, error) = try await loop.run { context in
            let intake = TelemetryIntake(sink: recording.makeSink(), limits: limits, context: context)
            var accepted: UInt64 = 0
            var failure: GRPCStatus?
            do throws(GRPCStatus) {
                try message.withUnsafeBufferPointer { bytes throws(GRPCStatus) in
                    try intake.take(UnsafeRawBufferPointer(bytes), accepted: &accepted)
                }
            } catch {
                failure = error
            }
            return (intake.counters, accepted, failure)
        }
        return (recording.samples, counters, accepted, error)
    }

    @Test("Whatever memory a message is given, it is decoded whole or refused whole")
    func everyAllocationFails() async throws {
        // The field that isn't known makes it a message for protobuf-c; rows alone take no memory.
        let message = Messages.batch((0..<40).map(Double.init), name: "orbit.radius_km", units: "km") + Messages.field(9, [])
        let whole = try await take(message)
        #expect((whole.accepted, whole.error) == (40, nil))
        var refusals = 0
        var limits = TelemetryLimits()
        for limit in stride(from: 0, to: 40 << 10, by: 16) {
            limits.maxDecodedBytes = limit
            let result = try await take(message, limits)
            if let error = result.error {
                refusals += 1
                #expect(error == GRPCStatus(.resourceExhausted, "a decoded message is over the limit of \(limit) bytes"))
                #expect(result.samples.isEmpty)
            } else {
                #expect(result.samples == whole.samples)
            }
        }
        // Both were seen: the sweep began too small and ended large enough.
        #expect((100..<(40 << 10) / 16).contains(refusals))
    }

    @Test("Samples of variables beyond the table are dropped and counted, the others taken")
    func droppedVariables() async throws {
        var limits = TelemetryLimits()
        limits.maxVariables = 1
        let message = Messages.batch([1, 2], name: "a") + Messages.batch([3, 4, 5], name: "b") + Messages.batch([6], name: "a")
        let result = try await take(message, limits)
        #expect(result.samples.map(\.value) == [1, 2, 6])
        #expect((result.counters.samples, result.counters.droppedSamples, result.accepted) == (3, 3, 3))
        #expect(result.error == nil)
    }

    @Test("Numbers that are not finite are handed on as they are")
    func notFinite() async throws {
        let result = try await take(Messages.batch([.nan, .infinity, -.infinity, -0.0]))
        #expect(result.samples.count == 4)
        #expect(result.samples[0].value.isNaN)
        #expect(result.samples[1...2].map(\.value) == [.infinity, -.infinity])
        #expect(result.samples[3].value.sign == .minus)
    }

    @Test("Memory is a message's own: the one before leaves no trace, whether it was taken or refused")
    func memoryIsGivenBack() async throws {
        let loop = try EventLoop(name: "intake")
        defer { loop.shutDown() }
        let small = Messages.batch([1, 2, 3]) + Messages.field(9, [])
        let large = Messages.batch([Double](repeating: 4, count: 5_000)) + Messages.field(9, [])
        let samples = try await loop.run { context in
            var limits = TelemetryLimits()
            limits.maxDecodedBytes = 256 << 10
            let recording = Recording()
            let intake = TelemetryIntake(sink: recording.makeSink(), limits: limits, context: context)
            var accepted: UInt64 = 0
            for _ in 0..<20 {
                for message in [small, large, small] {
                    try? message.withUnsafeBufferPointer { bytes in
                        try intake.take(UnsafeRawBufferPointer(bytes), accepted: &accepted)
                    }
                }
            }
            return recording.samples.count
        }
        #expect(samples == 20 * 2 * 3)
    }

    @Test("An empty message is an empty batch")
    func empty() async throws {
        let result = try await take([])
        #expect((result.samples.count, result.counters.messages, result.error) == (0, 1, nil))
    }

    @Test("Fields that this version doesn't know are skipped")
    func unknownFields() async throws {
        let result = try await take(Messages.field(9, [1, 2, 3]) + Messages.batch([7]))
        #expect(result.samples.map(\.value) == [7])
    }
}
