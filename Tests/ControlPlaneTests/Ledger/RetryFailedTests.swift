import FoundationEssentials
import LynxModel
import Testing

@testable import ControlPlane

@Suite("Trying failed jobs again")
struct RetryFailedTests {
    @Test("Failed and timed-out jobs run again, and what earlier attempts brought stays readable", arguments: TestDriver.allCases)
    func retry(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 3, maxRetries: 1)
        let jobs = try await test.claim(slots: 3)
        try await test.report(jobs[0], .success)
        try await test.report(jobs[1], .timeout, message: "slow")
        try await test.report(jobs[2], .failure, message: "first")
        try await test.report(try await test.claim()[0], .failure, message: "second")
        #expect(try await test.batch(batch).status == .failed)

        test.clock.advance(by: 1)
        let overview = try await test.ledger.retryFailed(batch)
        #expect(overview.requeued == 2)
        #expect(overview.jobsByStatus == ["Completed": 1, "Pending": 2])
        #expect(overview.batch.status == .running)
        #expect(overview.batch.completedAt == nil)
        #expect(try await test.disagreements().isEmpty)
        let waiting = try await test.job(jobs[2])
        #expect((waiting.retries, waiting.attempt) == (0, 2))

        let again = try await test.claim(slots: 9)
        #expect(again.map(\.attempt) == [2, 3])
        for job in again { try await test.report(job, .success) }
        #expect(try await test.batch(batch).status == .completed)
        let attempts = try await test.ledger.attempts(jobID: jobs[2].jobID)
        #expect(attempts.map(\.outcome) == [.failure, .failure, .success])
        #expect(attempts.map(\.message) == ["first", "second", nil])
        #expect(attempts.allSatisfy { $0.hasResult && $0.runnerID == "r1" && $0.endedAt != nil })
        for (number, message) in [(1, "first"), (2, "second")] {
            let data = try await test.ledger.result(jobID: jobs[2].jobID, attempt: number, detail: .full)
            #expect(try WireJSON.decode(JobResult.self, from: data).errorMessage == message)
        }
        await #expect(throws: LedgerError.noAttemptResult(jobID: jobs[2].jobID, attempt: 4, exists: false)) {
            try await test.ledger.result(jobID: jobs[2].jobID, attempt: 4, detail: .full)
        }
        // Nothing is left to be tried again.
        let nothing = try await test.ledger.retryFailed(batch)
        #expect((nothing.batch.status, nothing.requeued) == (.completed, 0))
        #expect(try await test.ledger.overview(batchID: batch).requeued == nil)
    }

    @Test("A late result of a lost attempt counts also after the job was given up and tried again", arguments: TestDriver.allCases)
    func lateResult(driver: TestDriver) async throws {
        let test = try TestLedger(driver, policy: LedgerPolicy(maxLostAttempts: 0))
        try await test.register()
        let batch = try await test.submit(runs: 1)
        let job = try await test.claim()[0]
        test.clock.advance(by: 31)
        _ = try await test.ledger.expireLeases()
        #expect(try await test.job(job).status == .failed)
        _ = try await test.ledger.retryFailed(batch)
        try await test.report(job, .success)
        #expect(try await test.batch(batch).status == .completed)
        #expect(try await test.disagreements().isEmpty)
    }

    @Test("A cancelled batch is not taken up again", arguments: TestDriver.allCases)
    func cancelled(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 3)
        try await test.report(try await test.claim()[0], .failure)
        _ = try await test.ledger.cancelBatch(batch)
        await #expect(throws: LedgerError.cannotRetry(batch)) { try await test.ledger.retryFailed(batch) }
        await #expect(throws: LedgerError.noSuchBatch("x")) { try await test.ledger.retryFailed("x") }
        await #expect(throws: LedgerError.noSuchJob("x-0")) { try await test.ledger.attempts(jobID: "x-0") }
        #expect(try await test.ledger.attempts(jobID: "\(batch)-2").isEmpty)
    }
}
