import LynxModel

/// The statistics of one telemetry variable that outputs are derived from, over every finite sample that arrived.
struct VariableStatistics: Sendable {
    private(set) var units = ""
    private(set) var count = 0
    private var hasCome = false
    private var first = 0.0
    private var last = 0.0
    private var lastTime = 0.0
    private var sum = 0.0
    private var low = (value: Double.infinity, time: 0.0)
    private var high = (value: -Double.infinity, time: 0.0)
    private var times: [Held] = []
    private var durations: [Duration] = []

    /// The value that a variable has at a simulated time.
    private struct Held: Sendable {
        let at: Double
        var time = -Double.infinity
        var value: Double?
    }

    private struct Duration: Sendable {
        let threshold: Double
        let isAbove: Bool
        var seconds = 0.0
    }

    /// Prepares for another output that refers to the variable.
    mutating func prepare(for spec: OutputSpec) {
        switch spec.statistic {
        case .valueAt:
            if let at = spec.atS, !times.contains(where: { $0.at == at }) { times.append(Held(at: at)) }
        case .durationAbove, .durationBelow:
            let isAbove = spec.statistic == .durationAbove
            if let threshold = spec.threshold, !durations.contains(where: { $0.threshold == threshold && $0.isAbove == isAbove }) {
                durations.append(Duration(threshold: threshold, isAbove: isAbove))
            }
        default: break
        }
    }

    mutating func record(_ value: Double, at time: Double, units: @autoclosure () -> String) {
        // Only the first sample may carry the units, even if its value is not finite.
        if !hasCome {
            self.units = units()
            hasCome = true
        }
        guard value.isFinite, time.isFinite else { return }
        if count == 0 {
            first = value
        } else if time > lastTime {
            for index in durations.indices where durations[index].isAbove ? last > durations[index].threshold : last < durations[index].threshold {
                durations[index].seconds += time - lastTime
            }
        }
        if value < low.value { low = (value, time) }
        if value > high.value { high = (value, time) }
        for index in times.indices where time <= times[index].at && time >= times[index].time {
            times[index].time = time
            times[index].value = value
        }
        sum += value
        count += 1
        (last, lastTime) = (value, time)
    }

    /// The value of an output and its units; nil if there is none.
    func value(of spec: OutputSpec) -> (value: Double, units: String)? {
        guard count > 0, let statistic = spec.statistic else { return nil }
        switch statistic {
        case .first: return (first, units)
        case .last: return (last, units)
        case .min: return (low.value, units)
        case .max: return (high.value, units)
        case .mean: return (sum / Double(count), units)
        case .timeOfMin: return (low.time, "s")
        case .timeOfMax: return (high.time, "s")
        case .valueAt: return times.first { $0.at == spec.atS }?.value.map { ($0, units) }
        case .durationAbove, .durationBelow:
            let isAbove = statistic == .durationAbove
            return durations.first { $0.threshold == spec.threshold && $0.isAbove == isAbove }.map { ($0.seconds, "s") }
        }
    }
}
