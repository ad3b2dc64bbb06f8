import EventLoop
import Synchronization
import TelemetryServer

struct RecordedSample: Hashable, Sendable {
    var name: String
    var units: String
    var simTime: Double
    var value: Double
}

/// What sinks have seen, readable from any thread.
final class Recording: Sendable {
    private struct State {
        var samples: [RecordedSample] = []
        var finishes = 0
    }

    private let state = Mutex(State())

    var samples: [RecordedSample] { state.withLock { $0.samples } }
    var finishes: Int { state.withLock { $0.finishes } }

    /// The sink is made on the loop that it serves.
    func makeSink() -> any TelemetrySink { Sink(self) }

    private final class Sink: TelemetrySink {
        private let recording: Recording
        private var known: [Int: TelemetryVariable] = [:]

        init(_ recording: Recording) {
            self.recording = recording
        }

        func receive(_ variable: TelemetryVariable, simTime: Double, value: Double, context: LoopContext) {
            // The index is what a sink keeps its arrays by.
            let found = known[variable.index] ?? variable
            known[variable.index] = found
            let sample = RecordedSample(name: found.name, units: found.units, simTime: simTime, value: value)
            recording.state.withLock { $0.samples.append(sample) }
        }

        func receive(_ rows: Span<TelemetryRow>, context: LoopContext) {
            for place in rows.indices {
                let row = rows[place]
                receive(known[row.variable]!, simTime: row.simTime, value: row.value, context: context)
            }
        }

        func finish(context: LoopContext) {
            recording.state.withLock { $0.finishes += 1 }
        }
    }
}
