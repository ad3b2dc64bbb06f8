import LynxModel

/// How much of everything a tenant has.
struct LedgerTotals: Sendable {
    var jobs: JobCounts
    var batches: [BatchStatus: Int]
}

extension Ledger {
    func totals(tenant: String) async throws -> LedgerTotals {
        try await driver.read { connection in
            var jobs = JobCounts()
            if let row = try connection.row(SQL.jobTotals, [.text(tenant)]) {
                jobs = JobCounts(
                    pending: try row.whole("pending"), claimed: try row.whole("claimed"), running: try row.whole("running"),
                    completed: try row.whole("completed"), failed: try row.whole("failed"), timedOut: try row.whole("timed_out"),
                    cancelled: try row.whole("cancelled"))
            }
            var batches: [BatchStatus: Int] = [:]
            for row in try connection.rows(SQL.batchTotals, [.text(tenant)]) {
                batches[try row.token("status")] = try row.whole("batches")
            }
            return LedgerTotals(jobs: jobs, batches: batches)
        }
    }
}

extension LedgerRow {
    /// PostgreSQL sums whole numbers to decimals.
    fileprivate func whole(_ column: String) throws -> Int { Int(try double(column)) }
}

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
