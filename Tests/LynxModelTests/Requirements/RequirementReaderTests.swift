import LynxDocument
import LynxModel
import TestSupport
import Testing

@Suite("Outputs, requirements and the rule of stopping in a batch file", .timeLimit(.minutes(2)))
struct RequirementReaderTests {
    /// A batch whose last lines are the fields under test, indented by two spaces.
    private static func batch(_ fields: String, monteCarlo: String = "{runs: 10, sampling_method: monte_carlo}") throws -> BatchSubmission {
        try BatchSubmission.read(
            yaml: "name: b\nconfig:\n  simulation: {name: s}\n  monte_carlo: \(monteCarlo)\n\(fields)\n", name: "b.yaml")
    }

    @Test("Every source of an output is read")
    func outputs() throws {
        let config = try Self.batch(
            """
              outputs:
                miss_m: {units: m}
                peak: {from: aero.peak_q, units: Pa}
                at_ten: {telemetry: alt, statistic: value_at, at_s: 10}
                high: {telemetry: alt, statistic: duration_above, threshold: 1e5, units: s}
                low: {telemetry: alt, statistic: duration_below, threshold: -1}
                top: {telemetry: alt, statistic: time_of_max}
                last: {artifact: logs/flight.csv, column: "x, m"}
                bare: {}
            """).config
        #expect(
            config.outputs == [
                "miss_m": OutputSpec(units: "m"), "peak": OutputSpec(units: "Pa", from: "aero.peak_q"),
                "at_ten": OutputSpec(telemetry: "alt", statistic: .valueAt, atS: 10),
                "high": OutputSpec(units: "s", telemetry: "alt", statistic: .durationAbove, threshold: 1e5),
                "low": OutputSpec(telemetry: "alt", statistic: .durationBelow, threshold: -1),
                "top": OutputSpec(telemetry: "alt", statistic: .timeOfMax),
                "last": OutputSpec(artifact: "logs/flight.csv", column: "x, m"), "bare": OutputSpec(),
            ])
    }

    @Test("Every form of a requirement and the whole rule of stopping are read, with their defaults")
    func requirements() throws {
        let config = try Self.batch(
            """
              early_termination: {enabled: true, conditions: [{name: crash, variable: alt, operator: lt, threshold: 0}]}
              requirements:
                - {name: near, output: miss_m, operator: lte, threshold: 5, units: m, probability: 0.99, confidence: 0.95}
                - {name: calm, formula: "G (q < 10)", probability: 0.9}
                - {name: whole, no_breach: any, probability: 0.999}
                - {name: aloft, no_breach: crash, probability: 0.5}
              stop: {when: decided, rule: e_process, max_failures: 3, running: finish}
            """).config
        #expect(
            config.requirements == [
                RequirementSpec(name: "near", output: "miss_m", comparison: .lte, threshold: 5, units: "m", probability: 0.99, confidence: 0.95),
                RequirementSpec(name: "calm", formula: "G (q < 10)", probability: 0.9),
                RequirementSpec(name: "whole", noBreach: "any", probability: 0.999),
                RequirementSpec(name: "aloft", noBreach: "crash", probability: 0.5),
            ])
        #expect(config.requirements?[1].confidence == 0.9)
        #expect(config.requirements?.map(\.statement) == ["miss_m ≤ 5 m", "G (q < 10)", "no breach", "no breach of crash"])
        #expect(config.stop == StopSpec(when: .decided, rule: .eProcess, maxFailures: 3, running: .finish))
        let short = try Self.batch("  requirements: [{name: r, output: x, operator: gt, threshold: 0, probability: 0.9}]\n  stop: {when: decided}")
        #expect(short.config.stop == StopSpec(when: .decided, rule: .looks, maxFailures: 10, running: .cancel))
    }

    @Test("A batch that declares no outputs may have requirements on any")
    func undeclared() throws {
        #expect(
            try Self.batch("  requirements: [{name: r, output: whatever, operator: gt, threshold: 0, probability: 0.9}]").config.outputs == nil)
    }

    @Test(
        "An output that means nothing is refused in one line",
        arguments: [
            ("{telemetry: alt}", "5: config.outputs.x.statistic: is missing; telemetry needs it: give one of first, last, min, max, …"),
            ("{statistic: max}", "24: config.outputs.x.statistic: belongs to 'telemetry', which is not given; leave it out"),
            (
                "{telemetry: alt, statistic: value_at}",
                "5: config.outputs.x.at_s: is missing; statistic: value_at needs it: give a simulated time in seconds"
            ),
            (
                "{telemetry: alt, statistic: max, at_s: 1}",
                "51: config.outputs.x.at_s: belongs to 'statistic: value_at', which is not given; leave it out"
            ),
            (
                "{telemetry: alt, statistic: duration_above}",
                "5: config.outputs.x.threshold: is missing; statistic: duration_above or duration_below needs it: give a number"
            ),
            (
                "{telemetry: alt, statistic: min, threshold: 3}",
                "56: config.outputs.x.threshold: belongs to 'statistic: duration_above or duration_below', which is not given; leave it out"
            ),
            ("{artifact: a.csv}", "5: config.outputs.x.column: is missing; artifact needs it: give a column or a field"),
            ("{column: c}", "21: config.outputs.x.column: belongs to 'artifact', which is not given; leave it out"),
            ("{from: a, telemetry: v, statistic: max}", "33: config.outputs.x.telemetry: comes with from; an output has one source"),
            ("{from: a, artifact: v, column: c}", "32: config.outputs.x.artifact: comes with from; an output has one source"),
            (
                "{artifact: ../a.csv, column: c}",
                "23: config.outputs.x.artifact: is not a path below the output directory; give such as trajectory.csv"
            ),
            (
                "{artifact: /etc/a.csv, column: c}",
                "23: config.outputs.x.artifact: is not a path below the output directory; give such as trajectory.csv"
            ),
            (
                "{telemetry: alt, statistic: maxx}",
                "40: config.outputs.x.statistic: 'maxx' is not known; did you mean 'max'? It is one of first, last, min, max, mean, time_of_min, time_of_max, value_at, duration_above, duration_below"
            ),
            (
                "{telemetry: alt, statistic: durationabove, threshold: 1}",
                "40: config.outputs.x.statistic: 'durationabove' is not known; did you mean 'duration_above'? It is one of first, last, min, max, mean, time_of_min, time_of_max, value_at, duration_above, duration_below"
            ),
            ("{unit: m}", "13: config.outputs.x.unit: is not a field of an output; did you mean 'units'?"),
            (
                "{telemetry: alt, statistic: value_at, at_s: .nan}",
                "56: config.outputs.x.at_s: .nan is not a finite number; give a number"
            ),
        ])
    func badOutput(_ spec: String, _ message: String) throws {
        let error = try failure { _ = try Self.batch("  outputs:\n    \"x\":   \(spec)") }
        #expect(error.lines == ["b.yaml:6:" + message])
    }

    @Test(
        "A requirement that no run could be judged by is refused in one line",
        arguments: [
            ("{name: r, probability: 0.9}", "is blank"),
            ("{name: r, output: x, threshold: 1, probability: 0.9}", "operator: is missing; an output is compared by operator and threshold"),
            ("{name: r, output: x, operator: gt, probability: 0.9}", "threshold: is missing; an output is compared by operator and threshold"),
            ("{name: r, no_breach: any, operator: gt, probability: 0.9}", "operator: belongs to 'output', which is not given; leave it out"),
            (
                "{name: r, output: x, operator: gt, threshold: 1, no_breach: any, probability: 0.9}",
                "no_breach: comes with output; a requirement has one of them"
            ),
            ("{name: r, formula: f > 0, no_breach: any, probability: 0.9}", "no_breach: comes with formula; a requirement has one of them"),
            (
                "{name: r, no_breach: any, probability: 1}",
                "probability: 1 cannot be shown by any number of runs; give a number between 0 and 1, such as 0.99"
            ),
            (
                "{name: r, no_breach: any, probability: 0}",
                "probability: 0 cannot be shown by any number of runs; give a number between 0 and 1, such as 0.99"
            ),
            ("{name: r, no_breach: any, probability: .nan}", "probability: .nan is not a finite number; give a number"),
            (
                "{name: r, no_breach: any, probability: 0.9, confidence: 1}",
                "confidence: 1 cannot be shown by any number of runs; give a number between 0 and 1, such as 0.99"
            ),
            ("{name: r, no_breach: any}", "probability: is missing; give a number"),
            ("{no_breach: any, probability: 0.9}", "name: is missing; give a string"),
            ("{name: r, output: x, operator: '>', threshold: 1, probability: 0.9}", "operator: '>' is not known; write gt"),
            (
                "{name: r, no_breach: any, probabilty: 0.9, probability: 0.9}",
                "probabilty: is not a field of a requirement; did you mean 'probability'?"
            ),
        ])
    func badRequirement(_ requirement: String, _ message: String) throws {
        let fields = """
              early_termination: {enabled: true, conditions: [{name: crash, variable: alt, operator: lt, threshold: 0}]}
              requirements:
                - \(requirement)
            """
        let error = try failure { _ = try Self.batch(fields) }
        let line = try #require(error.lines.first)
        #expect(error.lines.count == 1 && line.hasPrefix("b.yaml:7:"))
        let expected =
            message == "is blank"
            ? "name: says nothing that a run must do; give output with operator and threshold, formula, or no_breach" : message
        #expect(line.hasSuffix(": config.requirements[0].\(expected)"), "\(line)")
    }

    @Test(
        "A requirement that does not fit the rest of the batch is refused where it stands",
        arguments: [
            (
                "{name: r, output: mis_m, operator: lt, threshold: 1, probability: 0.9}",
                "'mis_m' is not an output of the batch; did you mean 'miss_m'?"
            ),
            (
                "{name: r, output: range, operator: lt, threshold: 1, probability: 0.9}",
                "'range' is not an output of the batch; its outputs are miss_m"
            ),
            (
                "{name: r, output: miss_m, operator: lt, threshold: 1, units: km, probability: 0.9}",
                "is in 'km', and output 'miss_m' in 'm'; give both in the same units"
            ),
            ("{name: r, no_breach: crahs, probability: 0.9}", "'crahs' is not a stopping condition of the batch; did you mean 'crash'?"),
            ("{name: r, no_breach: overspeed, probability: 0.9}", "'overspeed' is not a stopping condition of the batch; they are crash"),
        ])
    func misfit(_ requirement: String, _ message: String) throws {
        let fields = """
              outputs: {miss_m: {units: m}}
              early_termination: {enabled: true, conditions: [{name: crash, variable: alt, operator: lt, threshold: 0}]}
              requirements:
                - {name: good, no_breach: crash, probability: 0.9}
                - \(requirement)
            """
        #expect(try failure { _ = try Self.batch(fields) }.lines == ["b.yaml:9:7: config.requirements[1]: \(message)"])
    }

    @Test("No breach can be asked for only where a breach can happen")
    func breachWithoutConditions() throws {
        let disabled = """
              early_termination: {enabled: false, conditions: [{name: crash, variable: alt, operator: lt, threshold: 0}]}
              requirements: [{name: r, no_breach: crash, probability: 0.9}]
            """
        let message = "no run can breach a condition, because early_termination is not enabled; give early_termination.enabled: true"
        #expect(try failure { _ = try Self.batch(disabled) }.lines == ["b.yaml:6:18: config.requirements[0]: \(message)"])
        let none = "  requirements: [{name: r, no_breach: crash, probability: 0.9}]"
        #expect(
            try failure { _ = try Self.batch(none) }.lines == [
                "b.yaml:5:18: config.requirements[0]: 'crash' is not a stopping condition of the batch; it has none; give 'early_termination'"
            ])
    }

    @Test("Two requirements of one name are refused")
    func duplicates() throws {
        let fields = """
              requirements:
                - {name: r, output: x, operator: gt, threshold: 1, probability: 0.9}
                - {name: r, output: y, operator: gt, threshold: 1, probability: 0.9}
            """
        #expect(
            try failure { _ = try Self.batch(fields) }.lines == [
                "b.yaml:7:14: config.requirements[1].name: 'r' already names requirements[0]; give each requirement a name of its own"
            ])
    }

    @Test("A batch can stop when it is decided only if there is something to decide, by independent runs")
    func stop() throws {
        #expect(
            try failure { _ = try Self.batch("  stop: {when: decided}") }.lines == [
                "b.yaml:5:9: config.stop: has no requirements that could be decided; give 'requirements'"
            ])
        let judged = "  requirements: [{name: r, output: x, operator: gt, threshold: 0, probability: 0.9}]\n"
        for method in ["latin_hypercube", "sobol"] {
            #expect(
                try failure { _ = try Self.batch(judged + "  stop: {when: decided}", monteCarlo: "{runs: 8, sampling_method: \(method)}") }.lines == [
                    "b.yaml:6:9: config.stop: takes independent runs, which those of \(method) are not; give monte_carlo.sampling_method: monte_carlo"
                ])
        }
        #expect(
            try failure { _ = try Self.batch(judged + "  stop: {when: now, max_failures: -1}") }.lines == [
                "b.yaml:6:16: config.stop.when: 'now' is not known; give one of decided",
                "b.yaml:6:35: config.stop.max_failures: -1 is out of range; give a whole number from 0 to 1000",
            ])
    }

    @Test("A file of requirements and the body of a call are read by the same rules")
    func alone() throws {
        let body = #"{"requirements": [{"name": "r", "output": "x", "operator": "gt", "threshold": 0, "probability": 2}]}"#
        let error = try failure { _ = try RequirementSpec.read(json: Array(body.utf8), name: "body") }
        #expect(
            error.lines == [
                "body:1:97: requirements[0].probability: 2 cannot be shown by any number of runs; give a number between 0 and 1, such as 0.99"
            ])
        let good = #"{"requirements": [{"name": "r", "output": "x", "operator": "gt", "threshold": 0, "probability": 0.5}]}"#
        #expect(
            try RequirementSpec.read(json: Array(good.utf8), name: "body") == [
                RequirementSpec(name: "r", output: "x", comparison: .gt, threshold: 0, probability: 0.5)
            ])
        #expect(try failure { _ = try RequirementSpec.read(json: Array("{}".utf8), name: "body") }.lines.count == 1)
    }
}
