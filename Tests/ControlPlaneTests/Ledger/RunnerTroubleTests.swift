import FoundationEssentials
import LynxModel
import Testing

@testable import ControlPlane

@Suite("What is its runner's trouble, and not a job's")
struct RunnerTroubleTests {
    private func end(_ test: TestLedger, _ job: JobAssignment, _ cause: LossCause?, runner: String = "r1", started: Bool = false) async throws {
        var report = TestLedger.report(job, .lost, runner: runner, message: "out of order", started: started)
        report.lossCause = cause
        try await test.ledger.ended(jobID: job.jobID, report)
    }

    private func tell(_ test: TestLedger, _ trouble: EngineTrouble?) async throws {
        var request = HeartbeatRequest(runnerID: "r1", sessionID: "s1", attempts: [])
        request.engines = [RunnerEngine(id: "basilisk", version: "2.5", trouble: trouble)]
        _ = try await test.ledger.heartbeat(request)
    }

    @Test("An attempt lost to it, or to a stop, never ends a job, however often", arguments: TestDriver.allCases, [LossCause.trouble, .stopped])
    func notCounted(driver: TestDriver, cause: LossCause) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 1)
        for _ in 0..<9 { try await end(test, try #require(try await test.claim().first), cause) }
        let job = try await test.ledger.job("\(batch)-0")
        #expect(job.status == .pending && job.retries == 0 && job.attempt == 9)
        #expect(try await test.ledger.runner("r1").quarantine == nil)
        try await test.report(try await test.claim()[0], .success)
        #expect(try await test.batch(batch).status == .completed)
        #expect(try await test.disagreements().isEmpty)
    }

    @Test("A runner on which nothing can be started is out of the pool before a job is given up for it", arguments: TestDriver.allCases)
    func notStarted(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 1)
        for _ in 0..<5 { try await end(test, try #require(try await test.claim().first), .machine) }
        #expect(
            try await test.ledger.runner("r1").quarantine?.reason
                == "5 incidents in a row; the last: an attempt could not be started: out of order")
        #expect(try await test.ledger.job("\(batch)-0").status == .pending)
        try await test.register("r2")
        try await test.report(try await test.claim("r2")[0], .success, runner: "r2")
        #expect(try await test.batch(batch).status == .completed)
    }

    @Test("What others have started and one runner cannot is lost there, not failed", arguments: TestDriver.allCases)
    func othersCan(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.register("r2")
        let batch = try await test.submit(runs: 2)
        try await test.report(try await test.claim("r2")[0], .success, runner: "r2")
        let job = try await test.claim()[0]
        for _ in 0..<2 { try await test.report(job, .failure, retryable: false, message: "no interpreter", started: false) }
        let lost = try await test.job(job)
        #expect(lost.status == .pending && lost.retries == 0 && lost.errorMessage == "no interpreter")
        try await test.report(try await test.claim("r2")[0], .success, runner: "r2")
        #expect(try await test.batch(batch).status == .completed)
        #expect(try await test.disagreements().isEmpty)
    }

    @Test("Jobs that were lost beside another are never given up for it; one that was lost alone is", arguments: TestDriver.allCases)
    func company(driver: TestDriver) async throws {
        let test = try TestLedger(driver, policy: LedgerPolicy(mostIncidents: 1000))
        let batch = try await test.submit(runs: 3)
        // Run 1 ends its runner, whoever else is there.
        var crashes = 0
        for number in 0..<100 {
            if try await test.batch(batch).status.isTerminal { break }
            try await test.register(session: "s\(number)")
            let jobs = try await test.claim(session: "s\(number)", slots: 3)
            if jobs.contains(where: { $0.runConfig.runIndex == 1 }) {
                crashes += 1
            } else {
                for job in jobs { try await test.report(job, .success) }
            }
        }
        let jobs = try await test.ledger.jobs(batchID: batch, limit: 9).items
        #expect(jobs.map(\.status) == [.completed, .failed, .completed])
        #expect(jobs[1].errorMessage?.hasPrefix("given up after 6 lost attempts (limit 5); the last: runner 'r1' was restarted") == true)
        #expect(crashes == 6)
        #expect(try await test.disagreements().isEmpty)
    }

    @Test("Jobs of other batches come to their end before a job takes their runner down until it is in quarantine", arguments: TestDriver.allCases)
    func neighbours(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        let faulty = try await test.submit(runs: 1)
        let healthy = try await test.submit(runs: 2)
        for number in 0..<20 {
            try await test.register(session: "s\(number)")
            while true {
                let jobs = try await test.claim(session: "s\(number)", slots: 3)
                if jobs.isEmpty || jobs.contains(where: { $0.batchID == faulty }) { break }
                for job in jobs { try await test.report(job, .success) }
            }
        }
        #expect(try await test.batch(healthy).status == .completed)
        #expect(try await test.batch(faulty).status == .failed)
        #expect(try await test.ledger.jobs(batchID: healthy, limit: 9).items.allSatisfy { $0.retries == 0 })
        #expect(try await test.ledger.runner("r1").quarantine == nil)
    }

    @Test("An engine in trouble is told with its runner and with what waits for it, and both end with it", arguments: TestDriver.allCases)
    func trouble(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 1)
        let since = Date(timeIntervalSince1970: 1_800_000_000)
        try await tell(test, EngineTrouble(since: since, reason: "output_root: '/runs' is full; make room there"))
        let runner = try await test.ledger.runner("r1")
        #expect(runner.status == .maintenance)
        #expect(runner.quarantine == Quarantine(since: since, reason: "output_root: '/runs' is full; make room there", endsByItself: true))
        let reason = "runner 'bench r1', the only one that could take them, starts no jobs since 2027-01-15T08:00:00.000Z (output_root: '/runs' is full; make room there), and does again when that is done"
        #expect(try await test.ledger.overview(batchID: batch).pendingReason == reason)
        #expect(try await test.ledger.job("\(batch)-0").pendingReason == reason)
        // Another that can is enough.
        try await test.register("r2")
        #expect(try await test.ledger.overview(batchID: batch).pendingReason == nil)
        try await test.ledger.leave(LeaveRequest(runnerID: "r2", sessionID: "s1"))
        try await tell(test, nil)
        #expect(try await test.ledger.runner("r1").quarantine == nil)
        #expect(try await test.ledger.overview(batchID: batch).pendingReason == nil)
    }

    @Test("What waits for a runner that is in quarantine, drained, pausing or offline says so, and what ends it", arguments: TestDriver.allCases)
    func obstacles(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 9)
        func obstacle() async throws -> String { try await test.ledger.overview(batchID: batch).pendingReason ?? "none" }
        #expect(try await obstacle() == "none")
        for _ in 0..<5 { try await end(test, try await test.claim()[0], .machine) }
        #expect(try await obstacle().contains("'bench r1', the only one that could take them, is in quarantine (5 incidents in a row; "))
        #expect(try await obstacle().hasSuffix("; 'lynxctl runner resume r1' lets it take jobs"))
        _ = try await test.ledger.setDrained(true, runnerID: "r1")
        _ = try await test.ledger.setDrained(false, runnerID: "r1")
        #expect(try await obstacle() == "none")
        _ = try await test.ledger.setDrained(true, runnerID: "r1")
        #expect(try await obstacle() == "runner 'bench r1', the only one that could take them, is drained; 'lynxctl runner resume r1' lets it take jobs")
        _ = try await test.ledger.setDrained(false, runnerID: "r1")
        let since = Date(timeIntervalSince1970: 1_800_000_000)
        try await tell(test, EngineTrouble(since: since, reason: "no instance left", retryAt: since.addingTimeInterval(8)))
        #expect(try await test.ledger.runner("r1").quarantine == nil)
        #expect(
            try await obstacle()
                == "runner 'bench r1', the only one that could take them, pauses since 2027-01-15T08:00:00.000Z (no instance left), and tries again at 2027-01-15T08:00:08.000Z")
        test.clock.advance(by: 31)
        #expect(try await obstacle().hasPrefix("runner 'bench r1', the only one that could take them, is offline; it was last heard of at "))
    }
}
