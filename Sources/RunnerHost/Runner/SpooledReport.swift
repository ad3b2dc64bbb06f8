import FoundationEssentials
import LynxModel

/// A report as it lies in the spool and goes over the wire: the same bytes each time it is sent.
struct SpooledReport: Sendable {
    var json: Data
    /// What it says, while that is at hand.
    private(set) var report: AttemptReport?

    /// JSON has no infinities and no NaN: a series that holds some is left out, and the report says so.
    init(_ report: AttemptReport) {
        if let json = try? WireJSON.encode(report) {
            self.json = json
            self.report = report
            return
        }
        var report = report
        for (name, series) in report.result.telemetryData where !series.isFinite {
            report.result.telemetryData[name] = nil
            report.result.metadata.warnings.append("telemetry of \(name) is left out: it holds values that are not finite")
        }
        if !report.result.executionTimeSecs.isFinite { report.result.executionTimeSecs = 0 }
        do {
            json = try WireJSON.encode(report)
            self.report = report
        } catch {
            // Nothing but doubles can fail to encode, and all of them are looked after.
            preconditionFailure("an attempt's report cannot be encoded: \(error)")
        }
    }

    init(json: Data) { self.json = json }

    /// Nil for what is no report.
    var content: AttemptReport? { report ?? (try? WireJSON.decode(AttemptReport.self, from: json)) }
}

extension TelemetrySeries {
    fileprivate var isFinite: Bool {
        [first, last, min, max].allSatisfy { $0?.isFinite ?? true } && timeS.allSatisfy(\.isFinite) && values.allSatisfy(\.isFinite)
    }
}

extension AttemptReport {
    /// The report of an attempt that never ran here.
    static func neverRan(_ job: JobAssignment, runnerID: String, outcome: AttemptOutcome, message: String) -> AttemptReport {
        let metadata = ResultMetadata(
            runID: "\(job.jobID)/attempt-\(job.attempt)", runIndex: job.runConfig.runIndex, attempt: job.attempt,
            simulationName: job.runConfig.simulation.name, simulationVersion: job.runConfig.simulation.version,
            engine: job.runConfig.simulation.type, engineVersion: "", runnerID: runnerID, outcome: outcome)
        let result = JobResult(jobID: job.jobID, success: false, executionTimeSecs: 0, metadata: metadata, errorMessage: message)
        var report = AttemptReport(runnerID: runnerID, batchID: job.batchID, attempt: job.attempt, retryable: true, result: result)
        if outcome == .lost { report.lossCause = .stopped }
        return report
    }

    private static let refusal = "the control plane refused the result: "

    /// The report of an attempt whose own report will never be taken: how it ended, and why there is no more to say. Where that alone would
    /// pass for a success, it is none: what the run brought is missing.
    static func standingFor(_ report: AttemptReport, refusedFor error: ControlPlaneError) -> AttemptReport {
        var metadata = report.result.metadata
        let place = metadata.directory.map { "; what the run left is in \($0)" } ?? ""
        if metadata.outcome == .success { metadata.outcome = .failure }
        metadata.warnings = []
        let own = report.result.errorMessage.map { " (\($0.prefix(1000)))" } ?? ""
        let result = JobResult(
            jobID: report.jobID, success: false, executionTimeSecs: report.result.executionTimeSecs, metadata: metadata,
            errorMessage: "\(refusal)\(error)\(place)\(own)")
        return AttemptReport(runnerID: report.runnerID, batchID: report.batchID, attempt: report.attempt, retryable: false, result: result)
    }

    /// It is what `standingFor` made.
    var standsForRefused: Bool { result.errorMessage?.hasPrefix(Self.refusal) ?? false }
}
