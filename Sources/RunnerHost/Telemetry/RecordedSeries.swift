import LynxModel

/// One variable of a run: statistics of all its samples, and as many of them as may be kept. Points taken out of it count
/// as kept: it thins as if they were still here, and whoever has them does the same (`TelemetryPosition`).
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
    /// The number of the first of them.
    private var firstKept = 0
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

    /// - Returns: how many points there are more for it; fewer, when it had them thinned.
    mutating func add(values: Span<Double>, simTimes: Span<Double>, limit: Int) -> Int {
        if rate == nil, let (low, high) = Self.bounds(values, simTimes) {
            return append(values, simTimes, low: low, high: high, limit: limit)
        }
        var change = 0
        for row in values.indices { change += add(value: values[row], simTime: simTimes[row], limit: limit) }
        return change
    }

    /// Those of the values; nil if there are none, or if a value or a time is not finite.
    private static func bounds(_ values: Span<Double>, _ simTimes: Span<Double>) -> (low: Double, high: Double)? {
        guard !values.isEmpty else { return nil }
        var (low, high) = (values[0], values[0])
        var isFinite = true
        for row in values.indices {
            let value = values[row]
            low = value < low ? value : low
            high = value > high ? value : high
            isFinite = isFinite && value.isFinite && simTimes[row].isFinite
        }
        return isFinite ? (low, high) : nil
    }

    /// Adds finite samples of a series without a wanted rate: only those that are kept are touched one by one.
    private mutating func append(_ values: Span<Double>, _ simTimes: Span<Double>, low: Double, high: Double, limit: Int) -> Int {
        count += values.count
        if first == nil { first = values[0] }
        last = values[values.count - 1]
        min = Swift.min(min ?? low, low)
        max = Swift.max(max ?? high, high)
        let (before, start) = (self.values.count, points)
        var row = nextKept(from: start) - start
        while row < values.count {
            points = start + row
            _ = append(values[row], simTimes[row], limit: limit)
            row = nextKept(from: points) - start
        }
        points = start + values.count
        return self.values.count - before
    }

    /// - Returns: how many points there are more for it; fewer, when it had them thinned.
    @inline(__always)
    mutating func add(value: Double, simTime: Double, limit: Int) -> Int {
        count += 1
        guard value.isFinite else {
            nonFiniteValues += 1
            return 0
        }
        if first == nil { first = value }
        last = value
        min = Swift.min(min ?? value, value)
        max = Swift.max(max ?? value, value)
        guard simTime.isFinite else {
            nonFiniteTimes += 1
            return 0
        }
        return isDue(simTime) ? append(value, simTime, limit: limit) : 0
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

    private mutating func append(_ value: Double, _ time: Double, limit: Int) -> Int {
        let number = points
        points += 1
        guard isKept(number) else { return 0 }
        let before = values.count
        while kept(before: number) >= limit { thin() }
        if isKept(number) {
            if values.isEmpty { firstKept = number }
            times.append(time)
            values.append(value)
        }
        return values.count - before
    }

    // The step is a power of 2: no division for each sample.
    private func isKept(_ number: Int) -> Bool { number & (step - 1) == 0 }

    private func nextKept(from number: Int) -> Int { (number + step - 1) & ~(step - 1) }

    /// How many of the first `number` points are kept, here or by whoever took them.
    private func kept(before number: Int) -> Int { (number + step - 1) >> step.trailingZeroBitCount }

    /// Drops every second point; the first of all stays.
    private mutating func thin() {
        let start = firstKept.isMultiple(of: 2 * step) ? 0 : 1
        let left = Swift.max(0, (values.count - start + 1) / 2)
        for kept in 0..<left {
            times[kept] = times[start + 2 * kept]
            values[kept] = values[start + 2 * kept]
        }
        times.removeLast(times.count - left)
        values.removeLast(values.count - left)
        firstKept += start * step
        step *= 2
    }

    /// Takes out the oldest points, at most so many; nil when there are none.
    mutating func take(atMost count: Int, limit: Int) -> TelemetryChunk.Column? {
        fit(to: limit)
        let count = Swift.min(count, values.count)
        guard count > 0 else { return nil }
        var column = TelemetryChunk.Column(
            name: name, units: units, position: .init(firstPoint: firstKept, step: step), timeS: times, values: values)
        if count == values.count {
            // Given away as they are, so that their room is free when the chunk is written.
            (times, values) = ([], [])
        } else {
            column.timeS.removeLast(times.count - count)
            column.values.removeLast(values.count - count)
            times.removeFirst(count)
            values.removeFirst(count)
        }
        firstKept += count * step
        return column
    }

    /// Takes in again what `take` gave last.
    mutating func putBack(_ column: TelemetryChunk.Column) {
        let from = column.position
        let numbers = column.values.indices.filter { (from.firstPoint + $0 * from.step).isMultiple(of: step) }
        guard let first = numbers.first else { return }
        firstKept = from.firstPoint + first * from.step
        times.insert(contentsOf: numbers.map { column.timeS[$0] }, at: 0)
        values.insert(contentsOf: numbers.map { column.values[$0] }, at: 0)
    }

    /// How many points are here.
    var pointCount: Int { values.count }

    func result(limit: Int) -> TelemetrySeries {
        let fitting = fitted(to: limit)
        return TelemetrySeries(
            units: units, count: count, first: first, last: last, min: min, max: max, timeS: fitting.times, values: fitting.values)
    }

    /// Where the points of `result` stand in the series.
    func position(limit: Int) -> TelemetryPosition {
        let fitting = fitted(to: limit)
        let first = fitting.values.isEmpty ? fitting.kept(before: fitting.points) * fitting.step : fitting.firstKept
        return TelemetryPosition(firstPoint: first, step: fitting.step)
    }

    /// One in how many points a result within `limit` holds.
    func step(limit: Int) -> Int { fitted(to: limit).step }

    private func fitted(to limit: Int) -> RecordedSeries {
        var copy = self
        copy.fit(to: limit)
        return copy
    }

    private mutating func fit(to limit: Int) {
        while kept(before: points) > limit { thin() }
    }
}
