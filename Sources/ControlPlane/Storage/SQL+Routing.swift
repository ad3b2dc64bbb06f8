/// Which runners may take what, and which are not trusted any more.
extension SQL {
    /// All that may come back some day. Values: tenant.
    static let pool = """
        SELECT runner_id, name, capabilities, engines, last_heartbeat_at, left_at, drained, quarantined_at, quarantine_reason,
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
