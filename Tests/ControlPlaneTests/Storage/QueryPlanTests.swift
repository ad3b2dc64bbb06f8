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

    /// Whatever looks for what rests on a basis, among all that ever ran.
    private static let retractions = [
        SQL.retraction, SQL.batchesOnBasis, SQL.endedOnBasis, SQL.refundOnBasis, SQL.requeueOnBasis, SQL.cancelOnBasis, SQL.retractAttempts,
        SQL.noteBasis, SQL.batchRetractions,
    ]

    @Test("No statement of the daily round reads through a table", arguments: hot + retractions) func indexed(sql: String) async throws {
        let test = try TestLedger()
        let plan = try await test.ledger.driver.read { connection in
            let values = Array(repeating: LedgerValue.null, count: sql.count { $0 == "?" })
            return try connection.rows("EXPLAIN QUERY PLAN \(sql)", values).map { try $0.text("detail") }
        }
        #expect(!plan.isEmpty)
        // What was found by index already is read through.
        #expect(plan.allSatisfy { !$0.hasPrefix("SCAN") || $0 == "SCAN spent" }, "\(plan)")
    }

    /// Of tables this small PostgreSQL would read all; told not to, it does so only where no index serves.
    @Test("Nor does PostgreSQL have to") func indexedInPostgres() async throws {
        let test = try TestLedger(.postgres)
        for sql in Self.hot + Self.retractions {
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
