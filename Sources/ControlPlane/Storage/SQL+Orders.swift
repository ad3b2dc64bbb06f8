/// What runners are told to do.
extension SQL {
    static let runnersOfBatch = """
        SELECT DISTINCT assigned_runner FROM jobs WHERE batch_id = ? AND lease_expires_at IS NOT NULL AND assigned_runner IS NOT NULL
        """

    /// Values: runner_id, session_id.
    static let cancellationsOfRunner = """
        SELECT batch_id, run_index, attempt FROM jobs
        WHERE assigned_runner = ? AND session_id = ? AND lease_expires_at IS NOT NULL AND cancel_requested = 1
        ORDER BY batch_id, run_index
        """
}
