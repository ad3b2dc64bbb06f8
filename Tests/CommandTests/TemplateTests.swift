import Command
import LynxModel
import Testing

@testable import CommandDocument

@Suite("Templates")
struct TemplateTests {
    private var values: TemplateValues {
        var values = TemplateValues(
            RunConfiguration(
                jobID: "b-3", batchID: "b", runIndex: 3, seed: .max, simulation: SimulationSpec(name: "s"),
                parameters: ["mass_kg": .number(1.25), "count": .integer(7), "gear": .string("down {0}"), "ic/h-ft": .number(3000), "on": .bool(true)],
                units: ["mass_kg": "kg"]))
        values.single["output_dir"] = .string("/out")
        values.groups["ports"] = ["gcs": .integer(20001)]
        return values
    }

    private func filled(_ text: String) throws -> String { try Template(text).text(with: values) }

    private func problem(_ text: String) throws -> TemplateProblem {
        try #require(throws: TemplateProblem.self) { try filled(text) }
    }

    @Test(
        "Fields are filled with the run's values",
        arguments: [
            ("{parameters.mass_kg}", "1.25"), ("{parameters.mass_kg:%.6e}", "1.250000e+00"), ("{parameters.count:%04d}", "0007"),
            ("{parameters.count:%.1f}", "7.0"), ("{parameters.gear}", "down {0}"), ("{parameters.gear:%10s}|", "  down {0}|"),
            ("{parameters.on:%d}", "1"), ("{parameters.on}", "true"), ("{parameters.ic/h-ft}", "3000.0"), ("{parameters.ic/h-ft:%d}", "3000"),
            ("{run_index}/{job_id}/{batch_id}", "3/b-3/b"), ("{seed}", "18446744073709551615"), ("{units.mass_kg}", "kg"),
            ("{output_dir}/x", "/out/x"), ("{ports.gcs}", "20001"), ("{simulation.name}", "s"),
        ])
    func fields(text: String, expected: String) throws {
        #expect(try filled(text) == expected)
    }

    @Test(
        "Braces that begin no field stand for themselves, and doubled ones for one",
        arguments: [
            ("{{run_index}}", "{run_index}"), (#"{"a": {"b": {parameters.count}}}"#, #"{"a": {"b": 7}}"#), ("{ run_index }", "{ run_index }"),
            ("{1, 2}", "{1, 2}"), ("{}", "{}"), (#"{{"n": {run_index}}}"#, #"{"n": 3}"#), ("a } b", "a } b"), ("f(x) {\n y\n}", "f(x) {\n y\n}"),
            ("{", "{"), ("{abc, def}", "{abc, def}"),
        ])
    func braces(text: String, expected: String) throws {
        #expect(try filled(text) == expected)
    }

    @Test("A template keeps bytes that are no text")
    func bytes() throws {
        let template = try Template([0xFF, 0x00] + Array("{run_index}".utf8) + [0xC3])
        #expect(try template.filled(with: values) == [0xFF, 0x00, UInt8(ascii: "3"), 0xC3])
    }

    @Test("Other delimiters leave braces alone")
    func delimiters() throws {
        let template = try Template(Array("x = {run_index}; y = @run_index@;".utf8), delimiters: .init(open: "@", close: "@"))
        #expect(String(decoding: try template.filled(with: values), as: UTF8.self) == "x = {run_index}; y = 3;")
    }

    @Test(
        "A field that no run has is refused before any run, with its place",
        arguments: [
            ("a\nb {paramters.x}", 2, 3, "did you mean {parameters.x}"), ("{runindex}", 1, 1, "did you mean {run_index}"),
            ("{foo}", 1, 1, "there are run_index"), ("{parameters.x:%q}", 1, 1, "is not a format"), ("{parameters.x:%1000d}", 1, 1, "is not a format"),
            ("{parameters.x:%n}", 1, 1, "is not a format"), ("{parameters.}", 1, 1, "names nothing of parameters"), ("{seed\n", 1, 1, "is not closed"),
        ])
    func unknownFields(text: String, line: Int, column: Int, message: String) throws {
        let problem = try #require(throws: TemplateProblem.self) { try Template(text) }
        #expect((problem.line, problem.column) == (line, column), "\(problem)")
        #expect(problem.message.contains(message), "\(problem.message)")
    }

    @Test(
        "A field that this run lacks is named, with what it has",
        arguments: [
            ("{parameters.mas_kg}", "did you mean 'mass_kg'?"), ("{ports.api}", "there are gcs"), ("{env.HOME}", "set it where the runner starts"),
            ("{parameters.mass_kg:%d}", "needs a whole number"), ("{parameters.gear:%f}", "needs a number"),
        ])
    func missingValues(text: String, message: String) throws {
        let problem = try problem(text)
        #expect(problem.message.contains(message), "\(problem)")
    }
}
