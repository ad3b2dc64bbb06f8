import LynxModel
import Support

/// From "the runner is there" to "the batch is on its way".
struct StudyStart {
    let options: StudyOptions
    let api: APIClient
    let status: StatusOutput

    /// - Throws: `CLIError` when the runner cannot run this kind of simulation.
    func check(_ runner: Runner) async throws {
        switch options.work {
        case .submit(let submission):
            try check(runner, runs: submission.config.simulation.type)
        case .resume(let batchID):
            if let job = try await api.firstJob(of: batchID) { try check(runner, runs: job.runConfig.simulation.type) }
        }
    }

    /// Submits the batch, or finds the one to go on with.
    func prepare() async throws -> Batch {
        switch options.work {
        case .submit(let submission):
            let receipt = try await api.submit(submission)
            let batch = try await api.overview(of: receipt.batchID).batch
            status.note("\(batch.name): \(NumberText.count(batch.totalJobs, "run")), seed \(batch.seed), batch \(batch.batchID)")
            return batch
        case .resume(let batchID):
            let batch = try await api.overview(of: batchID).batch
            let done = batch.completedJobs + batch.failedJobs + batch.cancelledJobs
            status.note("\(batch.name): goes on at \(done) of \(NumberText.count(batch.totalJobs, "run")), batch \(batch.batchID)")
            return batch
        }
    }

    /// Ends a quarantine from before: that the runner is started again says that somebody has mended what it was for.
    func lift(_ quarantine: Quarantine?, of runner: Runner) async throws {
        guard let quarantine, quarantine.endsByItself != true else { return }
        try await api.post("/runners/\(runner.runnerID.percentEncoded())/resume")
        status.note("the runner was in quarantine since \(WireJSON.timestamp(quarantine.since)), and is tried again: \(quarantine.reason)")
    }

    private func check(_ runner: Runner, runs type: String) throws {
        let types = runner.capabilities.supportedSimulationTypes
        guard !types.contains(type) else { return }
        let has = types.isEmpty ? "nothing" : types.joined(separator: ", ")
        throw CLIError.badInput(
            "the batch needs '\(type)' (config.simulation.type), but this runner runs \(has): see engines in \(options.runnerConfig)")
    }
}
