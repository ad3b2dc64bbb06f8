import EngineABI
import EngineKit

/// The samples of one message, filled value by value in the order of its variables. Names and units are set once: filling a row
/// allocates nothing.
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

    /// NaN is PX4's word for what it does not estimate now, such as a ratio of an aid that is not fused: there is no sample of it.
    func put(_ value: Float) { put(ifKnown: value.isFinite ? Double(value) : nil) }

    func put(flag: Bool) { put(flag ? 1.0 : 0.0) }

    /// nil: not known now, so there is no sample.
    func put(ifKnown value: Double?) {
        if let value { put(value) } else { next += 1 }
    }

    /// What was put since `begin`; valid until the next.
    var filled: UnsafeBufferPointer<lynx_sample> { UnsafeBufferPointer(rebasing: samples[..<count]) }
}
