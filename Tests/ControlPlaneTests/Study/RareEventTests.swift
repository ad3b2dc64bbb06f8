import LynxModel
import Statistics
import Testing

@testable import ControlPlane

@Suite("A batch that looks for a rare failure", .timeLimit(.minutes(10)))
struct RareEventTests {
    private func rare(runs: Int = 5000, samples: Int = 100, seed: UInt64 = 7) -> BatchSubmission {
        var submission = TestLedger.judged(runs: runs, by: nil, method: .subsetSimulation, seed: seed)
        submission.config.dispersions = [
            "x": Dispersion(distribution: .normal(mean: 10, stdDev: 2)), "y": Dispersion(distribution: .normal(mean: 0, stdDev: 1)),
        ]
        submission.config.monteCarlo.limitState = LimitStateSpec(output: "miss_m", below: 0)
        submission.config.monteCarlo.samplesPerLevel = samples
        return submission
    }

    /// Fails where the sum of two standard normal numbers is above √2 · 3, with the probability Φ(−3) = 0.00135.
    private func margin(_ parameters: [String: ParameterValue]) -> Double {
        guard case .number(let x)? = parameters["x"], case .number(let y)? = parameters["y"] else { return .nan }
        return 3 * 2.0.squareRoot() - (x - 10) / 2 - y
    }

    private func watched(_ test: TestLedger, _ body: () async throws -> Void) async throws {
        let watch = Task { try await StudyWatch(ledger: test.ledger, logger: .quiet).run() }
        defer { watch.cancel() }
        try await body()
    }

    /// Runs what is to be run until the batch has ended, or has so many runs.
    private func work(
        _ test: TestLedger, _ batch: String, until total: Int = .max, _ value: (JobAssignment, Double) -> Double? = { $1 }
    ) async throws {
        while true {
            let strokes = test.ledger.changes.strokes
            let jobs = try await test.claim(slots: 256)
            for job in jobs { try await test.end(job, outputs: [.miss(value(job, margin(job.runConfig.parameters)))]) }
            let now = try await test.batch(batch)
            if now.status.isTerminal || now.totalJobs >= total && jobs.isEmpty { return }
            if jobs.isEmpty { await test.ledger.changes.wait(after: strokes) }
        }
    }

    @Test("Level by level it finds what the simulation finds by itself, also with another process from the middle on", arguments: TestDriver.allCases)
    func finds(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register(slots: 256)
        let receipt = try await test.ledger.submit(rare())
        let batch = receipt.batchID
        #expect(receipt.totalJobs == 100)
        try await watched(test) { try await work(test, batch, until: 150) }
        let half = try await test.ledger.rareEvent(batchID: batch)
        #expect(half.state == .running && half.levels.count == 1 && half.probability == nil && half.high <= 0.11)
        try await watched(test) { try await work(test, batch) }

        var alone = try SubsetSimulation(
            {
                var settings = SubsetSimulation.Settings(dimensions: 2, seed: 7)
                settings.samplesPerLevel = 100
                return settings
            }())
        while !alone.isFinished { try alone.record(alone.proposals.map { 3 * 2.0.squareRoot() - $0.point[0] - $0.point[1] }) }
        let expected = try #require(alone.result)
        let found = try await test.ledger.rareEvent(batchID: batch)
        #expect(found.state == .finished && found.runs == expected.runs && found.levels.count == expected.levels.count)
        let probability = try #require(found.probability)
        #expect(abs(probability / expected.probability - 1) < 1e-9)
        #expect(found.low < 0.00135 && found.high > 0.00135)
        #expect(found.failedRuns.count == 20 && found.limitState == "miss_m < 0")
        let ended = try await test.batch(batch)
        #expect(ended.status == .completed && ended.totalJobs == expected.runs && ended.stopReason == nil)
        #expect(try await test.disagreements() == [])
    }

    @Test("It stops before the step that would go past its limit, and goes on from there when it may have more")
    func limit() async throws {
        let test = try TestLedger()
        try await test.register(slots: 256)
        let batch = try await test.ledger.submit(rare(runs: 150)).batchID
        try await watched(test) {
            try await work(test, batch)
            let stopped = try await test.batch(batch)
            #expect(stopped.status == .completed && stopped.totalJobs <= 150 && stopped.stopReason?.contains("150") == true)
            let found = try await test.ledger.rareEvent(batchID: batch)
            #expect(found.state == .atLimit && found.probability == nil && found.explanation.contains("at most"))
            #expect(try await test.ledger.extend(batchID: batch, by: 5000).batch.status == .running)
            try await work(test, batch)
        }
        #expect(try await test.ledger.rareEvent(batchID: batch).state == .finished)
    }

    @Test("A batch that was cancelled says so, and takes no cancelled run for one without an answer")
    func cancelled() async throws {
        let test = try TestLedger()
        try await test.register(slots: 256)
        let batch = try await test.ledger.submit(rare()).batchID
        let jobs = try await test.claim(slots: 60)
        for job in jobs { try await test.end(job, outputs: [.miss(margin(job.runConfig.parameters))]) }
        _ = try await test.ledger.cancelBatch(batch)
        let found = try await test.ledger.rareEvent(batchID: batch)
        #expect(found.state == .broken && found.levels == [] && found.runs == 0 && found.missing == 0 && found.high == 1)
        #expect(found.explanation.contains("the batch was cancelled"))
    }

    @Test("Runs without an answer do not fail, and what they might have been is told")
    func missing() async throws {
        let test = try TestLedger()
        try await test.register(slots: 256)
        let batch = try await test.ledger.submit(rare()).batchID
        try await watched(test) { try await work(test, batch) { $0.runConfig.runIndex % 10 == 3 ? nil : $1 } }
        let found = try await test.ledger.rareEvent(batchID: batch)
        let probability = try #require(found.probability)
        #expect(found.missing > 10 && found.explanation.contains("\(found.missing) of them without an answer"))
        #expect(try #require(found.probabilityIfMissingFail) > probability)
    }

    @Test("Where a result is not what it was when later runs were chosen, the batch ends and says so")
    func broken() async throws {
        let test = try TestLedger()
        try await test.register(slots: 256)
        let batch = try await test.ledger.submit(rare()).batchID
        let first = try await test.claim(slots: 256)
        for job in first.dropLast() { try await test.end(job, outputs: [.miss(margin(job.runConfig.parameters))]) }
        try await test.end(first[99], .failure, outputs: [])
        try await watched(test) {
            _ = try await test.batch(batch) { $0.totalJobs > 100 }
        }
        _ = try await test.ledger.retryFailed(batch)
        try await watched(test) { try await work(test, batch) { $0.runConfig.runIndex == 99 ? -1 : $1 } }
        let ended = try await test.batch(batch)
        #expect(ended.stopReason?.contains("have changed") == true)
        #expect(try await test.ledger.rareEvent(batchID: batch).state == .broken)
    }
}
