import EngineABI
import EngineKit
import MAVLink

/// Converts a vehicle's messages to samples with `TelemetryTable`. Used on the engine's loop only.
final class TelemetryTap {
    private let rows: [UInt32: (source: TelemetryTable.Source, row: SampleRow)]
    /// Time of the latest message that has one, in seconds since PX4's start.
    private(set) var simTime = 0.0

    /// Made once for all taps, as their strings are never freed.
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

    /// Records the time of a message that is not in the table.
    func note(simTime time: Double) { simTime = max(simTime, time) }

    /// The samples in a frame, valid until the next call; empty if its message has no variables.
    func samples(of frame: MAVLinkFrame) -> UnsafeBufferPointer<lynx_sample> {
        guard let (source, row) = rows[frame.messageID] else { return UnsafeBufferPointer(start: nil, count: 0) }
        if case .own(let read) = source.clock { simTime = read(frame) }
        row.begin(at: simTime)
        source.read(frame, row)
        return row.filled
    }
}

/// The samples of one message, filled value by value in the order of its variables. Names and units are set once, so that
/// filling a row allocates nothing.
final class SampleRow {
    private let samples: UnsafeMutableBufferPointer<lynx_sample>
    private let templates: [lynx_sample]
    private var next = 0
    private(set) var count = 0
    private var simTime = 0.0

    /// - Parameter templates: name and units of each variable; their strings live as long as the process.
    init(templates: [lynx_sample]) {
        self.templates = templates
        samples = .allocate(capacity: templates.count)
        samples.initialize(repeating: lynx_sample())
    }

    deinit { samples.deallocate() }

    func begin(at simTime: Double) {
        self.simTime = simTime
        (next, count) = (0, 0)
    }

    func put(_ value: Double) {
        samples[count] = templates[next]
        samples[count].sim_time_s = simTime
        samples[count].value = value
        next += 1
        count += 1
    }

    /// Adds the next value. PX4 sends NaN for what it does not estimate at present, such as a ratio of an aid that is not
    /// fused: that results in no sample.
    func put(_ value: Float) { put(ifKnown: value.isFinite ? Double(value) : nil) }

    func put(flag: Bool) { put(flag ? 1.0 : 0.0) }

    /// Adds the next value; nil results in no sample.
    func put(ifKnown value: Double?) {
        if let value { put(value) } else { next += 1 }
    }

    /// The samples put since `begin`; valid until the next `begin`.
    var filled: UnsafeBufferPointer<lynx_sample> { UnsafeBufferPointer(rebasing: samples[..<count]) }
}
