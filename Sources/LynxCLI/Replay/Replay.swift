import LynxModel

/// `lynxctl replay`: runs a job again from its record and compares what it leaves.
package struct Replay: Sendable {
    /// What is told of a replay, as `--json` prints it.
    struct Report: Codable, Sendable {
        struct Repeat: Codable, Sendable {
            var jobID: String
            var difference: RunDifference?

            private enum CodingKeys: String, CodingKey {
                case difference
                case jobID = "job_id"
            }
        }

        var jobID: String
        var attempt: Int
        var identical: Bool
        var repeats: [Repeat]
        /// Against the first of the repeats.
        var changes: [ProvenanceChange]
        /// Nil if the original tells it; why what has changed is not known.
        var unrecorded: String?

        private enum CodingKeys: String, CodingKey {
            case attempt, identical, repeats, changes, unrecorded
            case jobID = "job_id"
        }
    }

    let jobID: String
    let times: Int
    let ignored: IgnoredParts
    let json: Bool

    package init(jobID: String, times: Int, ignore: [String], json: Bool) {
        self.jobID = jobID
        self.times = times
        ignored = IgnoredParts(ignore)
        self.json = json
    }

    /// - Returns: the exit code: 0 if all repeats are identical, 1 if one is not.
    package func perform(on pool: ReplayPool) async throws -> Int32 {
        let job = try await self.job(pool.api)
        let original = try await ComparedRun.fetch(job, pool.api)
        let submission = try await pool.api.exactSubmission(of: job.batchID)
        let repeats = try await pool.repeats(submission.repeating(try await pool.api.exactConfiguration(of: job), times: times))
        let comparison = RunComparison(api: pool.api, ignored: ignored)
        var told: [Report.Repeat] = []
        for run in repeats { told.append(.init(jobID: run.job.jobID, difference: try await comparison.difference(original, run))) }
        var report = Report(
            jobID: job.jobID, attempt: original.result.metadata.attempt, identical: told.allSatisfy { $0.difference == nil }, repeats: told,
            changes: [])
        if original.result.metadata.provenance?.machine == nil {
            report.unrecorded = "the original's runner did not record what it ran with"
        } else if let first = repeats.first {
            report.changes = await ProvenanceChanges(api: pool.api).between(original, first)
        }
        try show(report, original)
        return report.identical ? ExitStatus.success : ExitStatus.jobsFailed
    }

    private func job(_ api: APIClient) async throws -> Job {
        switch try await api.find(jobID) {
        case .job(let job): return job
        case .batch: throw CLIError.badInput("'\(jobID)' is a batch; give one of its jobs, such as \(jobID)-0")
        }
    }

    private func show(_ report: Report, _ original: ComparedRun) throws {
        guard !json else { return try JSONOutput.print(report) }
        let output = OutputStream.standard
        for (index, run) in report.repeats.enumerated() {
            let place = report.repeats.count > 1 ? "repeat \(index + 1): " : ""
            output.line(place + (run.difference.map { "differs: \($0.line)" } ?? "identical"))
        }
        let (files, variables) = (original.result.artifacts.count, original.telemetry.variables.count)
        let counts = [
            NumberText.count(files, "artifact"), NumberText.count(variables, "telemetry variable"),
            NumberText.count(original.result.outputs?.count ?? 0, "output"),
        ]
        output.line("compared: \(counts.joined(separator: ", "))")
        if let unrecorded = report.unrecorded { return output.line("changed since: not known; \(unrecorded)") }
        if report.changes.isEmpty { output.line("changed since: nothing that is recorded") }
        for change in report.changes { output.line("changed since: \(change.line)") }
    }
}
