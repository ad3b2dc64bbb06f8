import LynxModel
import TelemetryServer
import Testing

@testable import RunnerHost

@Suite("Outputs made of telemetry", .timeLimit(.minutes(1)))
struct ObservedTelemetryTests {
    private static func spec(_ statistic: TelemetryStatistic, at: Double? = nil, threshold: Double? = nil, units: String = "") -> OutputSpec {
        OutputSpec(units: units, telemetry: "x", statistic: statistic, atS: at, threshold: threshold)
    }

    /// One variable's samples, each a time and a value.
    private static func value(_ spec: OutputSpec, _ samples: [(Double, Double)]) -> Double? {
        var statistics = VariableStatistics()
        statistics.prepare(for: spec)
        for (time, value) in samples { statistics.record(value, at: time, units: "m") }
        return statistics.value(of: spec)?.value
    }

    private static let samples = [(0.0, 3.0), (1, -1), (2, 4), (4, 4), (5, -1), (9, 2)]

    private static let expected: [(OutputSpec, Double)] = [
        (spec(.first), 3), (spec(.last), 2), (spec(.min), -1), (spec(.max), 4), (spec(.mean), 11.0 / 6),
        // Of values that come twice, the time of the first.
        (spec(.timeOfMin), 1), (spec(.timeOfMax), 2), (spec(.valueAt, at: 2), 4), (spec(.valueAt, at: 1.99), -1), (spec(.valueAt, at: 100), 2),
        // A value holds until the next sample.
        (spec(.durationAbove, threshold: 2.5), 4), (spec(.durationBelow, threshold: 0), 5), (spec(.durationAbove, threshold: 4), 0),
        (spec(.durationBelow, threshold: 100), 9),
    ]

    @Test("Every statistic is that of all samples", arguments: expected)
    func statistics(_ spec: OutputSpec, _ expected: Double) throws {
        let value = try #require(Self.value(spec, Self.samples))
        #expect(abs(value - expected) < 1e-12)
    }

    @Test("Times are in seconds, and values in the variable's units")
    func units() {
        for statistic in TelemetryStatistic.allCases {
            let spec = Self.spec(statistic, at: 1, threshold: 1)
            var statistics = VariableStatistics()
            statistics.prepare(for: spec)
            statistics.record(1, at: 0, units: "km")
            let isTime = [TelemetryStatistic.timeOfMin, .timeOfMax, .durationAbove, .durationBelow].contains(statistic)
            #expect(statistics.value(of: spec)?.units == (isTime ? "s" : "km"), "\(statistic)")
        }
    }

    @Test("Nothing comes of no sample, of none that is finite, and of a time before the first")
    func nothing() {
        #expect(Self.value(Self.spec(.first), []) == nil)
        #expect(Self.value(Self.spec(.mean), [(0, .nan), (1, .infinity), (.nan, 1)]) == nil)
        #expect(Self.value(Self.spec(.valueAt, at: -1), Self.samples) == nil)
        #expect(Self.value(Self.spec(.mean), [(0, .nan), (1, 2), (2, -.infinity)]) == 2)
    }

    @Test("Samples that come again, or late, move no clock backwards")
    func disorder() {
        let samples = [(0.0, 1.0), (5, 3), (2, 7), (6, 1)]
        #expect(Self.value(Self.spec(.valueAt, at: 5.5), samples) == 3)
        #expect(Self.value(Self.spec(.valueAt, at: 3), samples) == 7)
        #expect(Self.value(Self.spec(.max), samples) == 7)
        #expect((Self.value(Self.spec(.durationBelow, threshold: 100), samples) ?? -1) >= 6)
    }

    @Test("Several outputs of several variables are gathered at once, whichever way samples come")
    func routes() {
        let specs = [
            "top": Self.spec(.max), "end": Self.spec(.last), "early": Self.spec(.valueAt, at: 1), "late": Self.spec(.valueAt, at: 3),
            "other": OutputSpec(telemetry: "y", statistic: .mean),
        ]
        var observed = ObservedTelemetry(specs)
        // Numbers are the telemetry's own; those of variables that nobody asks for lie between.
        observed.record(variable: 7, name: "z", units: "", value: 99, simTime: 0)
        observed.record(variable: 2, name: "x", units: "m", value: 1, simTime: 0)
        let (values, times) = ([2.0, 5], [1.0, 2])
        observed.record(variable: 2, name: "x", units: "m", values: values.span, simTimes: times.span)
        observed.record(variable: 0, name: "y", units: "", value: 10, simTime: 0)
        let rows = [
            TelemetryRow(variable: 2, simTime: 3, value: 4), TelemetryRow(variable: 7, simTime: 3, value: 0),
            TelemetryRow(variable: 0, simTime: 3, value: 20),
        ]
        observed.record(rows.span)
        let outputs = specs.map { observed.output($0.key, $0.value) }
        #expect(
            Dictionary(uniqueKeysWithValues: outputs.map { ($0.name, $0.value) })
                == ["top": 5, "end": 4, "early": 2, "late": 4, "other": 15])
        #expect(outputs.filter { $0.name != "other" }.allSatisfy { $0.units == "m" && $0.note == nil })
    }

    @Test("An output says why it has no number")
    func notes() {
        let specs = [
            "none": OutputSpec(units: "K", telemetry: "t", statistic: .max), "early": Self.spec(.valueAt, at: -1),
            "km": Self.spec(.max, units: "km"),
        ]
        var observed = ObservedTelemetry(specs)
        observed.record(variable: 0, name: "x", units: "m", value: 1, simTime: 0)
        #expect(observed.output("none", specs["none"]!) == RunOutput(name: "none", value: nil, units: "K", note: "no sample of 't' came"))
        #expect(observed.output("early", specs["early"]!).note == "'x' has no value_at")
        #expect(observed.output("km", specs["km"]!) == RunOutput(name: "km", value: nil, units: "km", note: "is in 'm', not in 'km'"))
    }

    @Test("Units that came with a first sample that is not finite are the variable's all the same")
    func unitsOfNaN() {
        let specs = ["top": Self.spec(.max, units: "km")]
        var observed = ObservedTelemetry(specs)
        observed.record(variable: 0, name: "x", units: "m", value: .nan, simTime: 0)
        observed.record([TelemetryRow(variable: 0, simTime: 1, value: 5)].span)
        #expect(observed.output("top", specs["top"]!).note == "is in 'm', not in 'km'")
    }

    @Test("The robustness of a formula is told; where the formula looks at what is not a number there is none, and why")
    func robustness() {
        func observed(_ values: [Double]) -> ObservedTelemetry {
            var observed = ObservedTelemetry([:], traced: ["x"])
            for (time, value) in values.enumerated() {
                observed.record(variable: 0, name: "x", units: "m", value: value, simTime: Double(time))
            }
            return observed
        }
        #expect(observed([1, 4, 2]).robustness("r", "always(x < 5)") == RunOutput(name: "r", value: 1))
        #expect(observed([1, 6, 2]).robustness("r", "always(x < 5)") == RunOutput(name: "r", value: -1))
        let strict = observed([1, 5, 2]).robustness("r", "always(x < 5)").value
        #expect(strict.map { $0 < 0 } == true && observed([1, 5, 2]).robustness("r", "always(x <= 5)").value == 0)
        let odd = observed([1, .nan, 2]).robustness("r", "always(x < 5)")
        #expect(odd.value == nil && odd.note?.contains("x is not a number") == true, "\(odd)")
        #expect(observed([]).robustness("r", "always(x < 5)").value == nil)
    }
}
