import LynxModel
import LynxTelemetry
import TestSupport
import Testing

@testable import RunnerHost

@Suite("Telemetry taken out chunk by chunk")
struct TelemetryChunkingTests {
    /// What a reader makes of the chunks and the result after them.
    private func assembled(_ chunks: [TelemetryChunk], _ recorder: TelemetryRecorder) -> [String: TelemetryAssembly.Points] {
        var assembly = TelemetryAssembly()
        for chunk in chunks { assembly.add(chunk) }
        let positions = recorder.tailPositions()
        assembly.add(
            TelemetryChunk(
                columns: recorder.result().map { name, series in
                    .init(name: name, units: series.units, position: positions[name]!, timeS: series.timeS, values: series.values)
                }))
        return assembly.series
    }

    @Test("Chunks and the rest together are what one result would have been, statistics included", arguments: 0..<60)
    func sameAsWhole(seed: Int) throws {
        var random = SplitMix64(state: UInt64(seed))
        let limits = TelemetryRecorder.Limits(
            pointsPerVariable: Int.random(in: 2...60, using: &random), points: Int.random(in: 4...150, using: &random))
        let spec = TelemetrySpec(samplingRateHz: Bool.random(using: &random) ? 0.5 : nil)
        var whole = TelemetryRecorder(spec, limits: limits), parted = whole
        var chunks: [TelemetryChunk] = []
        let flushEvery = Int.random(in: 1...100, using: &random)
        for step in 0..<Int.random(in: 0...1500, using: &random) {
            let variable = min(Int.random(in: 0...5, using: &random), step / 100)
            let value = Double.random(in: -1...1, using: &random)
            whole.record(variable: variable, name: "v\(variable)", units: "m", value: value, simTime: Double(step))
            parted.record(variable: variable, name: "v\(variable)", units: "m", value: value, simTime: Double(step))
            guard Int.random(in: 0..<flushEvery, using: &random) == 0 else { continue }
            guard let chunk = parted.takeChunk(atMost: Int.random(in: 1...80, using: &random)) else { continue }
            if Int.random(in: 0..<4, using: &random) == 0 {
                // It could not be written: some more comes before it is taken in again.
                for later in 0..<Int.random(in: 0...30, using: &random) {
                    whole.record(variable: variable, name: "v\(variable)", units: "m", value: 2, simTime: Double(step) + Double(later) / 100)
                    parted.record(variable: variable, name: "v\(variable)", units: "m", value: 2, simTime: Double(step) + Double(later) / 100)
                }
                parted.putBack(chunk)
            } else {
                chunks.append(try TelemetryChunk(chunk.encoded()))
            }
        }
        let expected = whole.result(), rest = parted.result()
        let series = assembled(chunks, parted)
        #expect(Set(series.keys) == Set(expected.keys))
        for (name, wanted) in expected {
            #expect(series[name]?.values == wanted.values, "\(name)")
            #expect(series[name]?.timeS == wanted.timeS, "\(name)")
            var statistics = try #require(rest[name])
            (statistics.timeS, statistics.values) = (wanted.timeS, wanted.values)
            #expect(statistics == wanted)
        }
        #expect(parted.warnings() == whole.warnings())
    }

    @Test("Memory stays bounded whether chunks are taken or not, and so does what is stored of a long run")
    func bounded() {
        var recorder = TelemetryRecorder(.init(), limits: .init(pointsPerVariable: 100))
        var stored = 0
        for step in 0..<100_000 {
            recorder.record(variable: 0, name: "x", units: "", value: 0, simTime: Double(step))
            #expect(recorder.pointCount <= 100)
            if step.isMultiple(of: 97) { #expect(recorder.pointCount == recorder.result()["x"]?.values.count) }
            if step.isMultiple(of: 7) { stored += recorder.takeChunk()?.pointCount ?? 0 }
        }
        // A series that doubles its spacing ten times keeps half of the bound each time.
        #expect(stored <= 100 + 10 * 50 + 50)
        #expect(recorder.result()["x"]?.count == 100_000)
    }

    @Test("A chunk has no more points than it may, and the next goes on where it ended")
    func parts() {
        var recorder = TelemetryRecorder(.init())
        for step in 0..<10 {
            recorder.record(variable: 0, name: "x", units: "", value: Double(step), simTime: 0)
            recorder.record(variable: 1, name: "y", units: "", value: Double(-step), simTime: 0)
        }
        let first = recorder.takeChunk(atMost: 13), second = recorder.takeChunk(atMost: 13)
        #expect(first?.columns.map(\.values.count) == [10, 3])
        #expect(
            second?.columns == [
                .init(
                    name: "y", units: "", position: .init(firstPoint: 3), timeS: Array(repeating: 0, count: 7),
                    values: (3..<10).map { Double(-$0) })
            ])
        #expect(recorder.takeChunk() == nil && recorder.pointCount == 0)
        #expect(recorder.tailPositions()["y"] == .init(firstPoint: 10, step: 1))
    }
}
