import LynxTelemetry
import TestSupport
import Testing

@Suite("Series put together and thinned out")
struct TelemetryAssemblyTests {
    private func column(_ first: Int, step: Int, _ values: [Double]) -> TelemetryChunk {
        let times = values.indices.map { Double(first + $0 * step) * 10 }
        return TelemetryChunk(
            columns: [.init(name: "x", units: "m", position: .init(firstPoint: first, step: step), timeS: times, values: values)])
    }

    @Test("Chunks follow each other; those from before a thinning are thinned likewise")
    func join() {
        var assembly = TelemetryAssembly()
        assembly.add(column(0, step: 1, [0, 1, 2, 3, 4]))
        assembly.add(column(5, step: 1, [5, 6]))
        #expect(assembly.series["x"]?.values == [0, 1, 2, 3, 4, 5, 6])
        assembly.add(column(8, step: 2, [8, 10]))
        #expect(assembly.series["x"] == .init(units: "m", timeS: [0, 20, 40, 60, 80, 100], values: [0, 2, 4, 6, 8, 10]))
        assembly.add(column(12, step: 4, []))
        #expect(assembly.series["x"]?.values == [0, 4, 8])
    }

    @Test("Variables that are not asked for are left out")
    func variables() {
        var assembly = TelemetryAssembly(variables: ["y"])
        assembly.add(column(0, step: 1, [1]))
        #expect(assembly.series.isEmpty)
    }

    @Test("A span of time has its ends in it")
    func span() {
        let points = TelemetryAssembly.Points(units: "", timeS: [0, 1, 2, 3, 2.5], values: [0, 1, 2, 3, 4])
        #expect(points.within(1...2.5).values == [1, 2, 4])
        #expect(points.within(-.infinity ... .infinity) == points)
        #expect(points.within(9...10).values == [])
    }

    @Test("Downsampling keeps first, last, least and greatest, the order, and to the limit", arguments: 0..<40)
    func downsampling(seed: Int) {
        var random = SplitMix64(state: UInt64(seed))
        for _ in 0..<25 {
            let count = Int.random(in: 0...400, using: &random), limit = Int.random(in: 4...120, using: &random)
            let isFlat = Bool.random(using: &random)
            let values = (0..<count).map { _ in isFlat ? 1 : Double.random(in: -1...1, using: &random) }
            let points = TelemetryAssembly.Points(units: "m", timeS: (0..<count).map(Double.init), values: values)
            let thinned = points.downsampled(to: limit)
            #expect(thinned.values.count <= limit)
            #expect(thinned.timeS.count == thinned.values.count)
            #expect(thinned.timeS == thinned.timeS.sorted() && Set(thinned.timeS).count == thinned.timeS.count)
            #expect(zip(thinned.timeS, thinned.values).allSatisfy { values[Int($0)] == $1 })
            #expect(thinned.values.min() == values.min() && thinned.values.max() == values.max())
            #expect(thinned.timeS.first == points.timeS.first && thinned.timeS.last == points.timeS.last)
            if count <= limit { #expect(thinned == points) }
            // No gap is wider than two buckets.
            guard count > limit else { continue }
            let width = Double(2 * (count / ((limit - 2) / 2) + 1))
            let gaps = zip(thinned.timeS, thinned.timeS.dropFirst()).map { $1 - $0 }
            #expect(gaps.allSatisfy { $0 <= width })
        }
    }

    @Test("A single peak among a million points is there at any width", arguments: [4, 5, 100, 1001])
    func peak(limit: Int) {
        var values = [Double](repeating: 0, count: 1_000_000)
        values[777_777] = 9
        values[123_456] = -9
        let thinned = TelemetryAssembly.Points(units: "", timeS: values.indices.map(Double.init), values: values).downsampled(to: limit)
        #expect(thinned.values.contains(9) && thinned.values.contains(-9))
    }
}
