import EventLoop
import Support
import TestSupport
import Testing

@testable import Command
@testable import CommandDocument
@testable import LynxModel

@Suite("Results of a run")
struct ResultReaderTests {
    private func numbers(_ format: ResultSource.Format, _ text: String) throws -> [String: Double] {
        let directory = try TemporaryDirectory()
        let path = try directory.write("result", text)
        return Dictionary(uniqueKeysWithValues: try ResultReader.numbers(format, at: path).map { ($0.name, $0.value) })
    }

    private func problem(_ format: ResultSource.Format, _ text: String) throws -> String {
        try #require(throws: ResultReader.Problem.self) { try numbers(format, text) }.message
    }

    @Test("A JSON object gives its numbers, also after what a program printed first")
    func json() throws {
        #expect(try numbers(.json, #"{"a": 1, "b": {"c": 2.5, "d": "x"}, "e": [1]}"#) == ["a": 1, "b.c": 2.5])
        #expect(try numbers(.json, "loading\n{\"a\": 1}\n{\"a\": 2}\n") == ["a": 2])
        #expect(try problem(.json, "loading").contains("is no JSON object"))
    }

    @Test(
        "The last row of a table counts",
        arguments: [
            "time,alt,name\n0,1,a\n1,2.5,b\n", "# time;alt;name\n0;1;a\n1;2.5;b", "time\talt\tname\r\n1\t2.5\tb\r\n",
            "\u{FEFF}time, \"alt\", name\n1, 2.5, b\n2,3\n\n", "time alt name\n 1   2.5 b\n",
        ])
    func table(text: String) throws {
        #expect(try numbers(.csv, text) == ["time": 1, "alt": 2.5])
    }

    @Test("A table without rows is a problem")
    func emptyTable() throws {
        #expect(try problem(.csv, "a,b\n").contains("has no row with 2 values"))
        #expect(try problem(.csv, "a,b").contains("has no rows"))
    }

    @Test("Lines of names and numbers give the last number of each")
    func keyValues() throws {
        let text = "Landing speed : 1.5 m/s\nrange=1.0D+03\nnote = none\nrange = 12, \n\"x\": 3,\nurl: http://a\ninf = inf\n"
        #expect(try numbers(.keyValue, text) == ["Landing speed": 1.5, "range": 12, "x": 3, "inf": .infinity])
    }

    @Test("The last line that matches gives the groups of a regular expression")
    func pattern() throws {
        let format = ResultSource.Format.pattern(#"at (?<t>[\d.]+) s: (?<v>[-\d.]+)"#)
        #expect(try numbers(format, "at 1 s: -2\nat 2.5 s: -3\nend\n") == ["t": 2.5, "v": -3])
        #expect(try problem(format, "nothing\n").contains("has no line"))
    }

    @Test("A file that is not there, or is none, is a problem")
    func missing() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: ResultReader.Problem.self) { try ResultReader.numbers(.json, at: directory.file("none")) }
        #expect(throws: ResultReader.Problem.self) { try ResultReader.numbers(.json, at: directory.path) }
    }

    @Test("Results are written for the host after what the program itself reported")
    func written() throws {
        let directory = try TemporaryDirectory()
        try directory.write("outputs.jsonl", #"{"name": "own", "value": 1}"#)
        try directory.write("r.json", #"{"a": 1.5, "b": NaN}"#)
        let spec = ResultSource(format: .json, source: .stdout, values: ["speed \"x\"": "a", "b": "b", "c": "c"], units: ["b": "m"])
        let warnings = RunResults.write([.init(spec: spec, file: RunFile(name: "r.json", path: directory.file("r.json")))], to: directory.path)
        #expect(warnings == ["results: r.json has no number 'c'; it has a, b"])
        let reported = ReportedNumbers(lines: Array(try directory.read("outputs.jsonl").utf8)[...], name: "outputs.jsonl")
        #expect(reported.problem == nil)
        #expect(reported.entries.map(\.name) == ["own", "b", "speed \"x\""])
        #expect(reported["b"]?.value.isNaN == true)
        #expect(reported["b"]?.units == "m")
    }
}

@Suite("Telemetry of a run")
struct TelemetryReaderTests {
    private struct Sample: Equatable {
        var name: String
        var units: String
        var time: Double
        var value: Double
    }

    private func samples(_ spec: TelemetrySource, _ lines: [String]) -> (samples: [Sample], warnings: [String]) {
        var reader = TelemetryReader(spec, begin: MonotonicClock.now)
        var samples: [Sample] = []
        for line in lines { reader.read(Array(line.utf8)[...]) { samples.append(Sample(name: $0, units: $1, time: $2, value: $3)) } }
        return (samples, reader.warnings)
    }

    @Test("JSON lines give a sample for each number, and other lines nothing")
    func jsonLines() {
        let found = samples(
            TelemetrySource(source: .stdout, format: .jsonLines, units: ["alt": "m"]),
            ["hello", #"{"time": 1.5, "alt": 100, "att": {"roll": 0.1}, "mode": "x"}"#, #"  {"t": 2, "alt": 90}"#, "{broken", "{}"])
        #expect(
            found.samples == [
                Sample(name: "alt", units: "m", time: 1.5, value: 100), Sample(name: "att.roll", units: "", time: 1.5, value: 0.1),
                Sample(name: "alt", units: "m", time: 2, value: 90),
            ])
        #expect(found.warnings == ["1 lines are no JSON objects and were passed over"])
    }

    @Test("A JSON line may be one sample that names its variable")
    func namedSample() {
        let found = samples(TelemetrySource(source: .stdout, format: .jsonLines), [#"{"name": "alt", "value": 3, "sim_time_s": 4, "units": "m"}"#])
        #expect(found.samples == [Sample(name: "alt", units: "m", time: 4, value: 3)])
    }

    @Test("Columns of a table are chosen and renamed")
    func table() {
        let spec = TelemetrySource(
            source: .stdout, format: .csv, time: "Time", variables: ["altitude_ft": "Altitude ASL (ft)", "x": "none"], units: ["altitude_ft": "ft"])
        let found = samples(spec, ["Time,Altitude ASL (ft),V_{Total} (ft/s)", "0,3000,100", "0.5,2990,101", "1,29"])
        #expect(
            found.samples == [
                Sample(name: "altitude_ft", units: "ft", time: 0, value: 3000), Sample(name: "altitude_ft", units: "ft", time: 0.5, value: 2990),
            ])
        #expect(found.warnings.contains { $0.contains("has no column 'none'") })
        #expect(found.warnings.contains { $0.contains("1 lines are no rows") })
    }

    @Test("A table without a column of time takes its first one")
    func timeColumn() {
        let found = samples(TelemetrySource(source: .stdout, format: .csv), ["step\ta\tb", "1\t2\tnan"])
        #expect(found.samples.map(\.name) == ["a", "b"])
        #expect(found.samples.map(\.time) == [1, 1])
        #expect(found.samples[1].value.isNaN)
    }
}

@Suite("Lines of a file that grows")
struct LineTailTests {
    @Test("Whole lines come once, in pieces of any size, and the rest at the end")
    func growing() throws {
        let directory = try TemporaryDirectory()
        let tail = LineTail(directory.file("log"))
        var lines: [String] = []
        func take(_ line: ArraySlice<UInt8>) { lines.append(String(decoding: line, as: UTF8.self)) }
        tail.read(take)
        #expect(!tail.isFound && lines.isEmpty)
        for text in ["a\nb", "a\nbc\n", "a\nbc\r\n\nd"] {
            try directory.write("log", text)
            tail.read(take)
        }
        #expect(tail.isFound)
        tail.finish(take)
        #expect(lines.first == "a")
        #expect(lines.last == "d")
    }

    @Test("A line without end is passed over, and what follows it is read")
    func longLine() throws {
        let directory = try TemporaryDirectory()
        try directory.write("log", String(repeating: "x", count: 3 << 20) + "\nshort\n")
        var lines: [String] = []
        LineTail(directory.file("log")).read { lines.append(String(decoding: $0, as: UTF8.self)) }
        #expect(lines == ["short"])
    }
}
