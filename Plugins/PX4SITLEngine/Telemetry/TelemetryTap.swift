import EngineABI
import EngineKit
import MAVLink

/// Turns a vehicle's messages into samples, by `TelemetryTable`. Used on the engine's loop.
final class TelemetryTap {
    private let rows: [UInt32: (source: TelemetryTable.Source, row: SampleRow)]
    /// Seconds since PX4's start, of the latest message that has a time.
    private(set) var simTime = 0.0

    /// Made once for all taps: their strings are never freed.
    private static let templates: [UInt32: Templates] = Dictionary(
        uniqueKeysWithValues: TelemetryTable.sources.map { source in
            (source.id, Templates(samples: source.variables.map { variable in
                lynx_sample(name: .immortal(variable.name), units: .immortal(variable.units), sim_time_s: 0, value: 0)
            }))
        })

    /// Sendable because what the samples point to is never changed nor freed.
    private struct Templates: @unchecked Sendable {
        let samples: [lynx_sample]
    }

    init() {
        rows = Dictionary(
            uniqueKeysWithValues: TelemetryTable.sources.map { source in
                (source.id, (source, SampleRow(templates: Self.templates[source.id]?.samples ?? [])))
            })
    }

    /// From a message that is not in the table.
    func note(simTime time: Double) { simTime = max(simTime, time) }

    /// The samples in a frame, valid until the next call; none if it is of a message that has no variables.
    func samples(of frame: MAVLinkFrame) -> UnsafeBufferPointer<lynx_sample> {
        guard let (source, row) = rows[frame.messageID] else { return UnsafeBufferPointer(start: nil, count: 0) }
        if case .own(let read) = source.clock { simTime = read(frame) }
        row.begin(at: simTime)
        source.read(frame, row)
        return row.filled
    }
}
