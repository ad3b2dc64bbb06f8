/// The tries at a job.
extension SQL {
    /// Values: batch_id, run_index.
    static let attempts = """
        SELECT attempts.attempt AS attempt, runner_id, claimed_at, started_at, ended_at, outcome, message,
            CASE WHEN results.attempt IS NULL THEN 0 ELSE 1 END AS has_result
        FROM attempts LEFT JOIN results ON results.batch_id = attempts.batch_id AND results.run_index = attempts.run_index
            AND results.attempt = attempts.attempt
        WHERE attempts.batch_id = ? AND attempts.run_index = ? ORDER BY attempts.attempt
        """

    /// Values: batch_id, run_index, attempt.
    static let resultOfAttempt = """
        SELECT run_index, attempt, summary, document_bytes, document FROM results WHERE batch_id = ? AND run_index = ? AND attempt = ?
        """

    /// Values: batch_id.
    static let retryFailedJobs = """
        UPDATE jobs SET status = 'Pending', retries = 0, lost_attempts = 0, cancel_requested = 0, claimed_at = NULL,
            started_at = NULL, completed_at = NULL
        WHERE batch_id = ? AND status IN ('Failed', 'Timeout')
        """
}
