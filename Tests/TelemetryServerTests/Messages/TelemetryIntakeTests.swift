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
                    try intake.accept(UnsafeRawBufferPointer(bytes), accepted: &accepted)
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

    /// A sample that breaks the rules, as it lies on the wire, and why.
    private static let bad: [(name: [UInt8], units: [UInt8], reason: String, told: String)] = [
        ([], [109], "the name is empty", ""),
        ([UInt8](repeating: 110, count: 300), [], "the name has more than 256 bytes", String(repeating: "n", count: 80) + "…"),
        ([0xC3, 0x28], [], "the name is not UTF-8", "\u{FFFD}("),
        (Array("ok".utf8), [UInt8](repeating: 117, count: 65), "the units have more than 64 bytes", "ok"),
        (Array("ok".utf8), [0xFF], "the units are not UTF-8", "ok"),
    ]

    private static func packed(_ values: [Double]) -> [UInt8] { values.flatMap { Array(Messages.double(0, $0).dropFirst()) } }

    private static func series(_ name: [UInt8], _ units: [UInt8], times: [Double], values: [Double]) -> [UInt8] {
        Messages.field(
            2, Messages.field(1, name) + Messages.field(2, units) + Messages.field(3, packed(times)) + Messages.field(4, packed(values)))
    }

    @Test("A sample that is refused costs no other one of its batch, and is told with its reason", arguments: bad.indices, [false, true])
    func refusedRow(index: Int, byDecoding: Bool) async throws {
        let bad = Self.bad[index]
        let row = Messages.field(1, Messages.field(1, bad.name) + Messages.double(2, 1) + Messages.field(4, bad.units))
        // A field that isn't known makes it a message for protobuf-c.
        let message = Messages.batch([1], name: "a") + row + Messages.batch([2], name: "a") + row + Messages.batch([-7], name: "b")
        let result = try await take(message + (byDecoding ? Messages.field(9, []) : []))
        #expect(result.samples.map(\.value) == [1, 2, -7])
        #expect((result.counters.samples, result.accepted, result.error) == (3, 3, nil))
        #expect(result.counters.refusals == [TelemetryRefusal(reason: bad.reason, samples: 2, firstName: bad.told)])
    }

    @Test("A column that is refused costs no other one of its batch", arguments: bad.indices, [false, true])
    func refusedColumn(index: Int, byDecoding: Bool) async throws {
        let bad = Self.bad[index]
        let message = Self.series(Array("a".utf8), [], times: [0, 1], values: [1, 2])
            + Self.series(bad.name, bad.units, times: [0, 1, 2], values: [1, 2, 3]) + Self.series(Array("b".utf8), [], times: [0], values: [-7])
        let result = try await take(message + (byDecoding ? Messages.field(9, []) : []))
        #expect(result.samples.map(\.value) == [1, 2, -7])
        #expect((result.counters.samples, result.accepted, result.error) == (3, 3, nil))
        #expect(result.counters.refusals == [TelemetryRefusal(reason: bad.reason, samples: 3, firstName: bad.told)])
    }

    @Test("A column with other numbers of times and values is refused alone")
    func unequalColumn() async throws {
        let message = Messages.batch([1, 2]) + Self.series(Array("b".utf8), [], times: [0, 1], values: [5])
            + Self.series(Array("c".utf8), [], times: [0], values: [-7])
        let result = try await take(message)
        #expect(result.samples.map(\.value) == [1, 2, -7])
        #expect((result.accepted, result.error) == (3, nil))
        #expect(result.counters.refusals == [TelemetryRefusal(reason: "the series has not one time for each value", samples: 2, firstName: "b")])
    }

    @Test("What a client did not send is counted as it says, in so many kinds as there is room for")
    func refusedByClient() async throws {
        let refusals = (0..<40).flatMap { index in
            Messages.field(3, Messages.field(1, Array("reason \(index)".utf8)) + Messages.field(2, Array("n\(index)".utf8)) + [3 << 3, 2])
        }
        let result = try await take(refusals + Messages.batch([1]))
        #expect(result.samples.count == 1)
        #expect(result.counters.refusals.count == 16)
        #expect(result.counters.refusals[0] == TelemetryRefusal(reason: "reason 0", samples: 2, firstName: "n0"))
        #expect(result.counters.refusals.reduce(0) { $0 + $1.samples } == 80)
        #expect(result.counters.refusals[15].reason == "other reasons")
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
                        try intake.accept(UnsafeRawBufferPointer(bytes), accepted: &accepted)
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
