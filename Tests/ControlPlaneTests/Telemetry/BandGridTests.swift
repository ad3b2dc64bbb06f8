import Foundation
import LynxModel
import LynxTelemetry
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Bands of quantiles of many series")
struct BandGridTests {
    private typealias Points = TelemetryAssembly.Points

    private static func series(_ times: [Double], _ values: [Double]) -> Points { .init(units: "m", timeS: times, values: values) }

    /// Series of unlike lengths and times.
    private static func study(_ runs: Int) -> [Points] {
        var random = SplitMix64(state: 11)
        func uniform() -> Double { Double(random.next() >> 11) / Double(1 << 53) }
        return (0..<runs).map { _ in
            var time = uniform() * 5
            var points = Points(units: "m")
            for _ in 0..<(1 + Int(uniform() * 40)) {
                points.timeS.append(time)
                points.values.append(1e6 + 100 * uniform())
                time += uniform() * 3
            }
            return points
        }
    }

    /// The value at a time by its definition: none outside the points, else on the line between two of them.
    private static func value(_ points: Points, at time: Double) -> Double? {
        guard let first = points.timeS.first, let last = points.timeS.last, time >= first, time <= last else { return nil }
        if let same = points.timeS.firstIndex(of: time) { return points.values[same] }
        let after = points.timeS.firstIndex { $0 > time }!
        let (t0, t1) = (points.timeS[after - 1], points.timeS[after])
        return points.values[after - 1] + (time - t0) / (t1 - t0) * (points.values[after] - points.values[after - 1])
    }

    /// Of the points from 0 to 60 s.
    private static func values(_ points: Points, near time: Double, within distance: Double) -> [Double] {
        points.timeS.indices.filter { index in
            let at = points.timeS[index]
            return at >= 0 && at <= 60 && abs(at - time) < distance
        }.map { points.values[$0] }
    }

    /// numpy's default: position p (n − 1) among the sorted values.
    private static func quantile(_ values: [Double], _ p: Double) -> Double {
        let sorted = values.sorted()
        let position = p * Double(sorted.count - 1), low = Int(position)
        return low + 1 < sorted.count ? sorted[low] + (position - Double(low)) * (sorted[low + 1] - sorted[low]) : sorted[low]
    }

    @Test("Quantiles, counts and extremes are those of a plain computation", arguments: [2, 7, 64])
    func plain(points: Int) {
        let study = Self.study(200)
        var grid = BandGrid(span: 0...60, points: points)
        for series in study { grid.add(series) }
        #expect(grid.times.first == 0 && grid.times.last == 60 && grid.times.count == points)
        let quantiles = grid.quantiles(BandReading.probabilities)
        let width = 60 / Double(points - 1)
        for (place, time) in grid.times.enumerated() {
            let values = study.compactMap { Self.value($0, at: time) }
            #expect(grid.counts[place] == values.count)
            for (row, probability) in BandReading.probabilities.enumerated() where probability > 0 && probability < 1 {
                let expected = values.isEmpty ? .nan : Self.quantile(values, probability)
                #expect(quantiles[row][place].isNaN == expected.isNaN)
                if !expected.isNaN { #expect(abs(quantiles[row][place] - expected) < 1e-6) }
            }
            let near = study.flatMap { Self.values($0, near: time, within: width / 2) }
            let all = near + values
            if let least = all.min(), let greatest = all.max() {
                #expect(abs(quantiles[0][place] - least) < 1e-6)
                #expect(abs(quantiles[6][place] - greatest) < 1e-6)
            } else {
                #expect(quantiles[0][place].isNaN && quantiles[6][place].isNaN)
            }
        }
    }

    @Test("A peak between two times is not lost, and a quantile never leaves the extremes") func peaks() {
        var grid = BandGrid(span: 0...100, points: 5)
        grid.add(Self.series([0, 30, 30.001, 30.002, 100], [0, 0, 99, 0, 0]))
        grid.add(Self.series([0, 100], [1, 1]))
        let quantiles = grid.quantiles([0, 0.5, 1])
        #expect(quantiles[2] == [1, 99, 1, 1, 1])
        #expect(quantiles[0] == [0, 0, 0, 0, 0])
        #expect(quantiles[1] == [0.5, 0.5, 0.5, 0.5, 0.5])
    }

    @Test("Beyond its room it keeps every second run, evenly, and all extremes") func thinning() {
        var grid = BandGrid(span: 0...1, points: 2, mostNumbers: 200)
        for run in 0..<1000 { grid.add(Self.series([0, 1], [Double(run), Double(run)])) }
        #expect(grid.runs == 1000)
        #expect(grid.counts == [1000, 1000])
        #expect((50...100).contains(grid.keptRuns))
        let quantiles = grid.quantiles([0, 0.25, 0.5, 0.75, 1])
        #expect(quantiles[0][0] == 0 && quantiles[4][0] == 999)
        for (row, expected) in [(1, 250.0), (2, 500), (3, 750)] { #expect(abs(quantiles[row][0] - expected) < 20) }
    }

    @Test("Series of one point, of one time, of none, outside, and of a clock that went back are taken as they are") func oddSeries() {
        var grid = BandGrid(span: 10...20, points: 3)
        grid.add(Self.series([], []))
        grid.add(Self.series([5], [1]))
        grid.add(Self.series([25, 30], [1, 1]))
        #expect(grid.runs == 0)
        grid.add(Self.series([15], [7]))
        #expect(grid.counts == [0, 1, 0])
        // Two values at one time: the first counts there, both among the extremes.
        grid.add(Self.series([10, 15, 15, 20], [1, 2, 4, 5]))
        // Told backwards.
        grid.add(Self.series([20, 10], [9, 3]))
        let quantiles = grid.quantiles([0, 0.5, 1])
        #expect(quantiles[0] == [1, 2, 5] && quantiles[1] == [2, 6, 7] && quantiles[2] == [3, 7, 9])
        var moment = BandGrid(span: 4...4, points: 300)
        moment.add(Self.series([4], [2]))
        #expect(moment.times == [4] && moment.quantiles([0.5]) == [[2]])
    }

    @Test("Times may be any numbers") func oddTimes() {
        for span in [
            -1.7e308...1.7e308, 0...Double.leastNonzeroMagnitude, -Double.leastNonzeroMagnitude...Double.leastNonzeroMagnitude,
            1e16...1e16 + 2, -1.7e308 ... -1.6e308,
        ] {
            for points in [2, 3, 300] {
                var grid = BandGrid(span: span, points: points)
                grid.add(
                    Self.series(
                        [-1.7e308, -Double.leastNonzeroMagnitude, 0, Double.leastNonzeroMagnitude, 1e16, 1e16 + 2, 1.7e308],
                        [1, 2, 3, 4, 5, 6, 7]))
                #expect(grid.times.allSatisfy { span.contains($0) } && grid.times == grid.times.sorted())
                let quantiles = grid.quantiles(BandReading.probabilities)
                #expect(quantiles.allSatisfy { $0.allSatisfy { $0.isNaN || (1...7).contains($0) } })
            }
        }
    }

    @Test("Values whose difference is no number stay within them") func hugeValues() {
        var grid = BandGrid(span: 0...2, points: 3)
        grid.add(Self.series([0, 2], [-1.5e308, 1.5e308]))
        #expect(grid.quantiles([0.5]) == [[-1.5e308, 0, 1.5e308]])
    }
}
