import Foundation
import LynxCLI
import LynxModel
import TestSupport
import Testing

@Suite("The results of a batch")
struct ResultsReportTests {
    private let pipe = Terminal(redraws: false, columns: nil, colour: false, unicode: true)

    @Test("Rows come by run index with status, seconds, values and the message of a failed run")
    func table() {
        let rows = RunRow.assemble(
            jobs: [job(1, .failed, message: "exit code 1"), job(0, .completed)],
            results: [result(0, values: ["orbit.radius_km": 7000.25]), result(1, values: ["orbit.radius_km": 6370.9])])
        #expect(
            report(rows).table(terminal: pipe) == [
                "run  status     seconds  radius_km  message",
                "  0  Completed     1.50    7000.25",
                "  1  Failed        1.50     6370.9  exit code 1",
            ])
        #expect(report(rows).totals() == "1 completed, 1 failed of 2 jobs, 0 artifacts")
    }

    @Test("A job without a result has its row")
    func withoutResult() {
        let rows = RunRow.assemble(jobs: [job(0, .failed, attempt: 4, message: "lost 4 times with its runner")], results: [])
        #expect(report(rows).table(terminal: pipe)[1] == "  0  Failed        -         4  lost 4 times with its runner")
    }

    @Test("In a narrow terminal value columns give way to the message")
    func narrow() {
        let values = ["first_value_of_the_run": 1.0, "second_value_of_the_run": 2.0]
        let rows = RunRow.assemble(
            jobs: [job(0, .failed, message: String(repeating: "long ", count: 20))], results: [result(0, values: values)])
        let lines = report(rows).table(terminal: Terminal(redraws: true, columns: 80, colour: false, unicode: true))
        #expect(lines[0].contains("first_value_of_the_run") && !lines[0].contains("second_value_of_the_run"))
        #expect(lines.allSatisfy { $0.count <= 80 })
    }

    @Test("More than 40 runs are shortened with a line that says how to see all; --all shows them")
    func long() {
        let rows = RunRow.assemble(jobs: (0..<41).map { job($0, .completed) }, results: [])
        let lines = report(rows).table(terminal: pipe)
        #expect(lines.count == 43)
        #expect(lines.last == "all 41 runs: see-all")
        var all = report(rows)
        all.showAll = true
        #expect(all.table(terminal: pipe).count == 42)
    }

    @Test("Every file of a few runs is named; of many runs the first ones, and the folder of all")
    func files() {
        func rows(_ count: Int) -> [RunRow] {
            RunRow.assemble(
                jobs: (0..<count).map { job($0, .completed) },
                results: (0..<count).map { result($0, files: ["/r/b/job-\($0)/summary.json", "/r/b/job-\($0)/orbit.png"]) })
        }
        #expect(report(rows(8)).files().count == 17)
        #expect(report(rows(8)).files()[1] == "  run 0  /r/b/job-0/summary.json")
        let many = report(rows(9)).files()
        #expect(many.count == 8)
        #expect(many.last == "  and of 6 more runs below /r/b")
    }

    @Test("Of a run with thousands of files their number and folder are told; --all names them")
    func manyFiles() {
        let rows = RunRow.assemble(
            jobs: [job(0, .completed), job(1, .completed)],
            results: [result(0, files: (0..<3_000).map { "/r/b/job-0/frames/\($0 % 3)/\($0).png" }), result(1, files: ["/r/b/job-1/a.csv"])])
        #expect(report(rows).files() == ["files:", "  run 0  3000 files in /r/b/job-0/frames", "  run 1  /r/b/job-1/a.csv"])
        var all = report(rows)
        all.showAll = true
        #expect(all.files().count == 3_002)
    }

    @Test("Folders are found by bytes")
    func folders() {
        // A slash before a combining mark is one Character with it.
        let rows = RunRow.assemble(
            jobs: [job(0, .completed)], results: [result(0, files: (0..<9).map { "/r/a/\u{301}x/\($0)" })])
        #expect(report(rows).files().last.map { Array($0.utf8) } == Array("  run 0  9 files in /r/a/\u{301}x".utf8))
    }

    @Test("Nothing that a simulation printed reaches the terminal as a command")
    func controlCharacters() {
        let nasty = "\u{1B}[2J\u{1B}]0;title\u{7}red\u{9B}31m \u{202E}txt\u{8}\u{C}\u{0}\u{85}next\r\nsecond"
        var failed = result(0, values: ["a\u{1B}[1mb": 1], files: ["/r/\u{1B}[31m/x"])
        failed.metadata.warnings = ["w\u{1B}[5m\nw"]
        let rows = RunRow.assemble(jobs: [job(0, .failed, message: nasty)], results: [failed])
        let lines = report(rows).table(terminal: pipe) + report(rows).files() + report(rows).warnings()
        let unfit = lines.flatMap(\.unicodeScalars).filter { $0.properties.generalCategory == .control || $0.properties.generalCategory == .format }
        #expect(unfit.isEmpty, "\(lines)")
        #expect(lines.count == 5)
        #expect(lines[1].hasSuffix("red \u{FFFD}txt\u{FFFD}\u{FFFD}\u{FFFD}"), "\(lines)")
    }

    @Test("The summary of the run is that at the top, wherever it stands among its files")
    func nestedSummary() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write("output/summary.json", #"{"final_apogee_m": 1200}"#)
        _ = try directory.write("output/aero/summary.json", #"{"final_apogee_m": -1, "residual": 1e-9}"#)
        var both = result(0, files: ["aero/summary.json", "summary.json"].map { "\(directory.path)/output/\($0)" })
        #expect(SummaryValues.of(both).numbers == ["final_apogee_m": 1200])
        both.artifacts = ["aero/summary.json", "summary.json"].map { Artifact(path: $0, sizeBytes: 1, sha256: "", mediaType: "") }
        #expect(SummaryValues.of(both).numbers == ["final_apogee_m": 1200])
        both.outputFiles.removeLast()
        both.artifacts.removeLast()
        // That of a part of it says nothing of the run.
        #expect(SummaryValues.of(both).names.isEmpty)
    }

    @Test("A number that is none is shown as it is, with a warning, and takes no other away")
    func notFinite() throws {
        let rows = (0..<3).map { index in
            let miss = ["3.25", "NaN", "-Infinity"][index]
            return RunRow(
                job: job(index, .completed), result: result(index),
                values: SummaryValues(json: Data(#"{"final_apogee_m": \#(1200 + index), "miss_m": \#(miss)}"#.utf8)))
        }
        #expect(
            report(rows).table(terminal: pipe) == [
                "run  status     seconds  final_apogee_m     miss_m",
                "  0  Completed     1.50            1200       3.25",
                "  1  Completed     1.50            1201        NaN",
                "  2  Completed     1.50            1202  -Infinity",
            ])
        #expect(report(rows).warnings() == ["warning: summary.json: miss_m is NaN (run 1)", "warning: summary.json: miss_m is -Infinity (run 2)"])
        let csv = ResultsCSV.render(rows).split(separator: "\r\n")
        #expect(csv[2].hasSuffix(",1201.0,NaN,") && csv[3].hasSuffix(",1202.0,-Infinity,"), "\(csv)")
        let overview = BatchOverview(batch: report(rows).batch, jobsByStatus: [.completed: 3])
        let summary = MarkdownSummary.render(overview, rows)
        #expect(summary.contains("| final\\_apogee\\_m | 3 | 1201 |") && summary.contains("| miss\\_m | 1 (and 2 not finite) | 3.25 |"), "\(summary)")
    }

    @Test("The nominal run comes first, named, and is not counted among the others")
    func nominal() {
        var jobs = (0..<3).map { job($0, .completed) }
        jobs[2].runConfig.nominal = true
        var results = (0..<3).map { result($0, files: ["/runs/\($0)/a.csv"]) }
        results[2].metadata.warnings = ["telemetry was dropped"]
        let rows = RunRow.assemble(jobs: jobs, results: results)
        let report = report(rows)
        #expect(report.table(terminal: pipe).dropFirst().map { $0.split(separator: " ")[0] } == ["nominal", "0", "1"])
        #expect(report.totals().hasPrefix("2 completed of 2 jobs, nominal run completed, "), "\(report.totals())")
        #expect(report.files().contains("  nominal run  /runs/2/a.csv"), "\(report.files())")
        #expect(report.warnings() == ["warning: telemetry was dropped (nominal run)"])
    }

    @Test("A warning that many runs share is told once")
    func warnings() {
        var results = (0..<6).map { result($0) }
        for index in results.indices { results[index].metadata.warnings = ["telemetry was dropped"] }
        results[2].metadata.warnings.append("a link was not followed")
        let rows = RunRow.assemble(jobs: (0..<6).map { job($0, .completed) }, results: results)
        #expect(
            report(rows).warnings() == [
                "warning: telemetry was dropped (6 runs, the first is 0)", "warning: a link was not followed (run 2)",
            ])
    }

    private func report(_ rows: [RunRow]) -> ResultsReport {
        let batch = Batch(batchID: "b", name: "n", status: .completed, totalJobs: rows.count, createdAt: Date(timeIntervalSince1970: 0), seed: 1)
        return ResultsReport(batch: batch, rows: rows, howToSeeAll: "see-all")
    }

    private func job(_ index: Int, _ status: JobStatus, attempt: Int = 1, message: String? = nil) -> Job {
        Job(
            jobID: "job-\(index)", batchID: "b",
            runConfig: RunConfiguration(
                jobID: "job-\(index)", batchID: "b", runIndex: index, seed: 1, simulation: SimulationSpec(name: "s"), parameters: [:], units: [:]),
            status: status, maxRetries: 0, attempt: attempt, timeoutSecs: 1, createdAt: Date(timeIntervalSince1970: 0), errorMessage: message)
    }

    private func result(_ index: Int, values: [String: Double] = [:], files: [String] = []) -> JobResult {
        JobResult(
            jobID: "job-\(index)", success: true, executionTimeSecs: 1.5, outputFiles: files,
            telemetryData: values.mapValues {
                TelemetrySeries(units: "", count: 1, first: $0, last: $0, min: $0, max: $0, timeS: [], values: [])
            },
            metadata: ResultMetadata(
                runID: "r", runIndex: index, attempt: 1, simulationName: "s", simulationVersion: "1", engine: "e", engineVersion: "1",
                runnerID: "r", outcome: .success))
    }
}
