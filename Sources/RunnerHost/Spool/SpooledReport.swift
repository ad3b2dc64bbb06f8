import FoundationEssentials
import LynxModel

/// A report as it is stored in the spool and sent: the same bytes each time.
struct SpooledReport: Sendable {
    var json: Data
    /// The decoded report, if it is available.
    private(set) var report: AttemptReport?

    /// JSON has no infinities and no NaN: a series that contains some is left out, and the report states that.
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
            // Only non-finite doubles could fail to encode, and they have been removed.
            preconditionFailure("an attempt's report cannot be encoded: \(error)")
        }
    }

    init(json: Data) { self.json = json }

    /// The decoded report; nil if the bytes are not a report.
    var content: AttemptReport? { report ?? (try? WireJSON.decode(AttemptReport.self, from: json)) }
}

extension TelemetrySeries {
    fileprivate var isFinite: Bool {
        [first, last, min, max].allSatisfy { $0?.isFinite ?? true } && timeS.allSatisfy(\.isFinite) && values.allSatisfy(\.isFinite)
    }
}

extension AttemptReport {
    private static let refusal = "the control plane refused the result: "

    /// A replacement for the report of an attempt that will never be accepted: how the attempt ended, and why there is no more.
    /// A success becomes a failure, as the run's data is missing.
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

    /// Whether `standingFor` made this report.
    var standsForRefused: Bool { result.errorMessage?.hasPrefix(Self.refusal) ?? false }
}
