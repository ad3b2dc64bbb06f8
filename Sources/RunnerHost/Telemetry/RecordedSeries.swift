import LynxModel

/// One variable of a run: statistics of all its samples, and as many of them as may be kept.
struct RecordedSeries: Sendable {
    let name: String
    let units: String
    private let rate: Double?

    /// Every sample that came, also those that JSON has no number for.
    private(set) var count = 0
    private(set) var nonFiniteValues = 0
    private(set) var nonFiniteTimes = 0
    private var first: Double?
    private var last: Double?
    private var min: Double?
    private var max: Double?

    private var times: [Double] = []
    private var values: [Double] = []
    /// Points at the wanted rate so far. Kept are those whose number is a multiple of `step`, a power of 2.
    private var points = 0
    private var step = 1

    private var origin = 0.0
    private var period = -1.0
    private var latestTime = -Double.infinity

    init(name: String, units: String, rate: Double?) {
        self.name = name
        self.units = units
        self.rate = rate
    }

    mutating func add(value: Double, simTime: Double, limit: Int) {
        count += 1
        guard value.isFinite else {
            nonFiniteValues += 1
            return
        }
        if first == nil { first = value }
        last = value
        min = Swift.min(min ?? value, value)
        max = Swift.max(max ?? value, value)
        guard simTime.isFinite else {
            nonFiniteTimes += 1
            return
        }
        if isDue(simTime) { append(value, simTime, limit: limit) }
    }

    /// Whether this is the first sample in its period of the wanted rate. Periods count from the first sample, and anew when
    /// simulated time goes back.
    private mutating func isDue(_ time: Double) -> Bool {
        guard let rate else { return true }
        if time < latestTime || period < 0 {
            (origin, period) = (time, -1)
        }
        latestTime = time
        // A millionth of a period of slack: a simulation that adds up its steps arrives a little early.
        let current = ((time - origin) * rate + 1e-6).rounded(.down)
        guard current > period else { return false }
        period = current
        return true
    }

    private mutating func append(_ value: Double, _ time: Double, limit: Int) {
        let number = points
        points += 1
        guard number.isMultiple(of: step) else { return }
        while values.count >= limit { thin() }
        guard number.isMultiple(of: step) else { return }
        times.append(time)
        values.append(value)
    }

    /// Drops every second point; the first of all stays.
    private mutating func thin() {
        for kept in 0..<(values.count + 1) / 2 {
            times[kept] = times[2 * kept]
            values[kept] = values[2 * kept]
        }
        times.removeLast(times.count / 2)
        values.removeLast(values.count / 2)
        step *= 2
    }

    func result(limit: Int) -> TelemetrySeries {
        let fitting = fitted(to: limit)
        return TelemetrySeries(
            units: units, count: count, first: first, last: last, min: min, max: max, timeS: fitting.times, values: fitting.values)
    }

    /// One in how many points a result within `limit` holds.
    func step(limit: Int) -> Int { fitted(to: limit).step }

    private func fitted(to limit: Int) -> RecordedSeries {
        var copy = self
        while copy.values.count > limit { copy.thin() }
        return copy
    }
}
