import FoundationEssentials
import Logging
import LynxModel
import Testing

@testable import ControlPlane

@Suite("Leases", .timeLimit(.minutes(5)))
struct LeaseTests {
    @Test("A lease that is not renewed ends, and the job is queued again without spending a retry", arguments: TestDriver.allCases)
    func expiry(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 2, maxRetries: 1)
        let jobs = try await test.claim(slots: 2)
        try await test.start(jobs[1])
        test.clock.advance(by: 20)
        #expect(try await test.heartbeat([jobs[0]]) == HeartbeatResponse())

        test.clock.advance(by: 11)
        let next = try await test.ledger.expireLeases().next
        #expect(next == (test.clock.now() + 19).instant)
        #expect(try await test.job(jobs[0]).status == .claimed)
        let lost = try await test.job(jobs[1])
        #expect(lost.status == .pending)
        #expect((lost.lostAttempts, lost.retries) == (1, 0))
        #expect(lost.assignedRunner == nil && lost.claimedAt == nil && lost.startedAt == nil)
        #expect(lost.errorMessage == "runner 'r1' has sent no heartbeat within its lease")
        #expect(try await test.disagreements().isEmpty)
    }

    @Test("A job whose attempts keep being lost fails, and says so", arguments: TestDriver.allCases)
    func lostTooOften(driver: TestDriver) async throws {
        let test = try TestLedger(driver, policy: LedgerPolicy(maxLostAttempts: 1))
        try await test.register()
        let batch = try await test.submit(runs: 1, maxRetries: 9)
        for _ in 0..<2 {
            #expect(try await test.claim().count == 1)
            test.clock.advance(by: 30)
            let next = try await test.ledger.expireLeases().next
            // Another control plane may give a lease that this one hears nothing of.
            #expect(next == (driver == .sqlite ? nil : (test.clock.now() + 30).instant))
        }
        let job = try await test.ledger.job("\(batch)-0")
        #expect(job.status == .failed)
        #expect(job.errorMessage?.hasPrefix("given up after 2 lost attempts (limit 1)") == true)
        #expect(try await test.batch(batch).status == .failed)
    }

    @Test("Leases given out while the sweeper asks for the next end make it wake in time, and not ask again and again") func alarm() async throws {
        let (alarm, clock, asked) = (LeaseAlarm(), ManualClock(), Counter())
        let now = clock.now().instant
        let sweeper = Task {
            await alarm.wait(clock: clock) {
                _ = asked.next()
                for end in [40_000, 20_000, 30_000] { alarm.given(until: now + Instant(end)) }
                return (now, now + 60_000)
            }
        }
        await clock.waitForSleepers(1)
        // A later one than the earliest wakes nobody; that one's end does.
        alarm.given(until: now + 25_000)
        clock.advance(by: 19)
        await clock.waitForSleepers(1)
        clock.advance(by: 1)
        await sweeper.value
        #expect(asked.count == 1)
        // Where none ends, the first that is given out is waited for, before the sweeper asks or after.
        await alarm.wait(clock: clock) {
            alarm.given(until: now)
            return (now, nil)
        }
    }

    @Test("A claim that brings nothing writes nothing down, unless that its runner is alive") func emptyClaims() async throws {
        let test = try TestLedger()
        try await test.register()
        func writes() throws -> Int { try #require(test.ledger.driver.commitCounts).writes }
        let before = try writes()
        for _ in 0..<5 { #expect(try await test.claim().isEmpty) }
        #expect(try writes() == before)
        test.clock.advance(by: 11)
        #expect(try await test.claim().isEmpty)
        #expect(try writes() == before + 1)
        #expect(try await test.ledger.runner("r1").lastHeartbeatAt == test.clock.now())
        try await test.submit(runs: 1)
        #expect(try await test.claim().count == 1)
        #expect(try await test.claim().isEmpty)
        await #expect(throws: LedgerError.unknownSession(runnerID: "r1")) { try await test.claim(session: "s0") }
    }

    @Test("A result that comes after its lease counts if nobody else was given the job", arguments: TestDriver.allCases)
    func lateResult(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 1)
        let job = try await test.claim()[0]
        test.clock.advance(by: 31)
        _ = try await test.ledger.expireLeases()
        try await test.report(job, .success)
        let done = try await test.job(job)
        #expect(done.status == .completed)
        #expect(done.lostAttempts == 0)
        #expect(try await test.disagreements().isEmpty)
    }

    @Test("A runner that is back before anybody else took the job goes on with it", arguments: TestDriver.allCases)
    func backInTime(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 2)
        let jobs = try await test.claim(slots: 2)
        try await test.start(jobs[0])
        test.clock.advance(by: 31)
        _ = try await test.ledger.expireLeases()
        #expect(try await test.heartbeat(jobs) == HeartbeatResponse())
        #expect(try await test.job(jobs[0]).status == .running)
        #expect(try await test.job(jobs[0]).startedAt != nil)
        #expect(try await test.job(jobs[1]).status == .claimed)
        #expect(try await test.job(jobs[1]).lostAttempts == 0)
        #expect(try await test.claim(slots: 9).isEmpty)
        try await test.start(jobs[1])
        #expect(try await test.disagreements().isEmpty)
    }

    @Test("A runner is told which of its attempts are no longer its own", arguments: TestDriver.allCases)
    func stale(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register("r1")
        try await test.register("r2")
        try await test.submit(runs: 1)
        let old = try await test.claim("r1")[0]
        test.clock.advance(by: 31)
        _ = try await test.ledger.expireLeases()
        _ = try await test.claim("r2")
        let ghost = JobAssignment(
            jobID: "nosuch", batchID: "", attempt: 1, timeoutSecs: 1, runConfig: old.runConfig,
            earlyTermination: .init(), telemetry: .init())
        #expect(
            try await test.heartbeat([old, ghost], runner: "r1").stale
                == [AttemptKey(jobID: old.jobID, attempt: 1), AttemptKey(jobID: "nosuch", attempt: 1)])
    }

    @Test("A new session loses what earlier ones left unreported, at once", arguments: TestDriver.allCases)
    func newSession(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register(session: "s1")
        try await test.submit(runs: 2)
        let jobs = try await test.claim(session: "s1", slots: 2)
        try await test.report(jobs[0], .success)
        try await test.register(session: "s2")
        #expect(try await test.job(jobs[0]).status == .completed)
        #expect(try await test.job(jobs[1]).status == .pending)
        await #expect(throws: LedgerError.unknownSession(runnerID: "r1")) { try await test.claim(session: "s1") }
        await #expect(throws: LedgerError.unknownSession(runnerID: "r1")) { try await test.heartbeat([], session: "s1") }
        // The old process is gone: the new one cannot go on with what it had.
        #expect(try await test.heartbeat([jobs[1]], session: "s2").stale.count == 1)
        #expect(try await test.claim(session: "s2", slots: 9).map(\.attempt) == [2])
    }

    @Test("Registering again within a session keeps its attempts", arguments: TestDriver.allCases) func sameSession(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 1)
        let job = try await test.claim()[0]
        try await test.register()
        #expect(try await test.job(job).status == .claimed)
    }

    @Test("A runner that leaves gives its jobs back at once", arguments: TestDriver.allCases) func leave(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 1)
        let job = try await test.claim()[0]
        try await test.ledger.leave(LeaveRequest(runnerID: "r1", sessionID: "s1"))
        #expect(try await test.job(job).status == .pending)
        #expect(try await test.ledger.runner("r1").status == .offline)
    }

    @Test("The sweeper wakes when the earliest lease ends, not before", arguments: TestDriver.allCases)
    func sweeper(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        let sweeper = Task { try await LeaseSweeper(ledger: test.ledger, logger: Logger(label: "test")).run() }
        defer { sweeper.cancel() }
        try await test.register()
        try await test.submit(runs: 1)
        let job = try await test.claim()[0]
        await test.clock.waitForSleepers(1)
        test.clock.advance(by: 29)
        #expect(try await test.job(job).status == .claimed)
        let strokes = test.ledger.work.strokes
        test.clock.advance(by: 1)
        await test.ledger.work.wait(after: strokes)
        #expect(try await test.job(job).status == .pending)
        // And once more, for a lease given out while it had nothing to wait for.
        let again = try await test.claim()[0]
        await test.clock.waitForSleepers(1)
        let more = test.ledger.work.strokes
        test.clock.advance(by: 30)
        await test.ledger.work.wait(after: more)
        #expect(try await test.job(again).lostAttempts == 2)
    }

    @Test("What a runner's engines keep is as it last told, and unknown while it is not heard of", arguments: TestDriver.allCases)
    func warmWorkers(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        func told() async throws -> [RunnerEngine] { try await test.ledger.runner("r1").engines }
        func tell(_ engines: [RunnerEngine]?) async throws {
            _ = try await test.ledger.heartbeat(HeartbeatRequest(runnerID: "r1", sessionID: "s1", attempts: [], engines: engines))
        }
        let plain = [RunnerEngine(id: "basilisk", version: "2.5")]
        #expect(try await told() == plain)
        let warm = [RunnerEngine(id: "basilisk", version: "2.5", warmWorkers: [WarmWorker(entrypoint: "ä.py", state: .ready, pid: 1)])]
        try await tell(warm)
        #expect(try await told() == warm)
        try await tell(nil)
        #expect(try await told() == warm)
        test.clock.advance(by: 31)
        #expect(try await told() == plain)
        try await tell(nil)
        #expect(try await told() == warm)
        try await test.register(session: "s2")
        #expect(try await told() == plain)
        await #expect(throws: LedgerError.self) { try await tell(warm) }
        #expect(try await told() == plain)
    }

    @Test("A runner's status follows its heartbeats, its jobs and its being drained", arguments: TestDriver.allCases)
    func runnerStatus(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        func status() async throws -> RunnerStatus { try await test.ledger.runner("r1").status }
        #expect(try await status() == .idle)
        try await test.submit(runs: 1)
        let job = try await test.claim()[0]
        #expect(try await status() == .busy)
        #expect(try await test.ledger.runner("r1").currentJobs == [job.jobID])
        #expect(try await test.ledger.setDrained(true, runnerID: "r1").status == .maintenance)
        #expect(try await test.heartbeat([job]).drain)
        try await test.report(job, .success)
        try await test.submit(runs: 1)
        let claim = try await test.ledger.claim(ClaimRequest(runnerID: "r1", sessionID: "s1", slots: 1, waitSeconds: 0))
        #expect(claim == ClaimResponse(jobs: [], drain: true))
        #expect(try await test.ledger.setDrained(false, runnerID: "r1").status == .idle)
        test.clock.advance(by: 31)
        #expect(try await status() == .offline)
        _ = try await test.heartbeat([])
        #expect(try await status() == .idle)
    }
}
