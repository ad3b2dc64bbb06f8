import LynxModel
import LynxTelemetry
import Statistics

/// One variable of many runs on a grid of simulated times: what bands of quantiles are made of.
///
/// At a time of the grid a run has the value that lies between its points before and after it, by linear interpolation, and none
/// before its first point or after its last. The extremes are those of the points themselves, of each cell around a time, so that
/// no peak between two times is lost.
///
/// Memory is bounded: beyond so many numbers, every second run is kept, then every fourth, and so on; extremes are of all.
struct BandGrid: Sendable {
    /// Evenly spaced and ascending.
    let times: [Double]
    /// How many runs have a value at each time.
    private(set) var counts: [Int]
    private(set) var least: [Double]
    private(set) var greatest: [Double]
    /// Runs with a point within the grid.
    private(set) var runs = 0
    /// The kept runs one after the other, with a value for each time; NaN where a run has none.
    private var values: [Double] = []
    private let mostRows: Int
    private var step = 1

    /// How many runs are kept.
    var keptRuns: Int { values.count / times.count }

    /// - Parameters:
    ///   - span: the first and the last time.
    ///   - points: how many times; one where the span has no length.
    ///   - mostNumbers: how many values are kept, 8 bytes each.
    init(span: ClosedRange<Double>, points: Int, mostNumbers: Int = 6_000_000) {
        let (first, last) = (span.lowerBound, span.upperBound)
        let count = TimeShare(from: first, to: last).hasLength ? max(2, points) : 1
        let length = last - first
        times = (0..<count).map { place in
            if place == 0 { return first }
            if place == count - 1 { return last }
            let share = Double(place) / Double(count - 1)
            return length.isFinite ? min(last, first + length * share) : first * (1 - share) + last * share
        }
        counts = Array(repeating: 0, count: count)
        least = Array(repeating: .infinity, count: count)
        greatest = Array(repeating: -.infinity, count: count)
        mostRows = max(2, mostNumbers / count)
    }

    /// Takes the series of one more run.
    mutating func add(_ points: TelemetryAssembly.Points) {
        let points = points.inOrder
        guard let first = points.timeS.first, let last = points.timeS.last, first <= times[times.count - 1], last >= times[0] else { return }
        noteExtremes(points)
        let isKept = runs.isMultiple(of: step)
        if isKept, keptRuns == mostRows { thin() }
        // Thinning may have left this one out.
        let keeps = isKept && runs.isMultiple(of: step)
        var after = 0
        for (place, time) in times.enumerated() {
            while after < points.timeS.count, points.timeS[after] < time { after += 1 }
            var value = Double.nan
            if time >= first, time <= last { value = points.value(at: time, before: after) }
            if keeps { values.append(value) }
            if value.isNaN { continue }
            counts[place] += 1
            note(value, at: place)
        }
        runs += 1
    }

    /// The quantiles of the kept runs: for each probability a value for each time, NaN where there is none; 0 and 1 are the extremes.
    ///
    /// Source: type 7 of Hyndman and Fan, as `SortedColumn` has it.
    func quantiles(_ probabilities: [Double]) -> [[Double]] {
        var result = probabilities.map { _ in Array(repeating: Double.nan, count: times.count) }
        let rows = keptRuns
        for place in times.indices {
            let column = SortedColumn((0..<rows).map { values[$0 * times.count + place] })
            for (index, probability) in probabilities.enumerated() {
                switch probability {
                case 0: result[index][place] = least[place].isFinite ? least[place] : .nan
                case 1: result[index][place] = greatest[place].isFinite ? greatest[place] : .nan
                default: result[index][place] = column.quantile(probability)
                }
            }
        }
        return result
    }

    private mutating func noteExtremes(_ points: TelemetryAssembly.Points) {
        let (first, last) = (times[0], times[times.count - 1])
        let share = TimeShare(from: first, to: last)
        for (time, value) in zip(points.timeS, points.values) where time >= first && time <= last {
            note(value, at: Int((share.of(time) * Double(times.count - 1)).rounded()))
        }
    }

    private mutating func note(_ value: Double, at place: Int) {
        if value < least[place] { least[place] = value }
        if value > greatest[place] { greatest[place] = value }
    }

    /// Keeps every second of the kept runs.
    private mutating func thin() {
        let width = times.count
        var row = 1
        while 2 * row < keptRuns {
            for place in 0..<width { values[row * width + place] = values[2 * row * width + place] }
            row += 1
        }
        values.removeLast(values.count - row * width)
        step *= 2
    }
}

/// Where a time lies between two others. Times may be any numbers: two of unlike signs can be further apart than a number can be.
private struct TimeShare {
    private let halfFirst: Double
    private let halfLength: Double

    init(from first: Double, to last: Double) {
        halfFirst = first / 2
        halfLength = last / 2 - first / 2
    }

    var hasLength: Bool { halfLength > 0 }

    /// From 0 to 1.
    func of(_ time: Double) -> Double { hasLength ? min(1, max(0, (time / 2 - halfFirst) / halfLength)) : 0 }
}

extension TelemetryAssembly.Points {
    /// By time, where a simulation's clock did not only go forward; points of one time stay in their order.
    fileprivate var inOrder: TelemetryAssembly.Points {
        if zip(timeS, timeS.dropFirst()).allSatisfy({ $0 <= $1 }) { return self }
        let order = timeS.indices.sorted { (timeS[$0], $0) < (timeS[$1], $1) }
        return .init(units: units, timeS: order.map { timeS[$0] }, values: order.map { values[$0] })
    }

    /// The value at a time between the first point and the last.
    ///
    /// - Parameter after: the first point that is not before that time.
    fileprivate func value(at time: Double, before after: Int) -> Double {
        if after == 0 || timeS[after] == time { return values[after] }
        let before = after - 1
        let share = TimeShare(from: timeS[before], to: timeS[after]).of(time)
        let change = values[after] - values[before]
        // Two large numbers of unlike signs may be further apart than a number can be.
        return change.isFinite ? values[before] + share * change : values[before] * (1 - share) + values[after] * share
    }

    /// The latest value up to a time; nil where there is none.
    func latestValue(upTo time: Double) -> Double? {
        let points = inOrder
        return points.timeS.lastIndex { $0 <= time }.map { points.values[$0] }
    }
}
