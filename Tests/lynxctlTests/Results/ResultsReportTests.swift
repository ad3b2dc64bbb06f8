import Foundation
import LynxCLI
import LynxModel
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
