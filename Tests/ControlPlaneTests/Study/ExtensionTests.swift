import Hummingbird
import HummingbirdTesting
import LynxModel
import Testing

@testable import ControlPlane

@Suite("More runs of a batch", .timeLimit(.minutes(5)))
struct ExtensionTests {
    @Test(
        "A running batch keeps the runs it has, and new ones are given out after them", arguments: TestDriver.allCases,
        [SamplingMethod.monteCarlo, .sobol])
    func running(driver: TestDriver, method: SamplingMethod) async throws {
        let test = try TestLedger(driver)
        try await test.register(slots: 16)
        let batch = try await test.ledger.submit(TestLedger.judged(runs: 4, method: method)).batchID
        let whole = try await test.ledger.submit(TestLedger.judged(runs: 10, method: method)).batchID
        let before = try await test.ledger.jobs(batchID: batch, limit: 100).items.map(\.runConfig)
        let extended = try await test.ledger.extend(batchID: batch, by: 6)
        #expect(extended.batch.totalJobs == 10 && extended.batch.status == .pending && extended.count(.pending) == 10)
        let after = try await test.ledger.jobs(batchID: batch, limit: 100).items.map(\.runConfig)
        // As if it had been submitted with all of them.
        let expected = try await test.ledger.jobs(batchID: whole, limit: 100).items.map(\.runConfig)
        #expect(Array(after.prefix(4)) == before && after.count == 10)
        #expect(after.map(\.parameters) == expected.map(\.parameters) && after.map(\.seed) == expected.map(\.seed))
        let claimed = try await test.claim(slots: 16).filter { $0.batchID == batch }
        #expect(claimed.allSatisfy { $0.runConfig == after[$0.runConfig.runIndex] })
        #expect(try await test.disagreements() == [])
    }

    @Test("A batch that has ended runs again, and ends again", arguments: TestDriver.allCases)
    func ended(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register(slots: 30)
        let batch = try await test.ledger.submit(TestLedger.judged(runs: 2)).batchID
        try await test.end(try await test.claim(slots: 2)) { _ in 1 }
        #expect(try await test.batch(batch).status == .completed)
        #expect(try await test.ledger.extend(batchID: batch, by: 3).batch.status == .running)
        let running = try await test.batch(batch)
        #expect(running.completedAt == nil && running.totalJobs == 5)
        let more = try await test.claim(slots: 30)
        #expect(more.map(\.runConfig.runIndex) == [2, 3, 4])
        try await test.end(more) { _ in 1 }
        #expect(try await test.batch(batch).status == .completed)
        #expect(try await test.ledger.study(batchID: batch).ended == 5)
        // Having been looked at before, it is judged by a rule for repeated looks.
        #expect(try await test.ledger.verdicts(batchID: batch).verdicts.map(\.rule) == ["an e-process, valid at every look"])
        #expect(try await test.disagreements() == [])
    }

    @Test("A batch that its rule had stopped goes on where it was, with all its runs", arguments: TestDriver.allCases)
    func stopped(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register(slots: 30)
        let batch = try await test.ledger.submit(TestLedger.judged(runs: 30, stop: StopSpec(maxFailures: 0))).batchID
        try await test.end(try await test.claim(slots: 22)) { _ in 1 }
        try await test.ledger.stop(batchID: batch, after: 22, reason: "decided", running: .cancel)
        let stopped = try await test.batch(batch)
        #expect(stopped.status == .completed && stopped.stopReason == "decided")
        let extended = try await test.ledger.extend(batchID: batch, by: 5)
        #expect(extended.batch.totalJobs == 35 && extended.batch.stopReason == nil && extended.batch.status == .running)
        #expect(extended.count(.pending) == 13 && extended.count(.cancelled) == 0)
        let rest = try await test.claim(slots: 30)
        #expect(rest.map(\.runConfig.runIndex) == Array(22..<35))
        try await test.end(rest) { _ in 1 }
        #expect(try await test.batch(batch).status == .completed)
        #expect(try await test.ledger.batchesToJudge() == [])
        #expect(try await test.disagreements() == [])
    }

    @Test("While the runs of a stopped batch are still being killed, it cannot be extended", arguments: TestDriver.allCases)
    func stillStopping(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register(slots: 30)
        let batch = try await test.ledger.submit(TestLedger.judged(runs: 30, stop: StopSpec(maxFailures: 0))).batchID
        let jobs = try await test.claim(slots: 24)
        try await test.end(Array(jobs.prefix(22))) { _ in 1 }
        try await test.ledger.stop(batchID: batch, after: 22, reason: "decided", running: .cancel)
        await #expect(throws: LedgerError.self) { try await test.ledger.extend(batchID: batch, by: 5) }
        for job in jobs.suffix(2) { try await test.end(job, .cancelled, outputs: []) }
        #expect(try await test.ledger.extend(batchID: batch, by: 5).count(.pending) == 13)
        let rest = try await test.claim(slots: 30)
        #expect(rest.map(\.runConfig.runIndex) == Array(22..<35))
        try await test.end(rest) { _ in 1 }
        #expect(try await test.ledger.study(batchID: batch).ended == 35)
        #expect(try await test.disagreements() == [])
    }

    @Test("Another control plane on the same ledger gives the new runs out, too")
    func sharedLedger() async throws {
        let test = try TestLedger(.postgres)
        let other = try test.another()
        try await test.register(slots: 30)
        let batch = try await test.ledger.submit(TestLedger.judged(runs: 1)).batchID
        // Each has kept the plan of a batch of one run.
        #expect(try await other.ledger.jobs(batchID: batch, limit: 100).items.count == 1)
        _ = try await test.ledger.extend(batchID: batch, by: 2)
        let claimed = try await other.claim(slots: 3)
        #expect(claimed.map(\.runConfig.runIndex) == [0, 1, 2])
        let listed = try await test.ledger.jobs(batchID: batch, limit: 100).items.map(\.runConfig)
        #expect(claimed.map(\.runConfig) == listed)
    }

    @Test("A batch that a user cancelled, or whose design would change, is refused with 409")
    func refused() async throws {
        try await TestControlPlane().test { client in
            let order = ExtensionRequest(runs: 3)
            let (cancelled, _) = try await client.judged(TestLedger.judged(runs: 2), claiming: 1)
            _ = try await client.post("/batches/\(cancelled)/cancel", as: BatchOverview.self)
            var problem = try await client.problem(.post, "/batches/\(cancelled)/extend", order, status: 409)
            #expect(problem.detail == "batch '\(cancelled)': it was cancelled")
            let (design, _) = try await client.judged(TestLedger.judged(runs: 2, method: .latinHypercube))
            problem = try await client.problem(.post, "/batches/\(design)/extend", order, status: 409)
            #expect(problem.detail?.contains("the number of its runs 5 is not a multiple of 2") == true, "\(problem.detail ?? "")")
            let (good, _) = try await client.judged(TestLedger.judged(runs: 2))
            for runs in [0, -1] {
                problem = try await client.problem(.post, "/batches/\(good)/extend", ExtensionRequest(runs: runs), status: 422)
                #expect(problem.errors == [.init(field: "runs", detail: "must be at least 1")])
            }
            _ = try await client.problem(.post, "/batches/\(good)/extend", ExtensionRequest(runs: .max), status: 422)
            _ = try await client.problem(.post, "/batches/nowhere/extend", order, status: 404)
            #expect(try await client.get("/batches/\(good)", as: BatchOverview.self).batch.totalJobs == 2)
        }
    }
}
