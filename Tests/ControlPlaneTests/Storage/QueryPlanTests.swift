import Testing

@testable import ControlPlane

@Suite("How the ledger is searched")
struct QueryPlanTests {
    /// Whatever is run for each claim, start, report, heartbeat and sweep.
    private static let hot = [
        SQL.job, SQL.pendingJobs, SQL.storedRuns, SQL.jobsOfRunner, SQL.batchesOfRunner, SQL.jobsPastLease, SQL.nextLeaseEnd,
        SQL.reportedAttempt, SQL.result, SQL.latestTurn, SQL.batchesWithWork(types: 2, only: false), SQL.batch, SQL.runner, SQL.saveJob,
        SQL.renewLease, SQL.startAttempt, SQL.endAttempt, SQL.takeTurn, SQL.cancellationsOfRunner, SQL.chunkNumbers, SQL.runnerAlive, SQL.runnerTold,
    ]

    @Test("No statement of the daily round reads through a table", arguments: hot) func indexed(sql: String) async throws {
        let test = try TestLedger()
        let plan = try await test.ledger.driver.read { connection in
            let values = Array(repeating: LedgerValue.null, count: sql.count { $0 == "?" })
            return try connection.rows("EXPLAIN QUERY PLAN \(sql)", values).map { try $0.text("detail") }
        }
        #expect(!plan.isEmpty)
        #expect(plan.allSatisfy { !$0.hasPrefix("SCAN") }, "\(plan)")
    }

    /// Of tables this small PostgreSQL would read all; told not to, it does so only where no index serves.
    @Test("Nor does PostgreSQL have to") func indexedInPostgres() async throws {
        let test = try TestLedger(.postgres)
        for sql in Self.hot {
            let plan = try await test.ledger.driver.read { connection in
                _ = try connection.rows("SET LOCAL enable_seqscan = off", [])
                let values = Array(repeating: LedgerValue.null, count: sql.count { $0 == "?" })
                return try connection.rows("EXPLAIN \(sql)", values).map { try $0.text("QUERY PLAN") }
            }
            #expect(!plan.isEmpty)
            #expect(!plan.contains { $0.contains("Seq Scan") }, "\(sql)\n\(plan.joined(separator: "\n"))")
        }
    }
}
