import Glibc
import LynxModel
import TestSupport
import Testing

@testable import RunnerHost

@Suite("The outputs of a run, from its directory", .timeLimit(.minutes(2)))
struct OutputCollectorTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func collect(_ declared: [String: OutputSpec]? = nil, series: [String: TelemetrySeries] = [:]) -> OutputCollector.Outcome {
        OutputCollector(declared: declared).collect(from: directory.path, observed: ObservedTelemetry(declared ?? [:]), series: series)
    }

    private func output(_ spec: OutputSpec) throws -> RunOutput { try #require(collect(["x": spec]).outputs.first) }

    private func last(_ csv: String, column: String = "x") throws -> RunOutput {
        try directory.write("a.csv", csv)
        return try output(OutputSpec(units: "m", artifact: "a.csv", column: column))
    }

    private static func series(_ last: Double?) -> TelemetrySeries {
        TelemetrySeries(units: "m", count: 1, first: last, last: last, min: last, max: last, timeS: [], values: [])
    }

    @Test("Without a declaration they are all that the scenario reports, its own calls before its summary")
    func undeclared() throws {
        try directory.write("outputs.jsonl", "{\"name\": \"b\", \"value\": 2, \"units\": \"m\"}\n{\"name\": \"a\", \"value\": NaN}\n")
        try directory.write("summary.json", #"{"b": 7, "c": {"d": 3}, "text": "no"}"#)
        let outcome = collect(series: ["t": Self.series(9)])
        #expect(
            outcome.outputs == [
                RunOutput(name: "b", value: 2, units: "m"), RunOutput(name: "a", value: nil, note: "is NaN"), RunOutput(name: "c.d", value: 3),
            ])
        #expect(outcome.warnings == ["outputs.jsonl: a is NaN"])
    }

    @Test("A scenario that reports nothing gives the last value of each variable")
    func telemetry() {
        let outcome = collect(series: ["t": Self.series(9), "s": Self.series(1), "none": Self.series(nil)])
        #expect(outcome.outputs == [RunOutput(name: "s", value: 1, units: "m"), RunOutput(name: "t", value: 9, units: "m")])
        let nowhere = OutputCollector(declared: nil).collect(from: nil, observed: ObservedTelemetry([:]), series: [:])
        #expect(nowhere.outputs == [] && nowhere.warnings == [])
    }

    @Test("Declared ones come in the order of their names, each with its number or with why it has none")
    func declared() throws {
        try directory.write("outputs.jsonl", "{\"name\": \"raw\", \"value\": 2, \"units\": \"km\"}\n{\"name\": \"inf\", \"value\": -Infinity}\n")
        try directory.write("summary.json", #"{"aero": {"q": 3}}"#)
        let outcome = collect([
            "good": OutputSpec(units: "km", from: "raw"), "nested": OutputSpec(units: "Pa", from: "aero.q"), "raw": OutputSpec(units: "m"),
            "absent": OutputSpec(units: "s"), "inf": OutputSpec(),
        ])
        #expect(
            outcome.outputs == [
                RunOutput(name: "absent", value: nil, units: "s", note: "the scenario reports no 'absent'"),
                RunOutput(name: "good", value: 2, units: "km"), RunOutput(name: "inf", value: nil, note: "is -Infinity"),
                RunOutput(name: "nested", value: 3, units: "Pa"), RunOutput(name: "raw", value: nil, units: "m", note: "is in 'km', not in 'm'"),
            ])
        #expect(outcome.warnings == ["outputs.jsonl: inf is -Infinity"])
    }

    @Test("The last row of a CSV file counts, whatever its line ends and quotes")
    func csv() throws {
        #expect(try last("t,x\n0,1\n1,2.5\n") == RunOutput(name: "x", value: 2.5, units: "m"))
        #expect(try last("t, x \r\n0,1\r\n1, -3e2 \r\n\r\n").value == -300)
        #expect(try last("\"t, s\",\"x\"\n\"0\",\"1\"\n").value == 1)
        #expect(try last("x,t\n1,0\n7,1\n").value == 7)
        let long = "t,x\n" + (0..<200_000).map { "\($0),\($0 * 2)\n" }.joined()
        #expect(long.utf8.count > 2 << 20)
        #expect(try last(long).value == 399_998)
    }

    @Test("A row that a kill has cut gives way to the whole one before it")
    func cut() throws {
        #expect(try last("t,x,y\n0,1,5\n1,2").value == 1)
        #expect(try last("t,x,y\n0,1,5\n1,").value == 1)
        #expect(try last("t,x\n0").note == "a.csv has no row after its first line")
    }

    @Test("A last value without an end of its line may lack digits, so it is no output; what a comma or a quote ends is whole")
    func cutInLastColumn() throws {
        let note = "a.csv ends with '12' and no line end, so it may have been cut there; end each row with a newline"
        #expect(try last("t,x\n0,1\n1,12") == RunOutput(name: "x", value: nil, units: "m", note: note))
        #expect(try last("x\n1\n12").note == note)
        // Of every cut of a row either its own value comes, or the one before it, or none.
        let whole = "t,x\n0,1\n1,12.75"
        for length in 1...whole.utf8.count {
            let value = try last(String(decoding: whole.utf8.prefix(length), as: UTF8.self)).value
            #expect(value == nil || value == 1, "\(length)")
        }
        #expect(try last(whole + "\n").value == 12.75)
        #expect(try last(whole + "\r").value == 12.75)
        #expect(try last("x,t\n1,0\n7,1").value == 7)
        #expect(try last("t,x\n\"0\",\"12\"").value == 12)
    }

    @Test("Of very many reported lines the last count, with a warning that tells the limit")
    func manyLines() throws {
        let first = "{\"name\": \"early\", \"value\": 1}\n"
        try directory.write("outputs.jsonl", first + (0..<1_000_000).map { "{\"name\":\"a\",\"value\":\($0)}\n" }.joined())
        let outcome = collect()
        #expect(outcome.outputs == [RunOutput(name: "a", value: 999_999)])
        #expect(
            outcome.warnings == [
                "outputs.jsonl: is longer than 20000 lines or 4 MiB, of which only the last are read; report each output once, at the end"
            ])
        try directory.write("outputs.jsonl", first + String(repeating: " ", count: 5 << 20) + "\n{\"name\": \"b\", \"value\": 2}\n")
        #expect(collect().outputs == [RunOutput(name: "b", value: 2)] && collect().warnings.count == 1)
        // One line that is longer than all that is read.
        try directory.write("outputs.jsonl", "{\"name\": \"\(String(repeating: "x", count: 5 << 20))\", \"value\": 1}\n")
        #expect(collect().outputs == [] && collect().warnings.count == 1)
        let lines = first + (1..<20_000).map { "{\"name\": \"a\", \"value\": \($0)}\n" }.joined()
        try directory.write("outputs.jsonl", lines)
        #expect(collect().outputs.map(\.name) == ["early", "a"] && collect().warnings == [])
    }

    @Test("A file that has no such number says what it has")
    func csvWithout() throws {
        #expect(try last("t,y\n0,1\n").note == "a.csv has no column 'x'; it has t, y")
        #expect(try last("t,x\n0,abc\n").note == "a.csv has 'abc' in the last row of 'x', which is no number")
        #expect(try last("t,x\n0,\n").note == "a.csv has '' in the last row of 'x', which is no number")
        #expect(try last("t,x\n0,nan\n") == RunOutput(name: "x", value: nil, units: "m", note: "is NaN"))
        #expect(try last("t,x\n").note == "a.csv has no row after its first line")
        #expect(try last("t,x").note == "a.csv has no row after its first line")
        #expect(try last("").note == "a.csv is empty")
    }

    @Test("A field of a JSON file counts, nested ones with dots")
    func json() throws {
        try directory.write("deep/r.json", #"{"a": {"b": 4}, "text": "5"}"#)
        func value(_ field: String) throws -> RunOutput { try output(OutputSpec(artifact: "deep/r.json", column: field)) }
        #expect(try value("a.b").value == 4)
        #expect(try value("text").note == "deep/r.json has no number 'text'")
        try directory.write("deep/r.json", "[1]")
        #expect(try value("a.b").note?.hasPrefix("deep/r.json is no JSON object") == true)
    }

    @Test("What is no regular file is not read, and holds nothing up")
    func untrusted() throws {
        let spec = OutputSpec(artifact: "a.csv", column: "x")
        #expect(try output(spec).note == "a.csv is not there")
        #expect(mkfifo(directory.file("a.csv"), 0o600) == 0)
        #expect(try output(spec).note == "a.csv is not a regular file")
        unlink(directory.file("a.csv"))
        #expect(mkdir(directory.file("a.csv"), 0o700) == 0)
        #expect(try output(spec).note == "a.csv is not a regular file")
        rmdir(directory.file("a.csv"))
        let outside = try TemporaryDirectory()
        try outside.write("secret.csv", "x\n7\n")
        #expect(symlink(outside.file("secret.csv"), directory.file("a.csv")) == 0)
        let link = try output(spec)
        #expect(link.value == nil && link.note?.hasPrefix("a.csv ") == true)
        #expect(symlink(outside.path, directory.file("folder")) == 0)
        #expect(try output(OutputSpec(artifact: "folder/secret.csv", column: "x")).value == nil)
    }

    @Test("What the scenario reports is not trusted either")
    func untrustedReports() throws {
        #expect(mkfifo(directory.file("outputs.jsonl"), 0o600) == 0)
        #expect(symlink("/etc/passwd", directory.file("summary.json")) == 0)
        let outcome = collect()
        #expect(outcome.outputs == [] && outcome.warnings.count == 2)
        #expect(outcome.warnings[0] == "outputs.jsonl is not a regular file; its numbers are missing")
        #expect(outcome.warnings[1].hasPrefix("summary.json ") && outcome.warnings[1].hasSuffix("; its numbers are missing"))
    }

    @Test("A summary that is no object is warned of, and the other reports count")
    func brokenSummary() throws {
        try directory.write("outputs.jsonl", "{\"name\": \"a\", \"value\": 1}\nnonsense\n")
        try directory.write("summary.json", "{\"b\": ")
        let outcome = collect()
        #expect(outcome.outputs.map(\.name) == ["a"])
        #expect(outcome.warnings.count == 2 && outcome.warnings[0].hasPrefix("outputs.jsonl:2: ") && outcome.warnings[1].hasPrefix("summary.json:"))
    }

    @Test("Of more than a thousand outputs the first thousand are kept, with a warning")
    func tooMany() throws {
        try directory.write("outputs.jsonl", (0..<1001).map { "{\"name\": \"x\($0)\", \"value\": \($0)}\n" }.joined())
        let outcome = collect()
        #expect(outcome.outputs.map(\.name) == (0..<1000).map { "x\($0)" })
        #expect(outcome.warnings == ["outputs: 1001 of them; only the first 1000 are kept"])
    }

    @Test("A real run brings all kinds of outputs with its result")
    func attempt() async throws {
        let bench = try AttemptBench.basilisk(
            """
            import json
            from lynx_scenario import TelemetryClient, output, output_dir
            with TelemetryClient.from_env() as telemetry:
                for step in range(5):
                    telemetry.emit("level", float(step * step), float(step), "m")
            output("miss", 1.25, units="m")
            (output_dir() / "summary.json").write_text(json.dumps({"aero": {"q": 7}}))
            (output_dir() / "path.csv").write_text("t,x\\n0,1\\n1,8\\n")
            """)
        var assignment = bench.assignment()
        assignment.outputs = [
            "miss": OutputSpec(units: "m"), "q": OutputSpec(from: "aero.q"), "end": OutputSpec(artifact: "path.csv", column: "x"),
            "top": OutputSpec(units: "m", telemetry: "level", statistic: .max), "nothing": OutputSpec(),
        ]
        let report = await bench.run(assignment)
        #expect(report.outcome == .success, "\(report.result.errorMessage ?? "")")
        #expect(
            report.result.outputs == [
                RunOutput(name: "end", value: 8), RunOutput(name: "miss", value: 1.25, units: "m"),
                RunOutput(name: "nothing", value: nil, note: "the scenario reports no 'nothing'"), RunOutput(name: "q", value: 7),
                RunOutput(name: "top", value: 16, units: "m"),
            ])
        #expect(report.result.metadata.simTimeS == 4 && report.result.metadata.breach == nil)
    }
}
