package import LynxModel
import Sampling

/// `lynxctl determinism`: runs a few configurations of a study several times each and tells how many always gave the same.
package struct Determinism: Sendable {
    /// What is told, as `--json` prints it.
    struct Report: Codable, Sendable {
        struct Run: Codable, Sendable {
            var run: Int
            var identical: Bool
            /// The first one, and the repeat that it was found in, from 2.
            var difference: RunDifference?
            var found: Int?
            var jobs: [String]
        }

        var seed: UInt64
        var times: Int
        /// The share of runs whose repeats were all identical.
        var score: Double
        var runs: [Run]
    }

    let submission: BatchSubmission
    let runs: Int
    let times: Int
    let ignored: IgnoredParts
    let json: Bool

    package init(_ submission: BatchSubmission, runs: Int, times: Int, ignore: [String], json: Bool) throws {
        if submission.config.monteCarlo.samplingMethod == .subsetSimulation {
            throw CLIError.badInput("the runs of subset_simulation follow from results; give a study with another sampling_method")
        }
        self.submission = submission
        self.runs = min(runs, submission.firstRuns)
        self.times = times
        ignored = IgnoredParts(ignore)
        self.json = json
    }

    /// - Returns: the exit code: 0 if all runs were identical in all repeats, 1 if not.
    package func perform(on pool: ReplayPool) async throws -> Int32 {
        let seed = submission.config.monteCarlo.seed ?? UInt64.random(in: 0..<(1 << 53))
        let sampler = Sampler(config: submission.config, runs: submission.firstRuns, seed: seed)
        let comparison = RunComparison(api: pool.api, ignored: ignored)
        var told: [Report.Run] = []
        for index in 0..<runs {
            let configuration = sampler.runConfiguration(jobID: "", batchID: "", index: index)
            let repeats = try await pool.repeats(submission.repeating(configuration, times: times))
            var run = Report.Run(run: index, identical: true, jobs: repeats.map(\.job.jobID))
            for (number, other) in repeats.enumerated().dropFirst() where run.identical {
                guard let difference = try await comparison.difference(repeats[0], other) else { continue }
                run.identical = false
                run.difference = difference
                run.found = number + 1
            }
            told.append(run)
            if !json { OutputStream.standard.line(line(run)) }
        }
        let identical = told.count { $0.identical }
        let report = Report(seed: seed, times: times, score: Double(identical) / Double(told.count), runs: told)
        if json {
            try JSONOutput.print(report)
        } else {
            let share = "\(identical) of \(NumberText.count(told.count, "run")) identical in \(times) repeats each"
            OutputStream.standard.line("score \(NumberText.significant(report.score)): \(share), seed \(seed)")
        }
        return identical == told.count ? ExitStatus.success : ExitStatus.jobsFailed
    }

    private func line(_ run: Report.Run) -> String {
        guard let difference = run.difference, let found = run.found else { return "run \(run.run): identical" }
        return "run \(run.run): differs in repeat \(found): \(difference.line)"
    }
}
