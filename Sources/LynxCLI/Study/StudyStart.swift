import LynxDocument
import LynxModel

/// From "the runner is there" to "the batch is on its way".
struct StudyStart {
    let options: StudyOptions
    let api: APIClient
    let status: StatusOutput

    /// - Throws: `CLIError` when the runner cannot run this kind of simulation.
    func check(_ runner: Runner) async throws {
        switch options.work {
        case .submit(let submission):
            try check(runner, runs: submission.config.simulation)
        case .resume(let batchID):
            if let job = try await api.firstJob(of: batchID) { try check(runner, runs: job.runConfig.simulation) }
        }
    }

    /// Submits the batch, or finds the one to go on with.
    func prepare() async throws -> Batch {
        switch options.work {
        case .submit(let submission):
            let upload = BundleUpload(api: api) { [status] in status.note($0) }
            let receipt = try await api.submit(try await upload.resolved(submission))
            let overview = try await api.overview(of: receipt.batchID)
            let batch = overview.batch
            let nominal = overview.nominalRun == nil ? "" : " and the nominal one"
            status.note("\(batch.name): \(NumberText.count(overview.sampleRuns, "run"))\(nominal), seed \(batch.seed), batch \(batch.batchID)")
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
        try await api.call(.resumeRunner, [.runner: runner.runnerID])
        status.note("the runner was in quarantine since \(WireJSON.timestamp(quarantine.since)), and is tried again: \(quarantine.reason)")
    }

    private func check(_ runner: Runner, runs simulation: SimulationSpec) throws {
        let types = runner.capabilities.supportedSimulationTypes
        if let name = simulation.scenario {
            let names = (runner.scenarios ?? []).map(\.name)
            guard !names.contains(name) else { return }
            let guess = Suggestion.closest(to: name, among: names).map { "did you mean '\($0)'? " } ?? ""
            throw CLIError.badInput(
                "this runner has no scenario '\(name)' (config.simulation.scenario); \(guess)scenarios in \(options.runnerConfig): "
                    + Self.list(names))
        }
        guard types.contains(simulation.type) else {
            throw CLIError.badInput(
                "the batch needs '\(simulation.type)' (config.simulation.type), but this runner runs \(Self.list(types)): see engines in \(options.runnerConfig)")
        }
        guard simulation.bundle == nil, runner.scenarioOnly?.contains(simulation.type) == true else { return }
        throw CLIError.badInput(
            "this runner has no default scenario of '\(simulation.type)'; name one with config.simulation.scenario; scenarios in \(options.runnerConfig): "
                + Self.list((runner.scenarios ?? []).map(\.name)))
    }

    private static func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.sorted().joined(separator: ", ") }
}
