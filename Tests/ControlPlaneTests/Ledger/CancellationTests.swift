import LynxModel
import Testing

@testable import ControlPlane

@Suite("Cancelling")
struct CancellationTests {
    @Test("Cancelling a batch drops what waits, and has the runners kill what runs", arguments: TestDriver.allCases)
    func batch(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 5, maxRetries: 3)
        let jobs = try await test.claim(slots: 3)
        try await test.report(jobs[0], .success)
        try await test.start(jobs[1])

        let overview = try await test.ledger.cancelBatch(batch)
        #expect(overview.jobsByStatus == ["Completed": 1, "Running": 1, "Claimed": 1, "Cancelled": 2])
        #expect(overview.batch.status == .running)
        #expect(try await test.claim(slots: 9).isEmpty)
        #expect(try await test.heartbeat([jobs[1], jobs[2]]).cancel.map(\.jobID) == [jobs[1].jobID, jobs[2].jobID])

        try await test.report(jobs[1], .cancelled)
        // A runner that dies on the way: nothing to be queued again.
        test.clock.advance(by: 31)
        _ = try await test.ledger.expireLeases()
        #expect(try await test.job(jobs[2]).status == .cancelled)
        #expect(try await test.batch(batch).status == .cancelled)
        #expect(try await test.batch(batch).cancelledJobs == 4)
        #expect(try await test.disagreements().isEmpty)
        #expect(try await test.ledger.cancelBatch(batch).batch.status == .cancelled)
    }

    @Test("What has ended cannot be cancelled", arguments: TestDriver.allCases) func ended(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 1)
        let job = try await test.claim()[0]
        try await test.report(job, .success)
        await #expect(throws: LedgerError.alreadyEnded(what: "batch", id: batch, status: "Completed")) {
            try await test.ledger.cancelBatch(batch)
        }
        await #expect(throws: LedgerError.alreadyEnded(what: "job", id: job.jobID, status: "Completed")) {
            try await test.ledger.cancelJob(job.jobID)
        }
    }

    @Test("One job can be cancelled, waiting or running", arguments: TestDriver.allCases) func job(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 3)
        let running = try await test.claim()[0]
        #expect(try await test.ledger.cancelJob("\(batch)-2").status == .cancelled)
        #expect(try await test.ledger.cancelJob("\(batch)-2").status == .cancelled)
        #expect(try await test.ledger.cancelJob(running.jobID).status == .claimed)
        #expect(try await test.heartbeat([running]).cancel == [AttemptKey(jobID: running.jobID, attempt: 1)])
        try await test.report(running, .cancelled)
        try await test.report(try await test.claim()[0], .success)
        #expect(try await test.batch(batch).status == .cancelled)
        #expect(try await test.disagreements().isEmpty)
        await #expect(throws: LedgerError.noSuchJob("\(batch)-9")) { try await test.ledger.cancelJob("\(batch)-9") }
    }
}
