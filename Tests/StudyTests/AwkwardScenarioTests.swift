import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("What awkward scenarios leave", .timeLimit(.minutes(5)))
struct AwkwardScenarioTests {
    /// `lynxctl` on the ledger that the study's `run` has left, served again.
    private func afterwards<Value>(
        _ study: StudyFixture, _ body: (_ lynxctl: (String...) async throws -> Program.End) async throws -> Value
    ) async throws -> Value {
        let output = try EventPipe(study.directory.path + "/serve")
        let server = try study.start("lynxctl", ["serve", "--port", "0", "--database", "state/ledger.sqlite"], output: output)
        let url = String(try await output.expect("listening on")[0].split(separator: " ").last!)
        let value = try await body { (arguments: String...) in
            try await Program.run("lynxctl", arguments + ["--control-plane", url], in: study.directory.path)
        }
        server.send(SIGTERM)
        _ = try await server.end()
        return value
    }

    @Test("Floats arrive as floats in every run, whole ones, powers of ten and −0.0 too, and integers as integers")
    func floats() async throws {
        let study = try StudyFixture(
            """
            with open(os.environ["TETRYX_RUN_CONFIG"]) as file:
                parameters = json.load(file)["parameters"]
            sign = json.dumps(parameters["minus"])
            print(*(f"{name}={type(value).__name__}" for name, value in sorted(parameters.items())), f"minus={sign}")
            """, runs: 6,
            dispersions: [
                "gain: {distribution: {type: discrete, values: [0.5, 1.0, 2.0]}}", "whole: {distribution: {type: discrete, values: [1.0, 2.0]}}",
                "mixed: {distribution: {type: discrete, values: [0.5, 1, 2]}}", "count: {distribution: {type: discrete, values: [1, 2]}}",
                "minus: {distribution: {type: constant, value: -0.0}}", "large: {distribution: {type: constant, value: 1e16}}",
            ])
        let end = try await study.startRun().end()
        #expect(end.exitCode == 0, "\(end.errors)")
        for result in try StudyDocument(end.output).results {
            let printed = try String(contentsOfFile: try #require(result.metadata.directory) + "/stdout.log", encoding: .utf8)
            #expect(printed == "count=int gain=float large=float mass=float minus=float mixed=float whole=float minus=-0.0\n")
        }
    }

    @Test("NaN in a summary takes no other value away, and a summary further down is none of the run's")
    func summaries() async throws {
        let study = try StudyFixture(
            """
            os.mkdir(output + "/aero")
            with open(output + "/aero/summary.json", "w") as file:
                json.dump({"final_apogee_m": -1.0, "residual": 1e-9}, file)
            with open(output + "/summary.json", "w") as file:
                json.dump({"final_apogee_m": 1200.0 + run, "miss_m": float("nan") if run == 1 else 3.25}, file)
            """, runs: 3)
        let end = try await Program.run(
            "lynxctl", ["run", "batch.yaml", "--runner-config", "runner.yaml", "--state", "state"], in: study.directory.path)
        #expect(end.exitCode == 0, "\(end.errors)")
        let rows = end.outputLines.prefix(4).map { $0.split(separator: " ").map(String.init) }
        #expect(rows[0] == ["run", "status", "seconds", "final_apogee_m", "miss_m"], "\(end.output)")
        #expect(rows[1...].map { $0.suffix(2).joined(separator: " ") } == ["1200 3.25", "1201 NaN", "1202 3.25"], "\(end.output)")
        #expect(end.output.contains("warning: summary.json: miss_m is NaN (run 1)"))
    }

    @Test("Whatever a simulation prints, the terminal and the CSV are safe")
    func controlCharacters() async throws {
        let study = try StudyFixture(
            #"""
            lines = [
                b"\x1b[1;31mERROR\x1b[0m \x00nul \x08\x0c ]]> <tag> & \"q\" 'a'\n",
                b"\xff\xfe\xf0\x28 bad bytes \xed\xa0\x80 | pipe `tick` <\xcc\xb8 \"\xcc\x81quoted\xe2\x80\xa8line\n",
                b"10%\r20%\r30%\rValueError: comma,\"quote\"\r\n",
                b"\xef\xbf\xbe\xef\xbf\xbf nonchar \xf0\x9f\x9a\x80 rocket\xc2\x85next\xc2\x9f \xe2\x80\xaetxt\n",
            ]
            sys.stderr.buffer.write(lines[run])
            sys.stderr.flush()
            sys.exit(3)
            """#, runs: 4)
        let end = try await study.startRun().end()
        let batch = try StudyDocument(end.output).batch.batchID
        try await afterwards(study) { lynxctl in
            let printed = [
                try await lynxctl("results", batch), try await lynxctl("jobs", batch), try await lynxctl("results", batch + "-0"),
                try await lynxctl("status", batch),
            ]
            let waited = try await lynxctl("wait", batch, "--results", "runs.csv", "--junit", "jobs.xml", "--summary", "summary.md")
            let written = try ["runs.csv", "jobs.xml", "summary.md"].map { try study.directory.read($0) }
            for text in (printed + [waited]).flatMap({ [$0.output, $0.errors] }) + written {
                let unfit = text.unicodeScalars.filter {
                    $0.properties.generalCategory == .format || $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\r" && $0 != "\t"
                }
                #expect(unfit.isEmpty, "\(text)")
            }
            #expect(printed[0].output.contains("exit code 3: ValueError: comma,\"quote\"\n"))
            #expect(printed[0].output.contains("exit code 3: ERROR \u{FFFD}nul"))
            let read = try await Program.run(
                Repository.python, ["-c", "import csv; print(len(list(csv.DictReader(open('runs.csv', newline='', encoding='utf-8')))))"],
                in: study.directory.path)
            #expect(read.output == "4\n", "\(read.errors)\(written[0])")
            // Combining marks are as they were, right after what CSV and JSON quote.
            #expect(Array(written[0].utf8).firstRange(of: Array("<\u{338} \"\"\u{301}quoted".utf8)) != nil, "\(written[0])")
        }
    }
}
