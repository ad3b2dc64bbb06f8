import EventLoop

@testable import TelemetryServer

/// What came of messages: samples, and how each ended.
struct IntakeOutcome: Equatable {
    var samples: [RecordedSample] = []
    var errors: [GRPCStatus?] = []
    var taken: [UInt64] = []

    /// Takes messages in, in order, in the quickest way that each allows, or all by protobuf-c.
    init(_ messages: [[UInt8]], byDecoding: Bool) async throws {
        let loop = try EventLoop(name: "intake")
        let recording = Recording()
        defer { loop.shutDown() }
        self = try await loop.run { context in
            let intake = TelemetryIntake(sink: recording.makeSink(), limits: TelemetryLimits(), context: context)
            var outcome = IntakeOutcome()
            for message in messages {
                var taken: UInt64 = 0
                var failure: GRPCStatus?
                do throws(GRPCStatus) {
                    try message.withUnsafeBufferPointer { bytes throws(GRPCStatus) in
                        let bytes = UnsafeRawBufferPointer(bytes)
                        if byDecoding { try intake.decode(bytes, &taken) } else { try intake.accept(bytes, accepted: &taken) }
                    }
                } catch {
                    failure = error
                }
                outcome.errors.append(failure)
                outcome.taken.append(taken)
            }
            return outcome
        }
        // NaN is equal to itself here.
        samples = recording.samples.map { sample in
            var sample = sample
            if sample.value.isNaN { sample.value = -1.5e300 }
            if sample.simTime.isNaN { sample.simTime = -1.5e300 }
            return sample
        }
    }

    private init() {}
}
