import FoundationEssentials
import Glibc
import LynxModel

/// The report of an attempt under construction: it accumulates the results, and determines in one place how the attempt ended.
struct ReportDraft: Sendable {
    var engine: EngineLibrary?
    var directory: String?
    var provenance: Provenance?
    var warnings: [String] = []
    /// The basis that the engine named for the result.
    var basis: String?
    /// Whether the simulation was launched and has ended, so that it can be reaped and collected.
    private(set) var hasEnded = false
    /// Whether no abandoned call is inside the engine and no killed process remains.
    private(set) var mayBeReleased = true
    /// Whether the engine's own process has ended, and its handle of the attempt with it.
    private(set) var hasLostEngine = false

    private let assignment: JobAssignment
    private var start: Moment?
    private var completedAt: Date?
    private var seconds = 0.0
    private var exit: EngineJob.Exit?
    private var failure: (message: String, isRetryable: Bool, isOfMachine: Bool)?
    private var loss: (cause: LossCause, message: String)?
    private var cause: StopCause?
    private var wasAsked = false
    /// The reason why the simulation was not begun; nil if it was.
    private var refusal: String?
    private var telemetry = AttemptTelemetry.Summary()
    private var files = CollectedFiles.Summary()
    private var outputs: [RunOutput] = []

    init(_ assignment: JobAssignment) { self.assignment = assignment }

    /// Records that the attempt ended without a simulation, which does not count against the job.
    mutating func neverStarted(_ message: String, _ cause: StopCause) {
        refusal = message
        self.cause = cause
    }

    /// Records a successful launch: a simulation that could not be launched never started.
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
        switch engineFailure?.kind {
        case .crashed, .hung:
            hasLostEngine = true
            lost(engineFailure?.kind == .crashed ? .crashed : .hung, "\(error)")
        case .resting: lost(.trouble, "\(error)")
        case .invalid, .launch, .resources, .unsupported, .internal, nil: break
        }
        failure = failure ?? ("\(error)", engineFailure?.isRetryable ?? true, engineFailure.map { $0.kind == .resources } ?? true)
    }

    /// Records that the attempt permits no conclusion about the job. The first loss counts.
    mutating func lost(_ cause: LossCause, _ message: String) { loss = loss ?? (cause, message) }

    /// Records that killed processes have not ended and are no longer waited for.
    mutating func remain(_ error: ProcessesRemain) {
        mayBeReleased = false
        completedAt = Date()
        if let start { seconds = (ContinuousClock.now - start.instant) / .seconds(1) }
        warnings.append(error.description)
    }

    /// Whether the report would be a failure at present.
    var isFailure: Bool { verdict().outcome == .failure }

    /// The resource that the machine lacked, if that is the reason for the failure.
    var machineReason: String? {
        if let failure { return !hasStarted && failure.isOfMachine ? failure.message : nil }
        guard hasStarted, let message = exit?.message else { return nil }
        return [ENOSPC, EDQUOT].contains { message.contains(String(cString: strerror($0))) } ? message : nil
    }

    /// Records why the processes were stopped; nil if they were not.
    ///
    /// - Parameter wasAsked: whether they were asked to end, so that an exit code 0 says nothing.
    mutating func stopped(by cause: StopCause?, wasAsked: Bool) {
        self.cause = cause
        self.wasAsked = wasAsked
    }

    mutating func observed(_ summary: AttemptTelemetry.Summary) {
        telemetry = summary
        warnings += summary.warnings
    }

    mutating func exited(_ exit: Result<EngineJob.Exit, EngineFailure>) {
        switch exit {
        case .success(let exit): self.exit = exit
        case .failure(let error): failed(error)
        }
    }

    /// Adds a finding; a message's first line states the reason.
    mutating func explain(_ finding: ResourceLimits.Finding) {
        if let warning = finding.warning { warnings.append(warning) }
        guard let cause = finding.cause, let message = exit?.message else { return }
        let rest = message.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
        exit?.message = ([cause[...]] + rest).joined(separator: "\n")
    }

    mutating func collected(_ files: Result<CollectedFiles.Summary, EngineFailure>) {
        switch files {
        case .success(let files):
            if files.abandoned != nil { warnings.append("stopped while files were being collected; not all of them are listed") }
            self.files = files
            warnings += files.warnings
        case .failure(let error) where error.kind == .crashed || error.kind == .hung: failed(error)
        case .failure(let error): warnings.append(error.message)
        }
    }

    /// Reads the scalar results of a simulation that has ended; blocks on the disk.
    func readOutputs() -> OutputCollector.Outcome {
        OutputCollector(declared: assignment.outputs, formulas: assignment.formulas ?? [:]).collect(
            from: files.outputDirectory.isEmpty ? nil : files.outputDirectory, observed: telemetry.observed ?? ObservedTelemetry([:]),
            series: telemetry.series)
    }

    mutating func gave(_ outcome: OutputCollector.Outcome) {
        outputs = outcome.outputs
        warnings += outcome.warnings
    }

    private var breach: BreachRecord? {
        guard case .breach(let breach) = cause else { return nil }
        return BreachRecord(condition: breach.condition.name, simTimeS: breach.simTime.isFinite ? breach.simTime : nil)
    }

    func build(runnerID: String) -> AttemptReport {
        let (outcome, message, isRetryable, lossCause) = verdict()
        let simulation = assignment.runConfig.simulation
        let metadata = ResultMetadata(
            runID: "\(assignment.jobID)/attempt-\(assignment.attempt)", runIndex: assignment.runConfig.runIndex,
            attempt: assignment.attempt, simulationName: simulation.name, simulationVersion: simulation.version,
            engine: engine?.id ?? simulation.type, engineVersion: engine?.version ?? "", runnerID: runnerID, outcome: outcome,
            exitCode: exit?.exitCode, exitSignal: exit?.exitSignal, maxRSSBytes: exit?.maxRSSBytes, startedAt: start?.date,
            completedAt: completedAt, directory: directory, warnings: warnings, basis: basis, breach: breach, simTimeS: telemetry.latestTime,
            provenance: provenance, nominal: assignment.runConfig.nominal)
        let result = JobResult(
            jobID: assignment.jobID, success: outcome == .success, executionTimeSecs: seconds,
            outputFiles: files.artifacts.map { "\(files.outputDirectory)/\($0.path)" }, artifacts: files.artifacts,
            telemetryData: telemetry.series, outputs: outputs, metadata: metadata, errorMessage: message)
        var report = AttemptReport(
            runnerID: runnerID, batchID: assignment.batchID, attempt: assignment.attempt, retryable: isRetryable, result: result)
        report.telemetryChunks = telemetry.chunks
        report.telemetryTail = telemetry.positions
        report.lossCause = lossCause
        return report
    }

    private func verdict() -> (outcome: AttemptOutcome, message: String?, retryable: Bool, loss: LossCause?) {
        if let refusal {
            if case .cancelled = cause { return (.cancelled, refusal, true, nil) }
            return (.lost, refusal, true, .stopped)
        }
        if case .breach(let breach) = cause { return (.breach, breach.message, false, nil) }
        // The simulation had finished before the kill arrived, so its results are kept if its files were collected too.
        if loss == nil, !wasAsked, let exit, exit.success, files.abandoned == nil { return (.success, nil, false, nil) }
        switch cause ?? files.abandoned {
        case .timeout: return (.timeout, "timed out after \(Self.short(assignment.timeoutSecs)) s", false, nil)
        case .cancelled: return (.cancelled, "cancelled", false, nil)
        case .lost, .stale: return (.lost, "the runner stopped before the simulation ended", true, .stopped)
        case .breach, nil: break
        }
        if let loss { return (.lost, loss.message, true, loss.cause) }
        if let failure { return (.failure, failure.message, failure.isRetryable, nil) }
        if let exit, exit.isSimulatorFault { return (.simulatorFault, exit.message, true, nil) }
        return (.failure, exit?.message ?? "ended without an exit status", exit?.retryable ?? true, nil)
    }

    /// A number of seconds without an insignificant fraction.
    static func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}

/// A point in time, on the wall clock and on the monotonic one.
struct Moment: Sendable {
    let date = Date()
    let instant = ContinuousClock.now
}
