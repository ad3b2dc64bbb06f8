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
}
