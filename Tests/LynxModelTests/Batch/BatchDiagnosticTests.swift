import FoundationEssentials
import LynxDocument
import LynxModel
import TestSupport
import Testing

@Suite("What is wrong with a batch")
struct BatchDiagnosticTests {
    private static let kinds = Distribution.Kind.allCases.map(\.rawValue).joined(separator: ", ")

    @Test("Everything wrong with a file is reported at once, in the order of its lines")
    func allAtOnce() throws {
        let text = """
            name: ""
            runs_overide: 3
            config:
              simulation:
                version: true
                type: "my sim"
              monte_carlo:
                runs: "40"
                sampling_method: hallton
                seed: -1
                seed: 4
              dispersions:
                mass:
                  distribution: {type: uniform, min: 5, max: 3}
                  unit: kg
                drag: {distribution: {type: gauss}}
              compute:
                max_retries: 1.5
                job_timeout_seconds: .inf
              early_termination:
                enabled: yes
                conditions:
                  - {name: low, variable: r, operator: "<", threshold: 6_371}
                  - {name: low, variable: r, operator: less, threshold: [1]}
            """
        let error = try failure { _ = try BatchSubmission.read(yaml: text, name: "b.yaml") }
        #expect(
            error.description.split(separator: "\n") == [
                "b.yaml:1:7: name: is blank; give some text",
                "b.yaml:2:1: runs_overide: is not a field of a batch; did you mean 'runs_override'?",
                "b.yaml:4:3: config.simulation.name: is missing; give a string",
                "b.yaml:5:14: config.simulation.version: expected a string, found true; put it in quotes",
                "b.yaml:6:11: config.simulation.type: 'my sim' is not an identifier; use letters, digits, '_', '-' and '.'",
                "b.yaml:8:11: config.monte_carlo.runs: expected a whole number from 1 to 1000000, found the quoted string '40'; remove the quotes",
                "b.yaml:9:22: config.monte_carlo.sampling_method: 'hallton' is not known; did you mean 'halton'? It is one of latin_hypercube, monte_carlo, sobol, halton, grid, table, saltelli, subset_simulation",
                "b.yaml:10:11: config.monte_carlo.seed: -1 is out of range; give a whole number from 0 to 18446744073709551615",
                "b.yaml:11:5: config.monte_carlo.seed: is given a second time, first on line 10; keep one of the two",
                "b.yaml:14:50: config.dispersions.mass.distribution.max: 3 is not above min (5); give min < max",
                "b.yaml:15:7: config.dispersions.mass.unit: is not a field of a dispersion; did you mean 'units'?",
                "b.yaml:16:33: config.dispersions.drag.distribution.type: 'gauss' is not known; give one of \(Self.kinds)",
                "b.yaml:18:18: config.compute.max_retries: expected a whole number from 0 to 1000, found the number 1.5",
                "b.yaml:19:26: config.compute.job_timeout_seconds: .inf is not a finite number; give a number above 0 and of at most 31622400",
                "b.yaml:21:14: config.early_termination.enabled: expected true or false, found the string 'yes'; write true",
                "b.yaml:23:44: config.early_termination.conditions[0].operator: '<' is not known; write lt",
                "b.yaml:23:60: config.early_termination.conditions[0].threshold: '6_371' has separators between its digits; write 6371",
                "b.yaml:24:16: config.early_termination.conditions[1].name: 'low' already names conditions[0]; give each condition a name of its own",
                "b.yaml:24:44: config.early_termination.conditions[1].operator: 'less' is not known; give one of lt, lte, gt, gte, eq, neq",
                "b.yaml:24:61: config.early_termination.conditions[1].threshold: expected a number, found a list",
            ])
    }

    @Test("A body of the API is judged by the same rules, and its problem names the fields")
    func json() throws {
        let body = #"{"name": "b", "config": {"simulation": {"name": 7}, "monte_carlo": {"runs": 0, "sampling_method": "lattice"}}}"#
        let error = try failure { _ = try BatchSubmission.read(json: Data(body.utf8)) }
        #expect(
            error.description.split(separator: "\n") == [
                "request body:1:49: config.simulation.name: expected a string, found the number 7; put it in quotes",
                "request body:1:77: config.monte_carlo.runs: 0 is out of range; give a whole number from 1 to 1000000",
                "request body:1:99: config.monte_carlo.sampling_method: 'lattice' is not known; give one of latin_hypercube, monte_carlo, sobol, halton, grid, table, saltelli, subset_simulation",
            ])
        let problem = error.problem(title: "Invalid batch")
        #expect(problem.status == 400)
        #expect(problem.errors?.map(\.field) == ["config.simulation.name", "config.monte_carlo.runs", "config.monte_carlo.sampling_method"])
        #expect(problem.errors?[1].detail == "0 is out of range; give a whole number from 1 to 1000000")
    }

    @Test(
        "Parameters that make no distribution are refused where they stand",
        arguments: [
            ("{type: uniform, min: 1}", "p.max: is missing; give a number"),
            ("{type: uniform, min: 1, max: 1}", "p.max: 1 is not above min (1); give min < max"),
            ("{type: uniform, min: -1e308, max: 1e308}", "p.max: is too far from min for double precision; narrow the range"),
            (
                "{type: uniform, min: 1, max: 2, mean: 1}",
                "p.mean: is not a field of the distribution 'uniform'; its fields are type, min, max, truncate"
            ),
            ("{type: normal, mean: 0, std_dev: 0}", "p.std_dev: 0 is out of range; give a number above 0"),
            ("{type: normal, mean: .nan, std_dev: 1}", "p.mean: .nan is not a finite number; give a number"),
            ("{type: normal, mean: 1e999, std_dev: 1}", "p.mean: 1e999 is not a finite number; give a number"),
            ("{type: normal, mean: 0, stddev: 1}", "p.std_dev: is missing; give a number above 0"),
            ("{type: lognormal, mu: 0, sigma: -1}", "p.sigma: -1 is out of range; give a number above 0"),
            ("{type: triangular, min: 0, mode: 2, max: 1}", "p.mode: 2 lies outside min (0) to max (1); give min ≤ mode ≤ max"),
            ("{type: exponential, rate: 0}", "p.rate: 0 is out of range; give a number above 0"),
            ("{type: weibull, shape: 0, scale: 1}", "p.shape: 0 is out of range; give a number above 0"),
            ("{type: beta, alpha: 1, beta: -2}", "p.beta: -2 is out of range; give a number above 0"),
            ("{type: beta, alpha: 1, beta: 2, min: 1}", "p.max: 1 is not above min (1); give min < max"),
            ("{type: beta, alpha: 1, beta: 2, min: x}", "p.min: expected a number, found the string 'x'"),
            ("{type: truncated_normal, mean: 0, std_dev: 1, min: 3, max: 2}", "p.max: 2 is not above min (3); give min < max"),
            ("{type: truncated_normal, mean: 0, std_dev: 1, min: 9, max: 10}", "p.min: the range from min to max holds almost nothing of normal(mean 0, std_dev 1); widen the range or move the mean"),
            ("{type: truncated_normal, mean: 0, std_dev: 1, min: -10, max: -9}", "p.min: the range from min to max holds almost nothing of normal(mean 0, std_dev 1); widen the range or move the mean"),
            ("{type: discrete, values: []}", "p.values: is an empty list; give at least 1"),
            ("{type: discrete, values: 3}", "p.values: expected a list of values, found the number 3; write [a, b], or one '- item' per line"),
            ("{type: discrete, values: [1, 2], weights: [1]}", "p.weights: 1 given for 2 values; give one weight per value"),
            ("{type: discrete, values: [1, 2], weights: [0, 0]}", "p.weights: are all zero; give at least one weight above 0"),
            ("{type: discrete, values: [1, 2], weights: [1, -1]}", "p.weights[1]: -1 is out of range; give a number of at least 0"),
            ("{type: discrete, values: [1, 2], weights: [1e308, 1e308]}", "p.weights: has too large a sum; scale the weights down"),
            ("{type: discrete, values: [1, [2]]}", "p.values[1]: expected a number, a string, true or false, found a list"),
            ("{type: loguniform, min: 0, max: 1}", "p.min: 0 is out of range; give a number above 0"),
            ("{type: loguniform, min: 2, max: 1}", "p.max: 1 is not above min (2); give min < max"),
            ("{type: rayleigh, scale: -1}", "p.scale: -1 is out of range; give a number above 0"),
            ("{type: gumbel, loc: 1, scale: 0}", "p.scale: 0 is out of range; give a number above 0"),
            ("{type: student_t}", "p.df: is missing; give a number above 0 and of at most 1000000"),
            ("{type: student_t, df: 3, dof: 2}", "p.dof: is not a field of the distribution 'student_t'; did you mean 'df'?"),
            ("{type: gamma, shape: 2}", "p.scale: is missing; give scale, or rate"),
            ("{type: gamma, shape: 2, scale: 1, rate: 1}", "p.rate: is given beside scale; keep one of the two"),
            ("{type: gamma, shape: 1e7, scale: 1}", "p.shape: 1e7 is out of range; give a number above 0 and of at most 1000000"),
            ("{type: empirical, values: []}", "p.values: is an empty list; give at least 1"),
            ("{type: empirical, values: [1, a]}", "p.values[1]: expected a number, found the string 'a'"),
            ("{type: empirical, values: [1], interpolate: true}", "p.values: has one value, and none to interpolate to; give at least 2"),
            ("{type: empirical, values: [1, 2], truncate: {min: 1}}", "p.truncate: is of continuous distributions alone; set interpolate: true, or leave the values out that lie beyond"),
            ("{type: mixture, components: []}", "p.components: is an empty list; give at least 1"),
            (
                "{type: mixture, components: [{weight: 0, distribution: {type: uniform, min: 0, max: 1}}]}",
                "p.components[0].weight: 0 is out of range; give a number above 0"
            ),
            (
                "{type: mixture, components: [{weight: 1, distribution: {type: constant, value: 1}}]}",
                "p.components[0].distribution: is constant, and only continuous distributions are mixed"
            ),
            (
                "{type: mixture, components: [{weight: 1, distribution: {type: empirical, values: [1, 2]}}]}",
                "p.components[0].distribution: is empirical, and only continuous distributions are mixed"
            ),
            ("{type: mixture, components: [{weight: 1, distribution: {type: mixture, components: [{weight: 1, distribution: {type: rayleigh, scale: 1}}]}}]}", "p.components[0].distribution: is a mixture itself; give its components here"),
            (
                "{type: integer_uniform, min: 1.5, max: 2}",
                "p.min: expected a whole number from -4503599627370496 to 4503599627370496, found the number 1.5"
            ),
            ("{type: integer_uniform, min: 3, max: 2}", "p.max: 2 is below min (3); give min ≤ max"),
            ("{type: files}", "p.files: is missing; give a list of paths, or in a batch file a pattern"),
            ("{type: files, files: []}", "p.files: is an empty list; give at least 1"),
            ("{type: files, pattern: '*.csv'}", "p.pattern: is taken in batch files only, in place of files; give those"),
            ("{type: normal, mean: 0, std_dev: 1, truncate: {}}", "p.truncate.min: is missing, and so is max; give at least one of the two"),
            ("{type: normal, mean: 0, std_dev: 1, truncate: {min: 2, max: 2}}", "p.truncate.max: 2 is not above min (2); give min < max"),
            (
                "{type: normal, mean: 0, std_dev: 1, truncate: {min: 0, low: 2}}",
                "p.truncate.low: is not a field of 'truncate'; its fields are min, max"
            ),
            ("{type: normal, mean: 0, std_dev: 1, truncate: [0, 1]}", "p.truncate: expected 'truncate' (a mapping of fields), found a list"),
            (
                "{type: discrete, values: [1, 2], truncate: {min: 2}}",
                "p.truncate: is not a field of the distribution 'discrete'; its fields are type, values, weights"
            ),
            ("{type: constant, value: }", "p.value: is empty; give a number, a string, true or false"),
            ("{type: constant, value: .inf}", "p.value: .inf is not a finite number; give a number"),
            ("{type: constant, value: 1_000}", "p.value: '1_000' has separators between its digits; write 1000"),
            ("{type: unifrom, min: 1, max: 2}", "p.type: 'unifrom' is not known; did you mean 'uniform'? It is one of \(Self.kinds)"),
            ("{min: 1, max: 2}", "p.type: is missing; give one of \(Self.kinds)"),
            ("uniform", "p: expected a distribution (a mapping of fields), found the string 'uniform'"),
        ])
    func distribution(text: String, line: String) throws {
        let batch = BatchReaderTests.minimal + "  dispersions: {x: {distribution: \(text)}}\n"
        let error = try failure { _ = try BatchSubmission.read(yaml: batch, name: "b.yaml") }
        let first = try #require(error.diagnostics.first)
        #expect("\(first.fieldPath): \(first.message)".replacing("config.dispersions.x.distribution", with: "p") == line)
        #expect(first.mark.line == 5)
    }

    @Test("Truncation far in a tail is taken while something is left there", arguments: [(6.0, 7.0), (-7.0, -6.0), (-0.001, 0.001), (6.9, 1e9)])
    func tail(range: (min: Double, max: Double)) throws {
        let text = "{type: truncated_normal, mean: 0, std_dev: 1, min: \(range.min), max: \(range.max)}"
        let batch = BatchReaderTests.minimal + "  dispersions: {x: {distribution: \(text)}}\n"
        #expect(throws: Never.self) { try BatchSubmission.read(yaml: batch, name: "b.yaml") }
    }

    @Test(
        "Values out of their range are refused",
        arguments: [
            ("monte_carlo: {runs: 1e3}", "config.monte_carlo.runs: expected a whole number from 1 to 1000000, found the number 1e3; write 1000"),
            ("monte_carlo: {runs: 99999999999999999999999999999999999999999}", "config.monte_carlo.runs: 9999999999999999999999999999999999999999… is out of range; give a whole number from 1 to 1000000"),
            ("monte_carlo: {runs: 010}", "config.monte_carlo.runs: 010 begins with a zero; write it without"),
            ("monte_carlo: {runs: }", "config.monte_carlo.runs: is empty; give a whole number from 1 to 1000000"),
            ("monte_carlo: {runs: 1, seed: 18446744073709551616}", "config.monte_carlo.seed: 18446744073709551616 is out of range; give a whole number from 0 to 18446744073709551615"),
            ("compute: {max_retries: -1}", "config.compute.max_retries: -1 is out of range; give a whole number from 0 to 1000"),
            ("compute: {max_parallel_jobs: 0}", "config.compute.max_parallel_jobs: 0 is out of range; give a whole number from 1 to 1000000"),
            ("compute: {job_timeout_seconds: 0}", "config.compute.job_timeout_seconds: 0 is out of range; give a number above 0 and of at most 31622400"),
            ("compute: [1]", "config.compute: expected 'compute' (a mapping of fields), found a list"),
            ("early_termination: {check_frequency_hz: -1}", "config.early_termination.check_frequency_hz: -1 is out of range; give a number of at least 0 and of at most 1000000"),
            ("telemetry: {sampling_rate_hz: 0}", "config.telemetry.sampling_rate_hz: 0 is out of range; give a number above 0 and of at most 1000000"),
            ("telemetry: {variables: [a, 5]}", "config.telemetry.variables[1]: expected a string, found the number 5; put it in quotes"),
            (
                "early_termination: {conditions: [{name: a, variable: v, operator: lt, threshold: .inf}]}",
                "config.early_termination.conditions[0].threshold: .inf is not a finite number; give a number"
            ),
        ])
    func range(section: String, line: String) throws {
        let others = ["simulation: {name: s}", section] + (section.hasPrefix("monte_carlo") ? [] : ["monte_carlo: {runs: 1}"])
        let text = "name: b\nconfig:\n" + others.map { "  \($0)\n" }.joined()
        let error = try failure { _ = try BatchSubmission.read(yaml: text, name: "b.yaml") }
        #expect(error.diagnostics.map { "\($0.fieldPath): \($0.message)" } == [line])
    }

    @Test(
        "A file that is no batch says so in one line",
        arguments: [
            ("", "b.yaml:1:1: is empty; give a batch (a mapping of fields)"),
            ("name: a\n", "b.yaml:1:1: config: is missing; give 'config' (a mapping of fields)"),
            ("- a\n", "b.yaml:1:1: expected a batch (a mapping of fields), found a list"),
            ("hello\n", "b.yaml:1:1: expected a batch (a mapping of fields), found the string 'hello'"),
        ])
    func noBatch(text: String, line: String) throws {
        #expect(try failure { _ = try BatchSubmission.read(yaml: text, name: "b.yaml") }.description == line)
    }
}
