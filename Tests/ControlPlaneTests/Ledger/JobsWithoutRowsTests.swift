import LynxModel
import Testing

@testable import ControlPlane

@Suite("Jobs that have no rows yet")
struct JobsWithoutRowsTests {
    private func storedJobs(_ test: TestLedger) async throws -> [Int] {
        try await test.ledger.driver.read { try $0.rows("SELECT run_index FROM jobs ORDER BY run_index", []).map { try $0.int("run_index") } }
    }

    @Test("A million runs are queued, listed and cancelled without rows of their own", arguments: TestDriver.allCases)
    func million(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 1_000_000)
        #expect(try await storedJobs(test).isEmpty)
        #expect(try await test.ledger.overview(batchID: batch).jobsByStatus == ["Pending": 1_000_000])
        #expect(try await test.ledger.job("\(batch)-999999").status == .pending)
        let end = try await test.ledger.jobs(batchID: batch, status: .pending, limit: 10, after: 999_995)
        #expect(end.items.map(\.runConfig.runIndex) == [999_996, 999_997, 999_998, 999_999])
        #expect(end.next == nil)

        let first = try await test.claim(slots: 3)
        #expect(first.map(\.runConfig.runIndex) == [0, 1, 2])
        let overview = try await test.ledger.cancelBatch(batch)
        #expect(overview.jobsByStatus == ["Claimed": 3, "Cancelled": 999_997])
        #expect(try await storedJobs(test) == [0, 1, 2])
        #expect(try await test.ledger.jobs(batchID: batch, status: .cancelled, limit: 2).items.map(\.runConfig.runIndex) == [3, 4])
        await #expect(throws: LedgerError.noSuchJob("\(batch)-1000000")) { try await test.ledger.job("\(batch)-1000000") }
    }

    @Test("A run that was cancelled by itself is passed over when its turn comes", arguments: TestDriver.allCases)
    func cancelledAlone(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 30)
        for index in [1, 2, 5, 29] { _ = try await test.ledger.cancelJob("\(batch)-\(index)") }
        #expect(try await storedJobs(test) == [1, 2, 5, 29])
        #expect(try await test.ledger.jobs(batchID: batch, status: .pending, limit: 4).items.map(\.runConfig.runIndex) == [0, 3, 4, 6])
        #expect(try await test.claim(slots: 4).map(\.runConfig.runIndex) == [0, 3, 4, 6])
        #expect(try await test.claim(slots: 99).map(\.runConfig.runIndex) == Array(7...28))
        #expect(try await test.claim(slots: 1).isEmpty)
        #expect(try await test.disagreements().isEmpty)
    }

    @Test("A job that is queued again comes before those never handed out", arguments: TestDriver.allCases)
    func requeuedFirst(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 9, maxRetries: 1)
        let jobs = try await test.claim(slots: 3)
        try await test.report(jobs[1], .failure)
        #expect(try await test.claim(slots: 3).map(\.runConfig.runIndex) == [1, 3, 4])
    }

    @Test("Every attempt keeps its result, and a job's is that of its last, once it has ended", arguments: TestDriver.allCases)
    func results(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 1, maxRetries: 1)
        try await test.report(try await test.claim()[0], .failure, message: "first")
        await #expect(throws: LedgerError.noResult(jobID: "\(batch)-0", status: .pending)) {
            try await test.ledger.result(jobID: "\(batch)-0", detail: .full)
        }
        #expect(try await test.ledger.results(batchID: batch, detail: .full, limit: 9, after: -1).documents.isEmpty)
        try await test.report(try await test.claim()[0], .failure, message: "second")
        let result = try WireJSON.decode(JobResult.self, from: try await test.ledger.result(jobID: "\(batch)-0", detail: .full))
        #expect(result.errorMessage == "second")
        let listed = try await test.ledger.results(batchID: batch, detail: .summary, limit: 9, after: -1).documents
        #expect(try listed.map { try WireJSON.decode(JobResult.self, from: $0).errorMessage } == ["second"])
        let stored = try await test.ledger.driver.read {
            try $0.rows("SELECT attempt FROM results ORDER BY attempt", []).map { try $0.int("attempt") }
        }
        #expect(stored == [1, 2])
    }
}
