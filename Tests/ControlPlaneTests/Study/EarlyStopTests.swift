import LynxModel
import Testing

@testable import ControlPlane

@Suite("A batch that ends when it is decided", .timeLimit(.minutes(5)))
struct EarlyStopTests {
    /// With the watch running beside it.
    private func watched(_ test: TestLedger, _ body: () async throws -> Void) async throws {
        let watch = Task { try await StudyWatch(ledger: test.ledger, logger: .quiet).run() }
        defer { watch.cancel() }
        try await body()
    }

    @Test("It ends as soon as its runs decide, kills the rest, and its verdict stays", arguments: TestDriver.allCases, StopSpec.Rule.allCases)
    func cancels(driver: TestDriver, rule: StopSpec.Rule) async throws {
        let test = try TestLedger(driver)
        try await test.register(slots: 100)
        let batch = try await test.ledger.submit(TestLedger.judged(runs: 200, stop: StopSpec(rule: rule, maxFailures: 0))).batchID
        #expect(try await test.ledger.batchesToJudge() == [])
        let jobs = try await test.claim(slots: 100)
        try await watched(test) {
            try await test.end(Array(jobs.prefix(90))) { _ in 1 }
            let stopped = try await test.batch(batch) { $0.stopReason != nil }
            let reason = try #require(stopped.stopReason)
            #expect(reason.contains("of 200 runs by ") && reason.hasSuffix(": near MET"))
            let active = Array(jobs.suffix(10))
            #expect(Set(try await test.heartbeat(active).cancel.map(\.jobID)) == Set(active.map(\.jobID)))
            // What ends after the decision does not undo it.
            for job in active { try await test.end(job, .cancelled, outputs: []) }
        }
        let ended = try await test.batch(batch)
        #expect(ended.status == .completed && ended.completedJobs == 90 && ended.cancelledJobs == 110)
        let study = try await test.ledger.verdicts(batchID: batch)
        let verdict = try #require(study.verdicts.first)
        #expect(study.stopReason == ended.stopReason && study.endedRuns == 90 && verdict.verdict == .met)
        if rule == .looks { #expect(verdict.runs == 22 && ended.stopReason?.hasPrefix("decided after 22 of 200 runs") == true) }
        #expect(try await test.claim(slots: 9).isEmpty)
        #expect(try await test.disagreements() == [])
    }

    @Test("With running: finish the runs under way end by themselves, and what they say changes nothing", arguments: TestDriver.allCases)
    func finishes(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register(slots: 40)
        let batch = try await test.ledger.submit(TestLedger.judged(runs: 60, stop: StopSpec(maxFailures: 0, running: .finish))).batchID
        let jobs = try await test.claim(slots: 30)
        try await watched(test) {
            try await test.end(Array(jobs.prefix(22))) { _ in 1 }
            _ = try await test.batch(batch) { $0.stopReason != nil }
        }
        let active = Array(jobs.suffix(8))
        #expect(try await test.heartbeat(active).cancel == [])
        #expect(try await test.batch(batch).status == .running)
        try await test.end(active) { _ in 1000 }
        let ended = try await test.batch(batch)
        #expect(ended.status == .completed && ended.completedJobs == 30 && ended.cancelledJobs == 30)
        let study = try await test.ledger.verdicts(batchID: batch)
        #expect(study.endedRuns == 30 && study.verdicts.map(\.verdict) == [.met] && study.verdicts.map(\.runs) == [22])
        #expect(try await test.disagreements() == [])
    }

    @Test("Only when every requirement is decided does it end, and the verdicts are told by name")
    func several() async throws {
        let test = try TestLedger()
        try await test.register(slots: 256)
        var tight = RequirementSpec.near
        (tight.name, tight.threshold) = ("tight", 1)
        let batch = try await test.ledger.submit(TestLedger.judged(runs: 256, by: [.near, tight], stop: StopSpec(maxFailures: 2))).batchID
        let jobs = try await test.claim(slots: 256)
        let watch = StudyWatch(ledger: test.ledger, logger: .quiet)
        let task = Task { try await watch.run() }
        defer { task.cancel() }
        try await test.end(Array(jobs.prefix(200))) { $0 < 100 ? 5 : 0 }
        let reason = try #require(try await test.batch(batch) { $0.stopReason != nil }.stopReason)
        #expect(reason.hasSuffix("near MET, tight NOT MET"))
        #expect(try await test.ledger.verdicts(batchID: batch).verdicts.map(\.verdict) == [.met, .notMet])
    }

    @Test("A batch without a rule of stopping is not looked at, nor one that has ended")
    func others() async throws {
        let test = try TestLedger()
        try await test.register(slots: 60)
        _ = try await test.ledger.submit(TestLedger.judged(runs: 5)).batchID
        let judged = try await test.ledger.submit(TestLedger.judged(runs: 3, stop: StopSpec())).batchID
        let jobs = try await test.claim(slots: 8)
        #expect(try await test.ledger.batchesToJudge() == [judged])
        try await test.end(jobs) { _ in 1 }
        #expect(try await test.ledger.batchesToJudge() == [])
        #expect(try await test.batch(judged).stopReason == nil)
    }
}
