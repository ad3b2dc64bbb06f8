import LynxModel
import TelemetryServer
import Testing

@testable import RunnerHost

/// A recorder and the telemetry's way of numbering variables.
private struct Bench {
    var recorder: TelemetryRecorder
    private var numbers: [[[UInt8]]: Int] = [:]

    init(_ spec: TelemetrySpec = .init(), limits: TelemetryRecorder.Limits = .init()) {
        recorder = TelemetryRecorder(spec, limits: limits)
    }

    mutating func add(_ value: Double, _ name: String = "x", units: String = "m", at simTime: Double) {
        if let known = numbers[[Array(name.utf8), Array(units.utf8)]] {
            return recorder.record([TelemetryRow(variable: known, simTime: simTime, value: value)].span)
        }
        let number = numbers.count
        numbers[[Array(name.utf8), Array(units.utf8)]] = number
        recorder.record(variable: number, name: name, units: units, value: value, simTime: simTime)
    }

    var x: TelemetrySeries? { recorder.result()["x"] }
}

@Suite("Recording telemetry")
struct TelemetryRecorderTests {
    @Test("Everything is kept where nothing limits it")
    func everything() {
        var bench = Bench()
        for (step, value) in [3.0, -1, 4, 1].enumerated() {
            bench.add(value, at: Double(step) * 10)
            bench.add(value * 2, "y", units: "", at: Double(step) * 10)
        }
        #expect(
            bench.x
                == TelemetrySeries(
                    units: "m", count: 4, first: 3, last: 1, min: -1, max: 4, timeS: [0, 10, 20, 30], values: [3, -1, 4, 1]))
        #expect(bench.recorder.result()["y"]?.values == [6, -2, 8, 2])
        #expect(bench.recorder.result()["y"]?.units == "")
        #expect(bench.recorder.warnings() == [])
    }

    @Test("A name in two spellings of the same characters is one series, that of the first, and the other is told")
    func spellings() {
        var bench = Bench()
        bench.add(1, "h\u{F6}he", at: 0)
        for step in 1...3 { bench.add(-1, "ho\u{308}he", at: Double(step)) }
        bench.add(2, "h\u{F6}he", at: 4)
        #expect(bench.recorder.result().values.map(\.values) == [[1, 2]])
        #expect(
            bench.recorder.warnings() == [
                "telemetry: 'h\u{F6}he' came in a second spelling that looks the same, of other characters: the latter's 3 samples dropped"
            ])
    }

    @Test("Series are thinned to the wanted rate in simulated time, statistics are not")
    func rate() {
        var bench = Bench(TelemetrySpec(samplingRateHz: 0.1))
        for step in 0...1000 { bench.add(step == 555 ? -7 : Double(step), at: Double(step)) }
        #expect(bench.x?.timeS == (0...100).map { Double($0) * 10 })
        #expect(bench.x?.count == 1001)
        #expect(bench.x?.min == -7)
        #expect(bench.x?.max == 1000)
        #expect(bench.x?.last == 1000)
        #expect(bench.recorder.warnings() == [])
    }

    @Test("A rate equal to the simulation's own keeps every sample, also when steps are added up")
    func equalRate() {
        var bench = Bench(TelemetrySpec(samplingRateHz: 10))
        var time = 0.0
        for _ in 0..<5000 {
            bench.add(1, at: time)
            time += 0.1
        }
        #expect(bench.x?.values.count == 5000)
    }

    @Test("A rate above the simulation's, and periods without samples, do no harm")
    func sparse() {
        var bench = Bench(TelemetrySpec(samplingRateHz: 1))
        for time in [100, 100.2, 100.9, 101, 107.5, 107.9, 108, 1e9] { bench.add(0, at: time) }
        #expect(bench.x?.timeS == [100, 101, 107.5, 108, 1e9])
    }

    @Test("Thinning begins anew when simulated time goes back")
    func restart() {
        var bench = Bench(TelemetrySpec(samplingRateHz: 1))
        for time in [0, 0.5, 1, 1.5, 0.25, 0.75, 1.25, 1.5] { bench.add(0, at: time) }
        #expect(bench.x?.timeS == [0, 1, 0.25, 1.25])
    }

    @Test("Only the listed variables are kept, and those that never came are named")
    func filter() {
        var bench = Bench(TelemetrySpec(variables: ["x", "z", "a"]))
        for step in 0..<10 {
            bench.add(1, at: Double(step))
            bench.add(1, "y", at: Double(step))
        }
        #expect(Set(bench.recorder.result().keys) == ["x"])
        #expect(bench.recorder.warnings() == ["telemetry: asked for but never came: 'a', 'z'"])
    }

    @Test("A series that grows too long keeps evenly spaced points from its first on", arguments: [1, 2, 3, 7, 8, 100])
    func bounded(limit: Int) {
        for count in [1, 2, 3, 5, 8, 9, 64, 65, 1000] {
            var bench = Bench(limits: .init(pointsPerVariable: limit))
            for step in 0..<count { bench.add(Double(-step), at: Double(step)) }
            let series = bench.x!
            let bound = max(2, limit)
            #expect(series.values.count <= bound)
            #expect(series.values.count >= min(count, (bound + 1) / 2))
            #expect(series.timeS.first == 0)
            let spacing = series.timeS.count > 1 ? series.timeS[1] : 1
            #expect(series.timeS == series.timeS.indices.map { Double($0) * spacing })
            #expect(series.values == series.timeS.map { -$0 })
            // Nothing is missing at the end but what the spacing leaves out.
            #expect(series.timeS.last! + spacing > Double(count - 1))
            #expect(series.count == count)
            #expect(series.min == Double(1 - count))
            #expect(bench.recorder.warnings().isEmpty == (count <= bound))
        }
    }

    @Test("Thinning is said, with how much")
    func boundedWarning() {
        var bench = Bench(limits: .init(pointsPerVariable: 100))
        for step in 0..<350 { bench.add(0, at: Double(step)) }
        #expect(
            bench.recorder.warnings() == [
                "telemetry: the series of 'x' is thinned to one point in 4, to stay within 100 points; its statistics cover all samples"
            ])
    }

    @Test("Many variables share the room, those that fell silent included")
    func sharedRoom() {
        var bench = Bench(limits: .init(pointsPerVariable: 1000, points: 2000))
        for step in 0..<1000 { bench.add(0, at: Double(step)) }
        #expect(bench.x?.values.count == 1000)
        for step in 0..<200 {
            for number in 0..<19 { bench.add(0, "v\(number)", at: Double(step)) }
        }
        let result = bench.recorder.result()
        #expect(result.count == 20)
        #expect(result.values.allSatisfy { (50...100).contains($0.values.count) })
        #expect(result["x"]?.count == 1000)
        #expect(bench.recorder.warnings().count == 5)
        #expect(bench.recorder.warnings().last?.hasSuffix("(and 15 more variables likewise)") == true)
    }

    @Test("Variables past the limit are counted, not kept")
    func tooManyVariables() {
        var bench = Bench(limits: .init(variables: 3))
        for number in 0..<10 {
            bench.add(1, "v\(number)", at: 0)
            bench.add(2, "v\(number)", at: 1)
        }
        #expect(Set(bench.recorder.result().keys) == ["v0", "v1", "v2"])
        #expect(
            bench.recorder.warnings(droppedBefore: 1) == [
                "telemetry: 1 sample dropped on arrival, as there were too many variables",
                "telemetry: only the first 3 variables kept; 14 samples of 7 more dropped",
            ])
    }

    @Test("A listed variable that came too late for a place did come")
    func listedButTooMany() {
        var bench = Bench(TelemetrySpec(variables: ["x", "y"]), limits: .init(variables: 1))
        bench.add(1, at: 0)
        bench.add(1, "y", at: 0)
        #expect(bench.recorder.warnings() == ["telemetry: only the first 1 variable kept; 1 sample of 1 more dropped"])
    }

    @Test("One name has one unit: the first")
    func twoUnits() {
        var bench = Bench()
        bench.add(1, units: "km", at: 0)
        bench.add(2000, units: "m", at: 1)
        bench.add(3, units: "km", at: 2)
        bench.add(4000, units: "", at: 3)
        bench.add(5000, units: "", at: 4)
        #expect(bench.x?.units == "km")
        #expect(bench.x?.values == [1, 3])
        #expect(bench.x?.count == 2)
        #expect(
            bench.recorder.warnings() == [
                "telemetry: 'x' came first in 'km', then in 'm': the latter's 1 sample dropped",
                "telemetry: 'x' came first in 'km', then without units: the latter's 2 samples dropped",
            ])
    }

    @Test("Numbers that JSON has no word for are counted and left out, so that the result can be written")
    func nonFinite() throws {
        var bench = Bench()
        for (time, value) in [(0, .nan), (1, 5), (2, .infinity), (3, 4), (.nan, 9), (5, -.infinity)] as [(Double, Double)] {
            bench.add(value, at: time)
        }
        bench.add(.nan, "hopeless", at: 0)
        let series = try #require(bench.x)
        #expect(
            series
                == TelemetrySeries(units: "m", count: 6, first: 5, last: 9, min: 4, max: 9, timeS: [1, 3], values: [5, 4]))
        #expect(
            bench.recorder.result()["hopeless"]
                == TelemetrySeries(units: "m", count: 1, first: nil, last: nil, min: nil, max: nil, timeS: [], values: []))
        #expect(
            bench.recorder.warnings() == [
                "telemetry: 3 of the 6 values of 'x' not finite, left out",
                "telemetry: 1 of the 1 value of 'hopeless' not finite, left out",
                "telemetry: 1 sample of 'x' without a finite time, left out of its series",
            ])
        let result = bench.recorder.result()
        #expect(try WireJSON.decode([String: TelemetrySeries].self, from: WireJSON.encode(result)) == result)
    }

    @Test("Columns leave the same as their samples one by one", arguments: [nil, 0.1], [1, 37, 100])
    func columns(rate: Double?, length: Int) {
        let spec = TelemetrySpec(samplingRateHz: rate, variables: ["x"])
        var (rows, columns) = (Bench(spec, limits: .init(pointsPerVariable: 50)), Bench(spec, limits: .init(pointsPerVariable: 50)))
        for (number, (name, units)) in [("x", "m"), ("x", "km"), ("unwanted", "m")].enumerated() {
            for start in stride(from: 0, to: 3_000, by: length) {
                let times = (start..<start + length).map { Double($0) }
                // Most columns are finite throughout; some hold one value that is not.
                let values = times.map { $0.truncatingRemainder(dividingBy: 397) == 0 ? .nan : ($0 - 1_500) * (1_700 - $0) }
                for (time, value) in zip(times, values) { rows.add(value, name, units: units, at: time) }
                columns.recorder.record(variable: number, name: name, units: units, values: values.span, simTimes: times.span)
            }
        }
        #expect(columns.recorder.result() == rows.recorder.result())
        #expect(columns.recorder.warnings() == rows.recorder.warnings())
        #expect(rows.recorder.warnings().count == 3)
    }
}
