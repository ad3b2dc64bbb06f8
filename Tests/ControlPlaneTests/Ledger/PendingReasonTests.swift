import LynxModel
import Testing

@testable import ControlPlane

@Suite("What jobs that wait are waiting for")
struct PendingReasonTests {
    private func reason(_ test: TestLedger, _ batch: String) async throws -> String? {
        let overview = try await test.ledger.overview(batchID: batch)
        #expect(overview.unroutable == nil)
        // Batch, job and list say the same.
        let pending = try await test.ledger.jobs(batchID: batch, status: .pending, limit: 1).items[0]
        #expect(pending.pendingReason == overview.pendingReason)
        #expect(try await test.ledger.job(pending.jobID).pendingReason == overview.pendingReason)
        #expect(try await test.ledger.moment(batchID: batch, after: EventPosition(), limit: 9).overview == overview)
        return overview.pendingReason
    }

    @Test("A runner that is offline, drained or in quarantine, and the only one that could take them", arguments: TestDriver.allCases)
    func onlyOne(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register("r1")
        try await test.register("other", types: ["px4_sitl"])
        let batch = try await test.submit(runs: 2)
        #expect(try await reason(test, batch) == nil)
        let only = "runner 'bench r1', the only one that could take them,"
        _ = try await test.ledger.setDrained(true, runnerID: "r1")
        #expect(try await reason(test, batch) == "\(only) is drained; 'lynxctl runner resume r1' lets it take jobs")
        test.clock.advance(by: 31)
        let offline = "\(only) is offline; it was last heard of at 2027-01-15T08:00:00.000Z"
        #expect(try await reason(test, batch) == offline)
        _ = try await test.ledger.setDrained(false, runnerID: "r1")
        #expect(try await reason(test, batch) == offline)
        _ = try await test.heartbeat([])
        #expect(try await reason(test, batch) == nil)
        for _ in 0..<test.policy.mostIncidents {
            let job = try await test.claim()[0]
            try await test.ledger.ended(jobID: job.jobID, TestLedger.report(job, .lost))
            _ = try await test.ledger.transaction { try $0.note(.notStarted(message: "no python"), of: "r1") }
        }
        let quarantine = try await reason(test, batch)
        #expect(quarantine?.hasPrefix("\(only) is in quarantine (5 incidents in a row; the last: ") == true)
        #expect(quarantine?.hasSuffix("); 'lynxctl runner resume r1' lets it take jobs") == true)
        try await test.ledger.leave(LeaveRequest(runnerID: "r1", sessionID: "s1"))
        #expect(try await reason(test, batch)?.hasPrefix("\(only) is offline; ") == true)
    }

    @Test("Several that could take them, of which none does") func several() async throws {
        let test = try TestLedger()
        try await test.register("r1")
        test.clock.advance(by: 1)
        try await test.register("r2")
        let batch = try await test.submit(runs: 2)
        test.clock.advance(by: 31)
        #expect(
            try await reason(test, batch)
                == "all 2 runners that could take them are offline; the last heard of was 'bench r2', at 2027-01-15T08:00:01.000Z")
        _ = try await test.heartbeat([], runner: "r1")
        _ = try await test.ledger.setDrained(true, runnerID: "r1")
        #expect(
            try await reason(test, batch)
                == "none of the 2 runners that could take them takes jobs: 1 offline, 'bench r1' is drained; 'lynxctl runner resume RUNNER_ID' lets one take jobs")
    }

    @Test("Slots that are taken, and a limit of its own", arguments: TestDriver.allCases)
    func slots(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register("r1", slots: 2)
        let narrow = try await test.submit(runs: 3, maxParallel: 1)
        let job = try await test.claim(slots: 1)[0]
        #expect(try await reason(test, narrow) == "1 of its jobs run, as many as max_parallel_jobs allows")
        let batch = try await test.submit(runs: 3)
        #expect(try await reason(test, batch) == nil)
        _ = try await test.claim(slots: 1)
        #expect(try await reason(test, batch) == "all 2 slots of runner 'bench r1' are taken")
        try await test.register("r2", slots: 1)
        #expect(try await reason(test, batch) == nil)
        _ = try await test.claim("r2")
        #expect(try await reason(test, batch) == "all 3 slots of the 2 runners that could take them are taken")
        try await test.report(job, .success)
        #expect(try await reason(test, batch) == nil)
    }

    @Test("A control plane that serves one study says so of others") func restricted() async throws {
        let test = try TestLedger()
        try await test.register()
        let batch = try await test.submit(runs: 1)
        test.ledger.onlyBatch = "another"
        #expect(try await reason(test, batch) == "this control plane hands out only jobs of batch 'another'")
        test.ledger.onlyBatch = batch
        #expect(try await reason(test, batch) == nil)
    }

    @Test("What nobody could ever take is unroutable as well; what does not wait has no reason") func forEver() async throws {
        let test = try TestLedger()
        let batch = try await test.submit(runs: 1)
        let overview = try await test.ledger.overview(batchID: batch)
        #expect(overview.unroutable == "no runner is registered")
        #expect(overview.pendingReason == "no runner is registered")
        _ = try await test.ledger.cancelBatch(batch)
        #expect(try await test.ledger.overview(batchID: batch).pendingReason == nil)
        #expect(try await test.ledger.job("\(batch)-0").pendingReason == nil)
    }
}
