extension SQL {
    /// Values: tenant.
    static let jobTotals = """
        SELECT COALESCE(SUM(pending), 0) AS pending, COALESCE(SUM(claimed), 0) AS claimed, COALESCE(SUM(running), 0) AS running,
            COALESCE(SUM(completed), 0) AS completed, COALESCE(SUM(failed), 0) AS failed,
            COALESCE(SUM(timed_out), 0) AS timed_out, COALESCE(SUM(cancelled), 0) AS cancelled
        FROM batches WHERE tenant = ?
        """

    /// Values: the time.
    static let noteCheck = """
        INSERT INTO checks (id, checked_at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET checked_at = excluded.checked_at
        """

    /// Values: tenant.
    static let batchTotals = "SELECT status, COUNT(*) AS batches FROM batches WHERE tenant = ? GROUP BY status"
}
