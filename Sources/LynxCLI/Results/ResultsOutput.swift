package import LynxModel

/// A batch and what its jobs brought, as `--json` prints it.
package struct BatchResults: Encodable {
    package var batch: Batch
    package var jobsByStatus: [String: Int]
    /// Nil if there is none.
    package var nominalRun: Int?
    package var jobs: [Job]
    package var results: [JobResult]
    /// Nil for a batch without requirements, and of no method that looks for a probability.
    package var verdicts: StudyVerdicts?

    /// - Parameter samples: with the series of the telemetry; they are most of the bytes, and no table shows them.
    package static func fetch(_ batchID: String, from api: APIClient, samples: Bool) async throws -> BatchResults {
        let overview = try await api.overview(of: batchID)
        let verdicts = try await api.verdictsIfKnown(of: batchID)
        return BatchResults(
            batch: overview.batch, jobsByStatus: overview.jobsByStatus, nominalRun: overview.nominalRun, jobs: try await api.jobs(of: batchID),
            results: try await api.results(of: batchID, samples: samples), verdicts: verdicts)
    }

    package var overview: BatchOverview {
        let counts = jobsByStatus.compactMap { name, count in JobStatus(rawValue: name).map { ($0, count) } }
        return BatchOverview(batch: batch, jobsByStatus: Dictionary(uniqueKeysWithValues: counts), nominalRun: nominalRun)
    }

    package var exitStatus: Int32 {
        let isGood = verdicts.map { VerdictReport($0).areMet } ?? (batch.completedJobs == batch.totalJobs)
        return isGood ? ExitStatus.success : ExitStatus.jobsFailed
    }

    private enum CodingKeys: String, CodingKey {
        case batch, jobs, results, verdicts
        case nominalRun = "nominal_run"
        case jobsByStatus = "jobs_by_status"
    }
}

/// Prints the results of a batch to standard output.
package enum ResultsOutput {
    /// - Parameters:
    ///   - finishedOnly: leave out the jobs that have not ended.
    ///   - howToSeeAll: a command line for the rows that a long table leaves out.
    ///   - totals: added to the line of totals, such as the wall time.
    package static func print(
        _ fetched: BatchResults, json: Bool, showAll: Bool, finishedOnly: Bool = false, howToSeeAll: String, totals: [String] = []
    ) throws {
        guard !json else { return try JSONOutput.print(fetched) }
        let output = OutputStream.standard
        let terminal = Terminal.of(output.descriptor)
        let rows = RunRow.assemble(jobs: fetched.jobs, results: fetched.results)
        let shown = finishedOnly ? rows.filter { $0.job.status.isTerminal } : rows
        let report = ResultsReport(batch: fetched.batch, rows: shown, showAll: showAll, howToSeeAll: howToSeeAll)
        var sections = [fetched.verdicts.map { VerdictReport($0).lines(terminal: terminal) } ?? []]
        sections.append(shown.isEmpty ? ["no run has ended"] : report.table(terminal: terminal))
        sections.append(report.files())
        sections.append(report.warnings())
        let whole = ResultsReport(batch: fetched.batch, rows: rows, howToSeeAll: howToSeeAll)
        sections.append([([whole.totals()] + totals).joined(separator: ", ")])
        output.write(sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n")
    }
}
