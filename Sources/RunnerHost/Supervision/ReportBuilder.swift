import FoundationEssentials
import Glibc
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
    /// No call of the engine is under way that did not return, and no process left that was killed.
    private(set) var mayBeReleased = true

    private let assignment: JobAssignment
    private let runnerID: String
    private var start: Moment?
    private var completedAt: Date?
    private var seconds = 0.0
    private var exit: EngineAttempt.Exit?
    private var failure: (message: String, isRetryable: Bool, isOfMachine: Bool)?
    private var loss: (cause: LossCause, message: String)?
    private var cause: EndCause?
    private var telemetry = AttemptTelemetry.Summary()
    private var collected = CollectedFiles.Summary()

    init(_ assignment: JobAssignment, runnerID: String) {
        self.assignment = assignment
        self.runnerID = runnerID
    }

    /// Only once it is: what could not be launched never started.
    mutating func launched(at began: Moment) { start = began }

    var hasStarted: Bool { start != nil }

    mutating func processEnded() {
        hasEnded = true
        completedAt = Date()
        if let start { seconds = (ContinuousClock.now - start.instant) / .seconds(1) }
    }

    mutating func failed(_ error: any Error) {
        if let hung = error as? EngineHung {
            mayBeReleased = !hung.hasBegun
            lost(.hung, hung.description)
        }
        let engineFailure = error as? EngineFailure
        failure = failure ?? ("\(error)", engineFailure?.isRetryable ?? true, engineFailure.map { $0.kind == .resources } ?? true)
    }

    /// The attempt says nothing about the job. The first loss counts.
    mutating func lost(_ cause: LossCause, _ message: String) { loss = loss ?? (cause, message) }

    /// What was killed has not ended, and is waited for no more.
    mutating func remain(_ error: ProcessesRemain) {
        mayBeReleased = false
        completedAt = Date()
        if let start { seconds = (ContinuousClock.now - start.instant) / .seconds(1) }
        warnings.append(error.description)
    }

    /// It would be reported as a failure.
    var isFailure: Bool { verdict().outcome == .failure }

    /// What the machine did not have when it was needed, if that is why it failed.
    var machineReason: String? {
        if let failure { return !hasStarted && failure.isOfMachine ? failure.message : nil }
        guard hasStarted, let message = exit?.message else { return nil }
        return [ENOSPC, EDQUOT].contains { message.contains(String(cString: strerror($0))) } ? message : nil
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

    /// The first line of a message says what happened.
    mutating func take(_ finding: ResourceLimits.Finding) {
        if let warning = finding.warning { warnings.append(warning) }
        guard let cause = finding.cause, let message = exit?.message else { return }
        let rest = message.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
        exit?.message = ([cause[...]] + rest).joined(separator: "\n")
    }

    mutating func take(files: Result<CollectedFiles.Summary, EngineFailure>) {
        switch files {
        case .success(let files):
            if files.abandoned != nil { warnings.append("stopped while files were being collected; not all of them are listed") }
            collected = files
            warnings += files.warnings
        case .failure(let error): warnings.append(error.message)
        }
    }

    func build() -> AttemptReport {
        let (outcome, message, isRetryable, lossCause) = verdict()
        let simulation = assignment.runConfig.simulation
        let metadata = ResultMetadata(
            runID: "\(assignment.jobID)/attempt-\(assignment.attempt)", runIndex: assignment.runConfig.runIndex,
            attempt: assignment.attempt, simulationName: simulation.name, simulationVersion: simulation.version,
            engine: engine?.id ?? simulation.type, engineVersion: engine?.version ?? "", runnerID: runnerID, outcome: outcome,
            exitCode: exit?.exitCode, exitSignal: exit?.exitSignal, maxRSSBytes: exit?.maxRSSBytes, startedAt: start?.date,
            completedAt: completedAt, directory: directory, warnings: warnings, basis: basis)
        let result = JobResult(
            jobID: assignment.jobID, success: outcome == .success, executionTimeSecs: seconds,
            outputFiles: collected.artifacts.map { "\(collected.outputDirectory)/\($0.path)" }, artifacts: collected.artifacts,
            telemetryData: telemetry.series, metadata: metadata, errorMessage: message)
        var report = AttemptReport(
            runnerID: runnerID, batchID: assignment.batchID, attempt: assignment.attempt, retryable: isRetryable, result: result)
        report.telemetryChunks = telemetry.chunks
        report.telemetryTail = telemetry.positions
        report.lossCause = lossCause
        return report
    }

    private func verdict() -> (outcome: AttemptOutcome, message: String?, retryable: Bool, loss: LossCause?) {
        if case .breach(let breach) = cause { return (.breach, breach.message, false, nil) }
        // It was through before the kill arrived: nothing is thrown away. That it can be kept takes its files, too.
        if loss == nil, let exit, exit.success, collected.abandoned == nil { return (.success, nil, false, nil) }
        switch cause ?? collected.abandoned.map({ .stopped($0) }) {
        case .timeout: return (.timeout, "timed out after \(Self.short(assignment.timeoutSecs)) s", false, nil)
        case .stopped(.cancelled): return (.cancelled, "cancelled", false, nil)
        case .stopped(.lost), .stopped(.stale): return (.lost, "the runner stopped before the simulation ended", true, .stopped)
        case .breach, nil: break
        }
        if let loss { return (.lost, loss.message, true, loss.cause) }
        if let failure { return (.failure, failure.message, failure.isRetryable, nil) }
        if let exit, exit.isSimulatorFault { return (.simulatorFault, exit.message, true, nil) }
        return (.failure, exit?.message ?? "ended without an exit status", exit?.retryable ?? true, nil)
    }

    /// A number of seconds without a fraction that says nothing.
    static func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}

/// A point in time, on the clock of people and on one that nobody sets.
struct Moment: Sendable {
    let date = Date()
    let instant = ContinuousClock.now
}
