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
