import LynxModel
import Testing

@testable import RunnerHost

private func radius(
    _ name: String = "reentry", _ comparison: ComparisonOperator = .lt, _ threshold: Double = 6371, units: String = "km",
    variable: String = "orbit.radius_km"
) -> StoppingCondition {
    StoppingCondition(name: name, variable: variable, operator: comparison, threshold: threshold, units: units)
}

/// A watchdog and the telemetry's way of numbering variables.
private struct Bench {
    var watchdog: Watchdog
    private var numbers: [[String]: Int] = [:]

    static let start: UInt64 = 5_000_000_000

    init(_ conditions: [StoppingCondition], hertz: Double = 0, enabled: Bool = true) {
        watchdog = Watchdog(
            EarlyTerminationSpec(enabled: enabled, checkFrequencyHz: hertz, conditions: conditions), startNanoseconds: Self.start)
    }

    mutating func sample(
        _ value: Double, _ name: String = "orbit.radius_km", units: String = "km", simTime: Double = 0, seconds: Double = 0
    ) -> Breach? {
        let now = Self.at(seconds)
        if let known = numbers[[name, units]] {
            return watchdog.observe(variable: known, value: value, simTime: simTime, atNanoseconds: now)
        }
        let number = numbers.count
        numbers[[name, units]] = number
        return watchdog.observe(variable: number, name: name, units: units, value: value, simTime: simTime, atNanoseconds: now)
    }

    /// Several samples of one variable, a second of simulated time apart.
    mutating func column(_ values: [Double], _ name: String = "orbit.radius_km", units: String = "km", seconds: Double = 0) -> Breach? {
        let number = numbers[[name, units], default: numbers.count]
        numbers[[name, units]] = number
        let times = values.indices.map(Double.init)
        return watchdog.observe(
            variable: number, name: name, units: units, values: values.span, simTimes: times.span, atNanoseconds: Self.at(seconds))
    }

    mutating func tick(seconds: Double) -> Breach? { watchdog.tick(atNanoseconds: Self.at(seconds)) }

    static func at(_ seconds: Double) -> UInt64 { start + UInt64((seconds * 1e9).rounded()) }
}

@Suite("The watchdog")
struct WatchdogTests {
    @Test("A breach says what happened, in one line")
    func message() {
        var bench = Bench([radius()])
        #expect(bench.sample(6371, simTime: 1820) == nil)
        let breach = bench.sample(6370.9, simTime: 1830)
        #expect(breach?.message == "early termination 'reentry': orbit.radius_km = 6370.9 km < 6371 km at t = 1830 s")
        #expect(breach?.kind == .threshold)
        #expect(breach?.condition.name == "reentry")
        #expect(breach?.condition.variable == "orbit.radius_km")
        #expect(breach?.value == 6370.9)
        #expect(breach?.simTime == 1830)
        #expect(bench.watchdog.breach == breach)
    }

    @Test(
        "Each operator fires where it holds, and only there",
        arguments: [
            (.lt, [-1], [0, 1]), (.lte, [-1, 0], [1]), (.gt, [1], [-1, 0]), (.gte, [0, 1], [-1]), (.eq, [0], [-1, 1]),
            (.neq, [-1, 1], [0]),
        ] as [(ComparisonOperator, [Double], [Double])])
    func operators(comparison: ComparisonOperator, fires: [Double], holdsStill: [Double]) {
        for value in fires + holdsStill {
            var bench = Bench([radius("c", comparison, 0, units: "", variable: "x")])
            let breach = bench.sample(value, "x", units: "", simTime: 0.5)
            #expect((breach != nil) == fires.contains(value), "\(value)")
            if let breach {
                #expect(breach.message == "early termination 'c': x = \(Int(value)) \(comparison.symbol) 0 at t = 0.5 s")
            }
        }
    }

    @Test("A watched value that is not finite is a breach", arguments: [Double.nan, .infinity, -.infinity])
    func nonFinite(value: Double) {
        var bench = Bench([radius("ceiling", .gt, 1e5)])
        let breach = bench.sample(value, simTime: 10)
        #expect(breach?.kind == .nonFinite)
        #expect(
            breach?.message == "early termination 'ceiling': orbit.radius_km = \(value) km is not a finite number at t = 10 s")
        #expect(bench.sample(value, "other") == nil)
    }

    @Test("Other units than the scenario's end the run with a message that names both")
    func units() {
        var metres = Bench([radius()])
        let breach = metres.sample(7_000_000, units: "m")
        #expect(breach?.kind == .unitsMismatch)
        #expect(
            breach?.message
                == "early termination 'reentry': orbit.radius_km is reported in 'm', but the condition's threshold is in 'km'")
        var none = Bench([radius()])
        #expect(
            none.sample(7000, units: "")?.message
                == "early termination 'reentry': orbit.radius_km is reported without units, but the condition's threshold is in 'km'")
    }

    @Test("A breach names the units of its own variable, whichever came last")
    func unitsOfTheVariable() {
        var bench = Bench([radius(units: "")])
        #expect(bench.sample(7000, units: "km") == nil)
        #expect(bench.sample(7000, units: "m") == nil)
        #expect(bench.sample(10, units: "km")?.units == "km")
    }

    @Test("A condition without units takes any, and one name may change its units")
    func unitsUnchecked() {
        var bench = Bench([radius(units: "")])
        #expect(bench.sample(7000, units: "km") == nil)
        #expect(bench.sample(7e6, units: "m") == nil)
        #expect(
            bench.sample(1, units: "Mm", simTime: 2)?.message
                == "early termination 'reentry': orbit.radius_km = 1 Mm < 6371 at t = 2 s")

        var changing = Bench([radius()])
        #expect(changing.sample(7000, units: "km") == nil)
        #expect(changing.sample(7e6, units: "m")?.kind == .unitsMismatch)
    }

    @Test("All conditions of a variable are checked, in the order of the file")
    func order() {
        let conditions = [radius("high", .gt, 8000), radius("low", .lt, 6500), radius("lowest", .lt, 6371)]
        var bench = Bench(conditions)
        #expect(bench.sample(7000) == nil)
        #expect(bench.sample(6000)?.condition.name == "low")
        var reversed = Bench(conditions.reversed())
        #expect(reversed.sample(6000)?.condition.name == "lowest")
        var mixed = Bench([radius("low"), radius("in metres", .lt, 6_371_000, units: "m")])
        #expect(mixed.sample(6000)?.condition.name == "low")
        var later = Bench([radius("low"), radius("in metres", .lt, 6_371_000, units: "m")])
        #expect(later.sample(7000)?.condition.name == "in metres")
    }

    @Test("A breach is told once")
    func once() {
        var bench = Bench([radius()])
        #expect(bench.sample(6000) != nil)
        #expect(bench.sample(5000) == nil)
        #expect(bench.watchdog.finish() == nil)
        #expect(bench.watchdog.breach?.value == 6000)
    }

    @Test("Conditions that are not enabled never fire")
    func disabled() {
        var bench = Bench([radius()], enabled: false)
        #expect(bench.sample(.nan) == nil)
        #expect(bench.sample(1, units: "furlong") == nil)
        #expect(bench.watchdog.finish() == nil)
        #expect(bench.watchdog.nextTick == nil)
        #expect(bench.watchdog.warnings == [])
    }

    @Test("A condition whose variable never came is named")
    func unseen() {
        var bench = Bench([
            radius(), radius("hot", .gt, 400, units: "K", variable: "tank.temperature"),
            radius("cold", .lt, 100, units: "K", variable: "tank.temperature"), radius("fast", .gt, 9, variable: "orbit.speed"),
        ])
        #expect(bench.sample(7000) == nil)
        #expect(bench.watchdog.unseenVariables == ["tank.temperature", "orbit.speed"])
        #expect(
            bench.watchdog.warnings == [
                "early termination 'hot' was never checked: no telemetry of 'tank.temperature' came",
                "early termination 'cold' was never checked: no telemetry of 'tank.temperature' came",
                "early termination 'fast' was never checked: no telemetry of 'orbit.speed' came",
            ])
        // What comes after the breach has come all the same.
        #expect(bench.sample(6000) != nil)
        #expect(bench.sample(300, "tank.temperature", units: "K") == nil)
        #expect(bench.watchdog.unseenVariables == ["orbit.speed"])
    }

    @Test("A breach between two ticks is not missed, and the first one is told")
    func grid() {
        var bench = Bench([radius()], hertz: 2)
        #expect(bench.sample(7000, simTime: 0, seconds: 0.1) == nil)
        #expect(bench.watchdog.nextTick == nil)
        #expect(bench.sample(6300, simTime: 10, seconds: 0.2) == nil)
        #expect(bench.watchdog.nextTick == Bench.at(0.5))
        #expect(bench.sample(6200, simTime: 20, seconds: 0.3) == nil)
        #expect(bench.sample(7000, simTime: 30, seconds: 0.4) == nil)
        #expect(bench.tick(seconds: 0.499) == nil)
        #expect(bench.watchdog.breach == nil)
        let breach = bench.tick(seconds: 0.5)
        #expect(breach?.value == 6300)
        #expect(breach?.simTime == 10)
        #expect(bench.watchdog.breach == breach)
        #expect(bench.tick(seconds: 1) == nil)
        #expect(bench.watchdog.nextTick == nil)
    }

    @Test("The grid counts from the start, whenever samples come")
    func gridPoints() {
        for (hertz, seconds, due) in [(2.0, 0.0, 0.5), (2, 0.5, 1), (2, 7.6, 8), (0.1, 12, 20), (1000, 3.0001, 3.001)] {
            var bench = Bench([radius()], hertz: hertz)
            #expect(bench.sample(6000, seconds: seconds) == nil)
            #expect(bench.watchdog.nextTick == Bench.at(due), "\(hertz) Hz at \(seconds) s")
        }
    }

    @Test("Frequencies beyond all reason still decide, at once or at the end")
    func extremeFrequencies() {
        var fine = Bench([radius()], hertz: 1e18)
        #expect(fine.sample(6000, seconds: 1) == nil)
        #expect(fine.tick(seconds: 1.001)?.value == 6000)
        var coarse = Bench([radius()], hertz: 1e-300)
        #expect(coarse.sample(6000, seconds: 1) == nil)
        #expect(coarse.tick(seconds: 1e6) == nil)
        #expect(coarse.watchdog.finish()?.value == 6000)
    }

    @Test("What is pending when the run ends is judged")
    func finish() {
        var bench = Bench([radius()], hertz: 0.01)
        #expect(bench.sample(6000, simTime: 40, seconds: 3) == nil)
        #expect(bench.watchdog.finish()?.simTime == 40)
        #expect(bench.watchdog.finish() == nil)
        #expect(bench.watchdog.breach?.simTime == 40)
    }
}

@Suite("A quantity in a message")
struct QuantityTests {
    @Test(
        "Numbers are as short as they can be without losing anything",
        arguments: [
            (6371, "km", "6371 km"), (6370.9, "km", "6370.9 km"), (0.1, "", "0.1"), (-0.0, "", "-0"), (1e22, "J", "1e+22 J"),
            (1e-7, "", "1e-07"), (7_000_000, "m", "7000000 m"), (.nan, "", "nan"),
        ] as [(Double, String, String)])
    func shortest(value: Double, units: String, text: String) {
        #expect(quantity(value, units) == text)
    }

    @Test("Of a column the first value that breaches counts, with its own time")
    func columns() {
        var bench = Bench([radius(), radius("ceiling", .gt, 8000)])
        #expect(bench.column([7000, 7100, 6371]) == nil)
        #expect(bench.column([7000, 8001, 6000]) == bench.watchdog.breach)
        #expect((bench.watchdog.breach?.condition.name, bench.watchdog.breach?.simTime) == ("ceiling", 1))
        #expect(bench.column([6000]) == nil)
    }

    @Test("A breach in a column waits for the grid like any other")
    func columnsOnTheGrid() {
        var bench = Bench([radius()], hertz: 1)
        #expect(bench.column([7000, 6000, 7000], seconds: 0.25) == nil)
        #expect(bench.tick(seconds: 0.75) == nil)
        #expect(bench.tick(seconds: 1)?.value == 6000)
    }
}
