import Dispatch
import FoundationEssentials
import LynxModel
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Several control planes on one database", .timeLimit(.minutes(5)))
struct SharedLedgerTests {
    @Test("Runners of two control planes never get the same job, nor more than a batch allows") func pool() async throws {
        let first = try TestLedger(.postgres)
        let planes = [first, try first.another()]
        let free = try await planes[0].submit(runs: 120)
        let narrow = try await planes[1].submit(runs: 60, maxParallel: 2)
        let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
            for number in 0..<6 {
                let plane = planes[number % 2]
                let runner = "r\(number)"
                try await plane.register(runner)
                group.addTask {
                    var mine: [String] = []
                    while true {
                        let strokes = plane.ledger.work.strokes
                        let jobs = try await plane.claim(runner, slots: 1 + number % 3)
                        let status = try await plane.batch(narrow)
                        if jobs.isEmpty, status.status.isTerminal { return mine }
                        if jobs.isEmpty {
                            await plane.ledger.work.wait(after: strokes)
                            continue
                        }
                        let overview = try await plane.ledger.overview(batchID: narrow)
                        #expect(overview.count(.claimed) + overview.count(.running) <= 2)
                        for job in jobs {
                            mine.append(job.jobID)
                            try await plane.report(job, .success, runner: runner)
                        }
                        // Whoever has nothing left to do is to see that all is done.
                        if try await plane.batch(narrow).status.isTerminal { planes.forEach { $0.ledger.work.ring() } }
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == 180)
        #expect(Set(claimed).count == 180)
        #expect(try await planes[0].batch(free).status == .completed)
        #expect(try await first.disagreements().isEmpty)
    }

    @Test("A claim that finds its only batch in other hands waits for it and gets its job") func contended() async throws {
        let first = try TestLedger(.postgres)
        let second = try first.another()
        try await first.register("r1")
        try await second.register("r2")
        let batch = try await first.submit(runs: 2)
        let held = DispatchSemaphore(value: 0)
        let release = DispatchSemaphore(value: 0)
        let holder = Task {
            try await first.ledger.driver.write(WriteScope(batches: [batch])) { _ in
                held.signal()
                release.wait()
            }
        }
        await wait(held)
        let claim = Task { try await second.claim("r2") }
        let database = first.database
        // The claim waits for a lock: no sooner is it seen to than the holder lets go.
        let waiting = try PostgresSession(PostgresLocation(url: database.name))
        while try waiting.row("SELECT 1 AS one FROM pg_locks WHERE NOT granted", []) == nil {}
        release.signal()
        #expect(try await claim.value.count == 1)
        try await holder.value
    }

    @Test("What one control plane changes, the long polls of the other hear of") func bells() async throws {
        let first = try TestLedger(.postgres)
        let second = try first.another()
        try await second.register("r2")
        let strokes = second.ledger.work.strokes
        try await first.submit(runs: 1)
        await second.ledger.work.wait(after: strokes)
        let job = try await second.claim("r2")[0]
        let bell = second.ledger.runnerBells.enter("r2")
        let before = bell.strokes
        _ = try await first.ledger.cancelJob(job.jobID)
        await bell.wait(after: before)
        #expect(try await second.heartbeat([job], runner: "r2").cancel.map(\.jobID) == [job.jobID])
    }

    @Test("A lease given by one control plane is ended by another, once, and a start prolongs none") func sweeping() async throws {
        let first = try TestLedger(.postgres)
        let second = try first.another()
        try await first.register()
        try await first.submit(runs: 3)
        let jobs = try await first.claim(slots: 3)
        try await second.ledger.extendLeases()
        first.clock.advance(by: 31)
        async let one = first.ledger.expireLeases()
        async let two = second.ledger.expireLeases()
        let next = [try await one.next, try await two.next]
        #expect(next == Array(repeating: (first.clock.now() + 30).instant, count: 2))
        for job in jobs { #expect(try await second.job(job).lostAttempts == 1) }
        #expect(try await first.disagreements().isEmpty)
    }

    /// A machine whose clock is wrong.
    private struct SkewedClock: ControlPlaneClock {
        let yieldsToDatabase = true
        var seconds: Double

        func now() -> Date { Date().addingTimeInterval(seconds) }
        func sleep(until deadline: Date) async throws { try await WallClock().sleep(until: deadline.addingTimeInterval(-seconds)) }
    }

    @Test("Clocks that differ between control planes end no lease, no token and no runner", arguments: [-120.0, 120.0, -7_776_000.0, 7_776_000.0])
    func skew(seconds: Double) async throws {
        let database = try PostgresDatabase()
        let planes = try [0.0, seconds].map { skew in
            Ledger(driver: try LedgerDatabase.open(database.url), clock: SkewedClock(seconds: skew))
        }
        for (here, there) in [(0, 1), (1, 0)] {
            let runner = "r\(here)"
            try await planes[here].register(TestLedger.registration(runner))
            let batch = try await planes[here].submit(TestLedger.submission(runs: 1)).batchID
            let claim = ClaimRequest(runnerID: runner, sessionID: "s1", slots: 1, waitSeconds: 0)
            let job = try #require(try await planes[here].claim(claim).jobs.first)
            let lost = Counter()
            let (now, next) = try await planes[there].expireLeases { _ in _ = lost.next() }
            #expect(lost.count == 0)
            // The sweeper sleeps until the lease ends, by whatever clock.
            #expect((1...30_000).contains(try #require(next) - now))
            #expect(try await planes[there].job(job.jobID).status == .claimed)
            #expect(try await planes[there].runner(runner).status == .busy)
            #expect(try await planes[there].heartbeat(
                HeartbeatRequest(runnerID: runner, sessionID: "s1", attempts: [AttemptKey(jobID: job.jobID, attempt: 1)])) == HeartbeatResponse())
            try await planes[here].ended(jobID: job.jobID, TestLedger.report(job, .success, runner: runner))
            let ended = try await planes[there].job(job.jobID)
            #expect(ended.claimedAt! <= ended.completedAt!)
            #expect(try await planes[there].overview(batchID: batch).batch.status == .completed)
            let token = try await planes[here].createToken(TokenRequest(name: "t", scopes: [.read], expiresInDays: 1.0 / 1440), tenant: "lab")
            let authentication = try await planes[there].authenticate(try #require(Secret(token.secret)))
            guard case .valid = authentication else {
                Issue.record("\(authentication)")
                continue
            }
        }
        for plane in planes { try plane.driver.close() }
    }

    private func wait(_ semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                semaphore.wait()
                continuation.resume()
            }
        }
    }
}
