import FoundationEssentials
import LynxModel

/// Gathers what an attempt brings, and decides in one place how it ended.
struct ReportBuilder {
    var engine: EngineLibrary?
    var directory: String?
    var warnings: [String] = []
    /// What the engine said the result rests on.
    var basis: String?
    /// The simulation was launched and has ended, so there is something to reap and to collect.
    private(set) var hasEnded = false

    private let assignment: JobAssignment
    private let runnerID: String
    private var startedAt: Date?
    private var completedAt: Date?
    private var start: ContinuousClock.Instant?
    private var seconds = 0.0
    private var exit: EngineAttempt.Exit?
    private var failure: (message: String, isRetryable: Bool)?
    private var cause: EndCause?
    private var telemetry = AttemptTelemetry.Summary()
    private var collected = CollectedFiles.Summary()

    init(_ assignment: JobAssignment, runnerID: String) {
        self.assignment = assignment
        self.runnerID = runnerID
    }

    mutating func launched() {
        startedAt = Date()
        start = .now
    }

    mutating func processEnded() {
        hasEnded = true
        completedAt = Date()
        if let start { seconds = (ContinuousClock.now - start) / .seconds(1) }
    }

    mutating func failed(_ error: any Error) {
        let isRetryable = (error as? EngineFailure)?.isRetryable ?? true
        failure = failure ?? ("\(error)", isRetryable)
    }

    mutating func take(cause: EndCause?) {
        self.cause = cause
    }

    mutating func take(watch: AttemptTelemetry.Summary) {
        telemetry = watch
        warnings += watch.warnings
    }

    mutating func take(exit: Result<EngineAttempt.Exit, EngineFailure>) {
        switch exit {
        case .success(let exit): self.exit = exit
        case .failure(let error): failed(error)
        }
    }

    mutating func take(files: Result<CollectedFiles.Summary, EngineFailure>) {
        switch files {
        case .success(let files):
            collected = files
            warnings += files.warnings
        case .failure(let error): warnings.append(error.message)
        }
    }

    func build() -> AttemptReport {
        let (outcome, message, isRetryable) = verdict()
        let simulation = assignment.runConfig.simulation
        let metadata = ResultMetadata(
            runID: "\(assignment.jobID)/attempt-\(assignment.attempt)", runIndex: assignment.runConfig.runIndex,
            attempt: assignment.attempt, simulationName: simulation.name, simulationVersion: simulation.version,
            engine: engine?.id ?? simulation.type, engineVersion: engine?.version ?? "", runnerID: runnerID, outcome: outcome,
            exitCode: exit?.exitCode, exitSignal: exit?.exitSignal, maxRSSBytes: exit?.maxRSSBytes, startedAt: startedAt,
            completedAt: completedAt, directory: directory, warnings: warnings, basis: basis)
        let result = JobResult(
            jobID: assignment.jobID, success: outcome == .success, executionTimeSecs: seconds,
            outputFiles: collected.artifacts.map { "\(collected.outputDirectory)/\($0.path)" }, artifacts: collected.artifacts,
            telemetryData: telemetry.series, metadata: metadata, errorMessage: message)
        var report = AttemptReport(
            runnerID: runnerID, batchID: assignment.batchID, attempt: assignment.attempt, retryable: isRetryable, result: result)
        report.telemetryChunks = telemetry.chunks
        report.telemetryTail = telemetry.positions
        return report
    }

    private func verdict() -> (AttemptOutcome, String?, retryable: Bool) {
        if case .breach(let breach) = cause { return (.breach, breach.message, false) }
        // It was through before the kill arrived: nothing is thrown away.
        if let exit, exit.success { return (.success, nil, false) }
        switch cause {
        case .timeout: return (.timeout, "timed out after \(Self.short(assignment.timeoutSecs)) s", false)
        case .stopped(.cancelled): return (.cancelled, "cancelled", false)
        case .stopped(.lost), .stopped(.stale): return (.lost, "the runner stopped before the simulation ended", true)
        case .breach, nil: break
        }
        if let failure { return (.failure, failure.message, failure.isRetryable) }
        if let exit, exit.isSimulatorFault { return (.simulatorFault, exit.message, true) }
        return (.failure, exit?.message ?? "ended without an exit status", exit?.retryable ?? true)
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
