/// Results that are taken back with what they rest on. Where attempts are searched by basis, the values begin with runner_id
/// and basis.
extension SQL {
    /// What attempts bring that end so can be taken back.
    private static let onBasis = """
        attempts.runner_id = ? AND attempts.basis = ?
            AND attempts.outcome IN ('success', 'failure', 'breach', 'timeout', 'cancelled', 'simulator_fault')
        """

    /// The jobs of one batch by their latest attempts.
    private static let latest = """
        \(onBasis) AND attempts.batch_id = ? AND jobs.batch_id = attempts.batch_id AND jobs.run_index = attempts.run_index
            AND jobs.attempt = attempts.attempt
        """

    /// Values: the basis, batch_id, run_index, attempt.
    static let noteBasis = "UPDATE attempts SET basis = ? WHERE batch_id = ? AND run_index = ? AND attempt = ?"

    /// Values: runner_id, basis, the reason, the time.
    static let saveRetraction = """
        INSERT INTO retractions (runner_id, basis, reason, retracted_at) VALUES (?, ?, ?, ?) ON CONFLICT (runner_id, basis) DO NOTHING
        """

    /// Values: runner_id, basis.
    static let retraction = "SELECT reason, retracted_at FROM retractions WHERE runner_id = ? AND basis = ?"

    static let batchesOnBasis = "SELECT DISTINCT attempts.batch_id AS batch_id FROM attempts WHERE \(onBasis) ORDER BY 1"

    /// How many jobs of a batch in each state have a result that rests on the basis. Further value: batch_id.
    static let endedOnBasis = """
        SELECT jobs.status AS status, jobs.cancel_requested AS cancel_requested, COUNT(*) AS jobs FROM attempts, jobs
        WHERE \(latest) AND jobs.completed_at IS NOT NULL GROUP BY jobs.status, jobs.cancel_requested
        """

    /// Gives back what attempts of a batch have spent that rest on the basis, and marks the jobs whose latest attempt does.
    /// A failure that ended its job has spent no retry. Further values: batch_id twice.
    static let refundOnBasis = """
        UPDATE jobs SET
            retries = CASE WHEN jobs.retries > spent.retries THEN jobs.retries - spent.retries ELSE 0 END,
            lost_attempts = CASE WHEN jobs.lost_attempts > spent.faults THEN jobs.lost_attempts - spent.faults ELSE 0 END,
            retracted = CASE WHEN jobs.attempt = spent.attempt THEN 1 ELSE jobs.retracted END
        FROM (
            SELECT attempts.run_index AS run_index, MAX(attempts.attempt) AS attempt,
                SUM(CASE WHEN attempts.outcome = 'failure' AND (held.attempt > attempts.attempt OR held.completed_at IS NULL)
                    THEN 1 ELSE 0 END) AS retries,
                SUM(CASE WHEN attempts.outcome = 'simulator_fault' THEN 1 ELSE 0 END) AS faults
            FROM attempts JOIN jobs AS held ON held.batch_id = attempts.batch_id AND held.run_index = attempts.run_index
            WHERE \(onBasis) AND attempts.batch_id = ? GROUP BY attempts.run_index
        ) AS spent
        WHERE jobs.batch_id = ? AND jobs.run_index = spent.run_index
        """

    /// Values: the message, runner_id, basis, batch_id.
    static let requeueOnBasis = """
        UPDATE jobs SET status = 'Pending', claimed_at = NULL, started_at = NULL, completed_at = NULL, error_message = ?
        FROM attempts WHERE \(latest) AND jobs.completed_at IS NOT NULL AND jobs.cancel_requested = 0 AND jobs.status <> 'Cancelled'
        """

    /// Those that nobody wants to run again. Values: the message, runner_id, basis, batch_id.
    static let cancelOnBasis = """
        UPDATE jobs SET status = 'Cancelled', error_message = ?
        FROM attempts WHERE \(latest) AND jobs.completed_at IS NOT NULL AND jobs.status <> 'Cancelled'
        """

    /// Values: the message, runner_id, basis, batch_id.
    static let retractAttempts = "UPDATE attempts SET outcome = 'retracted', message = ? WHERE \(onBasis) AND attempts.batch_id = ?"

    /// Leaves the mean of the completed jobs' seconds as it is. Values: how many are completed no more, batch_id.
    static let forgetSeconds = "UPDATE batches SET execution_secs = execution_secs * (completed - ?) / completed WHERE batch_id = ? AND completed > 0"

    /// Values: batch_id, runner_id, basis, how many run again, how many do not.
    static let countRetracted = """
        INSERT INTO batch_retractions (batch_id, runner_id, basis, run_again, dropped) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (batch_id, runner_id, basis) DO UPDATE SET run_again = batch_retractions.run_again + excluded.run_again,
            dropped = batch_retractions.dropped + excluded.dropped
        """

    /// Of the batches from one id to another. Values: these two.
    static let batchRetractions = """
        SELECT batch_retractions.batch_id AS batch_id, retractions.reason AS reason, CAST(SUM(run_again) AS BIGINT) AS run_again,
            CAST(SUM(dropped) AS BIGINT) AS dropped
        FROM batch_retractions JOIN retractions ON retractions.runner_id = batch_retractions.runner_id
            AND retractions.basis = batch_retractions.basis
        WHERE batch_retractions.batch_id >= ? AND batch_retractions.batch_id <= ?
        GROUP BY batch_retractions.batch_id, retractions.reason ORDER BY batch_retractions.batch_id, MIN(retractions.retracted_at), retractions.reason
        """
}
