import LynxModel

/// Something that speaks against a runner: it fell silent or was restarted with attempts out, or could not start one.
enum Incident {
    case silence(attempts: Int)
    case restart(attempts: Int)
    case notStarted(message: String?)

    var description: String {
        switch self {
        case .silence(let attempts): "it fell silent, and \(attempts) of its attempts were lost"
        case .restart(let attempts): "it was restarted, and \(attempts) of its attempts were lost"
        case .notStarted(let message): "an attempt could not be started: \(message ?? "it did not say why")"
        }
    }
}

extension LedgerTransaction {
    /// Counts an incident; a runner with too many in a row gets no jobs any more until it is resumed.
    func note(_ incident: Incident, of runnerID: String) throws {
        let count = if case .silence = incident { SQL.countSilence } else { SQL.countIncident }
        guard try connection.run(count, [.text(runnerID)]) > 0 else { return }
        let reason = "\(policy.mostIncidents) incidents in a row; the last: \(incident.description)"
        let quarantined = try connection.run(
            SQL.quarantine, [.instant(now), .text(reason), .text(runnerID), .int(policy.mostIncidents)])
        if quarantined > 0 {
            // Its calls that are being held are to end.
            announceWork()
            call(runnerID)
        }
    }

    /// Whether a report says that an attempt could not be started at all, of a batch of which others have completed jobs: that
    /// is its runner's trouble, and never the job's end.
    func others(haveStartedWhat report: AttemptReport, of batchID: String) throws -> Bool {
        guard report.outcome == .failure, !report.retryable, report.result.metadata.startedAt == nil else { return false }
        return try batch(batchID).counts.completed > 0
    }

    /// What the end of an attempt says about its runner. A failure to start that no other runner would be spared is the
    /// batch's own fault, unless others have completed jobs of it.
    func judge(_ report: AttemptReport, batchID: String) throws {
        switch report.outcome {
        case .lost where report.lossCause == .machine && report.result.metadata.startedAt == nil:
            try note(.notStarted(message: report.result.errorMessage), of: report.runnerID)
        case .cancelled, .lost, .simulatorFault, .retracted: return
        case .failure where report.result.metadata.startedAt == nil:
            if !report.retryable, try !others(haveStartedWhat: report, of: batchID) { return }
            try note(.notStarted(message: report.result.errorMessage), of: report.runnerID)
        case .success, .failure, .breach, .timeout:
            try connection.send(SQL.forgetIncidents, [.text(report.runnerID)])
        }
    }
}

/// Which runners may take what, and which are not trusted any more.
extension SQL {
    /// All that may come back some day. Values: tenant.
    static let pool = """
        SELECT runner_id, name, capabilities, engines, offer, last_heartbeat_at, left_at, drained, quarantined_at, quarantine_reason,
            (SELECT COUNT(*) FROM jobs WHERE jobs.assigned_runner = runners.runner_id AND jobs.lease_expires_at IS NOT NULL) AS jobs
        FROM runners WHERE tenant = ? AND revoked_at IS NULL ORDER BY name, runner_id
        """

    /// Values: runner_id.
    static let countIncident = """
        UPDATE runners SET incidents = incidents + 1, last_incident_at = last_heartbeat_at WHERE runner_id = ?
        """

    /// One for each time that the runner fell silent, however many sweeps it takes until its leases have all ended.
    static let countSilence = "\(countIncident) AND (last_incident_at IS NULL OR last_incident_at < last_heartbeat_at)"

    /// Values: runner_id.
    static let forgetIncidents = "UPDATE runners SET incidents = 0 WHERE runner_id = ? AND incidents > 0"

    /// Values: the time, the reason, runner_id, the number of incidents that are too many.
    static let quarantine = """
        UPDATE runners SET quarantined_at = ?, quarantine_reason = ?
        WHERE runner_id = ? AND incidents >= ? AND quarantined_at IS NULL
        """

    /// Values: runner_id.
    static let resumeRunner = """
        UPDATE runners SET drained = 0, incidents = 0, quarantined_at = NULL, quarantine_reason = NULL WHERE runner_id = ?
        """
}
