import ArgumentParser
import LynxCLI
import LynxCommands
import LynxModel

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Run a job again, and compare what it leaves with what it left.",
        discussion: """
            The same parameters, seed and run index are run on the runners of the control plane, or with --runner-config on this \
            machine, from the ledger that 'lynxctl run' wrote. Artifacts are compared byte by byte; CSV, JSON and telemetry by number.

            EXAMPLES:
              lynxctl replay JOB_ID
              lynxctl replay JOB_ID --times 5 --runner-config runner.yaml
              lynxctl replay JOB_ID --ignore 'summary.json:execution_time_s'

            EXIT CODES: 0 identical; 1 it differs; 2 bad input; 3 the control plane or the runner is not available.
            """)

    @Argument(help: ArgumentHelp("The job.", valueName: "job-id"))
    var job: String

    @Option(help: ArgumentHelp("How often to run it.", valueName: "n"))
    var times = 1

    @OptionGroup var ignoring: IgnoreOptions
    @OptionGroup var local: LocalRunnerOptions
    @OptionGroup var patience: PatienceOptions
    @OptionGroup var controlPlane: ControlPlaneOptions

    func validate() throws {
        guard (1...10_000).contains(times) else { throw ValidationError("--times must be from 1 to 10000.") }
    }

    func run() async throws {
        let replay = Replay(jobID: job, times: times, ignore: ignoring.ignore, json: controlPlane.json)
        try await ReplayPlace.run(local, controlPlane, patience) { try await replay.perform(on: $0) }
    }
}

struct DeterminismCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "determinism", abstract: "Run a few runs of a study several times each, and tell how many always give the same.",
        discussion: """
            EXAMPLES:
              lynxctl determinism study.yaml --runner-config runner.yaml
              lynxctl determinism study.yaml --runs 5 --times 3 --ignore 'summary.json:execution_time_s' --json

            EXIT CODES: 0 all runs are identical; 1 one is not; 2 bad input; 3 the control plane or the runner is not available.
            """)

    @Argument(help: ArgumentHelp("The batch file (YAML).", valueName: "batch.yaml"))
    var batch: String

    @Option(help: ArgumentHelp("How many of its runs, from the first on.", valueName: "n"))
    var runs = 5

    @Option(help: ArgumentHelp("How often each of them is run.", valueName: "n"))
    var times = 3

    @Option(help: ArgumentHelp("The seed instead of the file's.", valueName: "seed"))
    var seed: UInt64?

    @OptionGroup var ignoring: IgnoreOptions
    @OptionGroup var local: LocalRunnerOptions
    @OptionGroup var patience: PatienceOptions
    @OptionGroup var controlPlane: ControlPlaneOptions

    func validate() throws {
        guard (1...10_000).contains(runs) else { throw ValidationError("--runs must be from 1 to 10000.") }
        guard (2...10_000).contains(times) else { throw ValidationError("--times must be from 2 to 10000: one run is like itself.") }
    }

    func run() async throws {
        var submission = try BatchFile.read(batch, SubmissionOptions.parse([]))
        if let seed { submission.config.monteCarlo.seed = seed }
        let determinism = try Determinism(submission, runs: runs, times: times, ignore: ignoring.ignore, json: controlPlane.json)
        try await ReplayPlace.run(local, controlPlane, patience) { try await determinism.perform(on: $0) }
    }
}

/// Where runs are repeated.
private enum ReplayPlace {
    static func run(
        _ local: LocalRunnerOptions, _ controlPlane: ControlPlaneOptions, _ patience: PatienceOptions,
        _ body: @escaping @Sendable (ReplayPool) async throws -> Int32
    ) async throws {
        let code: Int32
        if let runnerConfig = local.runnerConfig {
            code = try await ReplayPool.Local(runnerHost: local.runnerHost, runnerConfig: runnerConfig, state: local.state).with({ ledger, logger, body in
                try await EmbeddedControlPlane.with(ledger: ledger, logger: logger, body)
            }, body)
        } else {
            code = try await controlPlane.withAPI { try await body(ReplayPool.pool($0, maxOutage: patience.limit)) }
        }
        if code != ExitStatus.success { throw ExitCode(code) }
    }
}
