import FoundationEssentials
import LynxModel
import Sampling
import Testing

@testable import ControlPlane

@Suite("The life of a batch")
struct LifecycleTests {
    @Test("A batch runs from submission to its last result", arguments: TestDriver.allCases) func wholeLife(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let receipt = try await test.ledger.submit(TestLedger.submission(runs: 2))
        #expect(receipt.totalJobs == 2)
        #expect(try await test.batch(receipt.batchID).status == .pending)

        let claimed = try await test.claim(slots: 5)
        #expect(claimed.map(\.runConfig.runIndex) == [0, 1])
        #expect(claimed.allSatisfy { $0.attempt == 1 && $0.timeoutSecs == 60 })
        #expect(try await test.batch(receipt.batchID).status == .running)
        #expect(try await test.job(claimed[0]).status == .claimed)
        #expect(try await test.job(claimed[0]).assignedRunner == "r1")

        test.clock.advance(by: 1)
        try await test.start(claimed[0])
        let running = try await test.job(claimed[0])
        #expect(running.status == .running)
        #expect(running.startedAt == test.clock.now())

        test.clock.advance(by: 9)
        try await test.report(claimed[0], .success)
        try await test.report(claimed[1], .breach, message: "early termination 'reentry'")
        let done = try await test.job(claimed[0])
        #expect(done.status == .completed)
        #expect(done.completedAt == test.clock.now())
        #expect(done.errorMessage == nil)
        #expect(try await test.job(claimed[1]).errorMessage == "early termination 'reentry'")

        let batch = try await test.batch(receipt.batchID)
        #expect(batch.status == .failed)
        #expect((batch.completedJobs, batch.failedJobs, batch.cancelledJobs) == (1, 1, 0))
        #expect(batch.completedAt == test.clock.now())
        #expect(try await test.disagreements().isEmpty)
    }

    @Test("A batch whose jobs all completed is completed", arguments: TestDriver.allCases) func completed(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 3)
        for job in try await test.claim(slots: 3) { try await test.report(job, .success) }
        #expect(try await test.batch(batch).status == .completed)
    }

    @Test("Run configurations are the sampler's, for the seed given", arguments: TestDriver.allCases)
    func runConfigurations(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let submission = TestLedger.submission(runs: 4, seed: .max)
        let batchID = try await test.ledger.submit(submission).batchID
        let sampler = Sampler(config: submission.config, runs: 4, seed: .max)
        let claimed = try await test.claim(slots: 4)
        #expect(claimed.map(\.runConfig.parameters) == (0..<4).map { sampler.parameters(at: $0) })
        #expect(claimed.map(\.runConfig.seed) == (0..<4).map { sampler.runSeed(at: $0) })
        #expect(claimed.map(\.jobID) == (0..<4).map { "\(batchID)-\($0)" })
        #expect(try await test.batch(batchID).seed == .max)
        // Also when nothing is remembered from the submission.
        let again = try test.reopened()
        #expect(try await again.ledger.job("\(batchID)-3").runConfig == claimed[3].runConfig)
    }

    @Test("A seed that was left open is chosen and stays", arguments: TestDriver.allCases) func chosenSeed(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        let first = try await test.ledger.submit(TestLedger.submission(seed: nil)).batchID
        let second = try await test.ledger.submit(TestLedger.submission(seed: nil)).batchID
        let seed = try await test.batch(first).seed
        #expect(seed != (try await test.batch(second).seed))
        #expect(seed < 1 << 53)
        let values = try await test.ledger.job("\(first)-0").runConfig.parameters
        #expect(try await test.reopened().ledger.job("\(first)-0").runConfig.parameters == values)
    }

    @Test("Batch ids carry the time of their submission") func batchIDs() {
        let id = Ledger.newBatchID(at: Date(timeIntervalSince1970: 1_800_000_000))
        #expect(id.hasPrefix("20270115T080000-"))
        #expect(id.utf8.count == "20270115T080000-0f3a9c51".utf8.count)
    }

    @Test("Jobs go only to runners that support their type", arguments: TestDriver.allCases) func routing(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register("orbits", types: ["basilisk", "gpu"])
        try await test.register("drones", types: ["px4_sitl"])
        try await test.register("idle", types: [])
        try await test.submit(runs: 1, type: "px4_sitl")
        #expect(try await test.claim("orbits").isEmpty)
        #expect(try await test.claim("idle").isEmpty)
        #expect(try await test.claim("drones").count == 1)
    }

    @Test("A batch never has more than max_parallel_jobs out, over the whole pool", arguments: TestDriver.allCases)
    func maxParallel(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register("r1")
        try await test.register("r2", session: "s2")
        try await test.submit(runs: 5, maxParallel: 2)
        let first = try await test.claim("r1", slots: 1)
        let second = try await test.claim("r2", session: "s2", slots: 9)
        #expect(first.count + second.count == 2)
        #expect(try await test.claim("r1", slots: 9).isEmpty)
        try await test.report(first[0], .success)
        #expect(try await test.claim("r1", slots: 9).count == 1)
    }

    @Test("Two batches share one slot turn by turn", arguments: TestDriver.allCases) func fairness(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let old = try await test.submit(runs: 6)
        test.clock.advance(by: 1)
        var order: [String] = []
        func runOne() async throws {
            for job in try await test.claim() {
                order.append(job.batchID)
                try await test.report(job, .success)
            }
        }
        for _ in 0..<3 { try await runOne() }
        let new = try await test.submit(runs: 3)
        for _ in 0..<6 { try await runOne() }
        #expect(order.prefix(3).allSatisfy { $0 == old })
        #expect(order.filter { $0 == old }.count == 6)
        for pair in [order[3...4], order[5...6], order[7...8]] { #expect(Set(pair) == [old, new]) }
    }

    @Test("A control plane restricted to one batch leaves the others alone", arguments: TestDriver.allCases)
    func restriction(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let old = try await test.submit(runs: 1)
        let new = try await test.submit(runs: 1)
        test.ledger.onlyBatch = ""
        #expect(try await test.claim(slots: 9).isEmpty)
        test.ledger.onlyBatch = new
        #expect(try await test.claim(slots: 9).map(\.batchID) == [new])
        test.ledger.onlyBatch = nil
        #expect(try await test.claim(slots: 9).map(\.batchID) == [old])
    }

    @Test("The estimate follows the slots of the pool, and what such runs took before", arguments: TestDriver.allCases)
    func estimate(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        let submission = TestLedger.submission(runs: 10, durationMinutes: 3)
        #expect(try await test.ledger.submit(submission).estimatedCompletionTimeMins == 30)
        try await test.register(slots: 4)
        try await test.register("other", types: ["px4_sitl"], slots: 100)
        #expect(try await test.ledger.submit(submission).estimatedCompletionTimeMins == 9)

        let limited = TestLedger.submission(runs: 10, maxParallel: 2, durationMinutes: 3)
        #expect(try await test.ledger.submit(limited).estimatedCompletionTimeMins == 15)

        for job in try await test.claim(slots: 2) { try await test.report(job, .success) }
        let second = try await test.ledger.submit(submission).estimatedCompletionTimeMins
        #expect(abs(second - 3 * 12.5 / 60) < 1e-9)
    }
}
