import LynxModel
import LynxTelemetry

/// One variable of a run: statistics of all its samples, and a limited number of its points. Points that were taken out count
/// as kept: the series is thinned as if they were still here, and their holder does the same (`TelemetryPosition`).
struct RecordedSeries: Sendable {
    let name: String
    let units: String
    private let rate: Double?

    /// The number of samples, including non-finite ones.
    private(set) var count = 0
    private(set) var nonFiniteValues = 0
    private(set) var nonFiniteTimes = 0
    /// The first, last, smallest and largest finite value; meaningless before there is one.
    private var first = 0.0
    private var last = 0.0
    private var min = Double.infinity
    private var max = -Double.infinity
    private var hasValues: Bool { min <= max }

    private var times: [Double] = []
    private var values: [Double] = []
    /// The number of the first point that is here.
    private var firstKept = 0
    /// The number of points at the wanted rate so far. Points are kept whose number is a multiple of `step`, a power of 2.
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

    /// - Returns: the change in the number of points; negative after thinning.
    mutating func add(values: Span<Double>, simTimes: Span<Double>, limit: Int) -> Int {
        if rate == nil, let (low, high) = Self.bounds(values, simTimes) {
            return append(values, simTimes, low: low, high: high, limit: limit)
        }
        var change = 0
        for row in values.indices { change += add(value: values[row], simTime: simTimes[row], limit: limit) }
        return change
    }

    /// The bounds of the values; nil if there are none, or if a value or a time is not finite.
    @inline(__always)
    private static func bounds(_ values: Span<Double>, _ simTimes: Span<Double>) -> (low: Double, high: Double)? {
        guard !values.isEmpty else { return nil }
        return values.withUnsafeBufferPointer { values in
            simTimes.withUnsafeBufferPointer { simTimes in
                var bounds = FourBounds(values[0])
                let (value, simTime) = (UnsafeRawPointer(values.baseAddress!), UnsafeRawPointer(simTimes.baseAddress!))
                var row = 0
                while row + 4 <= values.count {
                    bounds.include(
                        value.loadUnaligned(fromByteOffset: 8 * row, as: SIMD4<Double>.self),
                        simTime.loadUnaligned(fromByteOffset: 8 * row, as: SIMD4<Double>.self))
                    row += 4
                }
                while row < values.count {
                    bounds.include(SIMD4(repeating: values[row]), SIMD4(repeating: simTimes[row]))
                    row += 1
                }
                return bounds.result
            }
        }
    }

    /// Smallest and largest values, of four samples at a time.
    private struct FourBounds {
        private var low, high: SIMD4<Double>
        /// Stays 0 for finite values; becomes NaN otherwise, and so does every later sum.
        private var zero = SIMD4<Double>()

        @inline(__always)
        init(_ value: Double) { (low, high) = (SIMD4(repeating: value), SIMD4(repeating: value)) }

        @inline(__always)
        mutating func include(_ values: SIMD4<Double>, _ simTimes: SIMD4<Double>) {
            low.replace(with: values, where: values .< low)
            high.replace(with: values, where: values .> high)
            zero += values * 0 + simTimes * 0
        }

        @inline(__always)
        var result: (low: Double, high: Double)? { zero == SIMD4() ? (low.min(), high.max()) : nil }
    }

    /// Adds finite samples of a series without a wanted rate: only points that are kept are touched one by one.
    private mutating func append(_ values: Span<Double>, _ simTimes: Span<Double>, low: Double, high: Double, limit: Int) -> Int {
        count += values.count
        if !hasValues { first = values[0] }
        last = values[values.count - 1]
        min = low < min ? low : min
        max = high > max ? high : max
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

    /// - Returns: the change in the number of points; negative after thinning.
    @inline(__always)
    mutating func add(value: Double, simTime: Double, limit: Int) -> Int {
        count += 1
        guard value.isFinite else {
            nonFiniteValues += 1
            return 0
        }
        if !hasValues { first = value }
        last = value
        min = value < min ? value : min
        max = value > max ? value : max
        guard simTime.isFinite else {
            nonFiniteTimes += 1
            return 0
        }
        return isDue(simTime) ? append(value, simTime, limit: limit) : 0
    }

    /// Whether this is the first sample in its period of the wanted rate. Periods count from the first sample, and start again
    /// when simulated time goes back.
    private mutating func isDue(_ time: Double) -> Bool {
        guard let rate else { return true }
        if time < latestTime || period < 0 {
            (origin, period) = (time, -1)
        }
        latestTime = time
        // A tolerance of a millionth of a period, as a simulation that adds up its steps is slightly early.
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

    // The step is a power of 2, which avoids a division for each sample.
    private func isKept(_ number: Int) -> Bool { number & (step - 1) == 0 }

    private func nextKept(from number: Int) -> Int { (number + step - 1) & ~(step - 1) }

    /// The number of points kept of the first `number` points, here or by their holder.
    private func kept(before number: Int) -> Int { (number + step - 1) >> step.trailingZeroBitCount }

    /// Drops every second point; the first one stays.
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

    /// Takes out at most `count` of the oldest points; nil if there are none.
    mutating func take(atMost count: Int, limit: Int) -> TelemetryChunk.Column? {
        fit(to: limit)
        let count = Swift.min(count, values.count)
        guard count > 0 else { return nil }
        var column = TelemetryChunk.Column(
            name: name, units: units, position: .init(firstPoint: firstKept, step: step), timeS: times, values: values)
        if count == values.count {
            // The arrays are moved, so that their memory is freed when the chunk is written.
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

    /// Restores the points that `take` returned last.
    mutating func putBack(_ column: TelemetryChunk.Column) {
        let from = column.position
        let numbers = column.values.indices.filter { (from.firstPoint + $0 * from.step).isMultiple(of: step) }
        guard let first = numbers.first else { return }
        firstKept = from.firstPoint + first * from.step
        times.insert(contentsOf: numbers.map { column.timeS[$0] }, at: 0)
        values.insert(contentsOf: numbers.map { column.values[$0] }, at: 0)
    }

    /// The number of points that are here.
    var pointCount: Int { values.count }

    func result(limit: Int) -> TelemetrySeries {
        let fitting = fitted(to: limit)
        return TelemetrySeries(
            units: units, count: count, first: hasValues ? first : nil, last: hasValues ? last : nil, min: hasValues ? min : nil,
            max: hasValues ? max : nil, timeS: fitting.times, values: fitting.values)
    }

    /// The position in the series of the points in `result`.
    func position(limit: Int) -> TelemetryPosition {
        let fitting = fitted(to: limit)
        let first = fitting.values.isEmpty ? fitting.kept(before: fitting.points) * fitting.step : fitting.firstKept
        return TelemetryPosition(firstPoint: first, step: fitting.step)
    }

    /// The distance of the points in a result within `limit`, in points.
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
