import FoundationEssentials
import LynxModel
import Testing

@testable import ControlPlane

@Suite("Reports of attempts")
struct ReportTests {
    private func expectStale(_ test: TestLedger, _ body: () async throws -> Void) async throws {
        let before = try await test.contents()
        let error = await #expect(throws: LedgerError.self) { try await body() }
        guard case .staleAttempt = error else {
            Issue.record("\(String(describing: error)) is not a stale attempt")
            return
        }
        #expect(try await test.contents() == before)
    }

    @Test("A failure is retried up to the limit, with a new attempt each time", arguments: TestDriver.allCases)
    func retries(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 1, maxRetries: 2)
        for attempt in 1...3 {
            let claimed = try await test.claim()
            #expect(claimed.map(\.attempt) == [attempt])
            try await test.start(claimed[0])
            try await test.report(claimed[0], .failure, message: "exit \(attempt)")
        }
        #expect(try await test.claim().isEmpty)
        let job = try await test.ledger.job("\(batch)-0")
        #expect(job.status == .failed)
        #expect((job.retries, job.attempt, job.lostAttempts) == (2, 3, 0))
        #expect(job.errorMessage == "exit 3")
        #expect(try await test.disagreements().isEmpty)
    }

    @Test("A failure that would be the same again is not retried", arguments: TestDriver.allCases)
    func notRetryable(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 1, maxRetries: 5)
        let job = try await test.claim()[0]
        try await test.report(job, .failure, retryable: false)
        #expect(try await test.job(job).status == .failed)
    }

    @Test("The same report again is no error and changes nothing", arguments: AttemptOutcome.allCases, TestDriver.allCases)
    func idempotent(outcome: AttemptOutcome, driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 1, maxRetries: 1)
        let job = try await test.claim()[0]
        try await test.start(job)
        try await test.start(job)
        try await test.report(job, outcome)
        let before = try await test.contents()
        test.clock.advance(by: 1)
        try await test.report(job, outcome)
        #expect(try await test.contents() == before)
    }

    @Test("A late repetition is no error even when the job has moved on", arguments: TestDriver.allCases)
    func lateRepetition(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 1, maxRetries: 1)
        let first = try await test.claim()[0]
        try await test.report(first, .failure)
        let second = try await test.claim()[0]
        let before = try await test.contents()
        try await test.report(first, .failure)
        #expect(try await test.contents() == before)
        try await test.report(second, .success)
        #expect(try await test.job(second).status == .completed)
    }

    @Test("Reports of an attempt that another has replaced are refused and change nothing", arguments: TestDriver.allCases)
    func fenced(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register("r1")
        try await test.register("r2")
        try await test.submit(runs: 1)
        let old = try await test.claim("r1")[0]
        test.clock.advance(by: 31)
        _ = try await test.ledger.expireLeases()
        let new = try await test.claim("r2")[0]
        #expect((old.jobID, old.attempt, new.attempt) == (new.jobID, 1, 2))
        try await expectStale(test) { try await test.start(old, runner: "r1") }
        for outcome in AttemptOutcome.allCases where outcome != .lost {
            try await expectStale(test) { try await test.report(old, outcome, runner: "r1") }
        }
        try await test.report(new, .success, runner: "r2")
        try await expectStale(test) { try await test.report(old, .success, runner: "r1") }
    }

    @Test("Reports about a terminal job are refused and change nothing", arguments: TestDriver.allCases)
    func terminal(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 1)
        let job = try await test.claim()[0]
        try await test.report(job, .success)
        try await expectStale(test) { try await test.report(job, .failure) }
        try await expectStale(test) { try await test.start(job) }
    }

    @Test("Nobody reports about what was given to another, or never given out", arguments: TestDriver.allCases)
    func foreign(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 2)
        var job = try await test.claim()[0]
        try await expectStale(test) { try await test.report(job, .success, runner: "r2") }
        try await expectStale(test) { try await test.start(job, runner: "r2") }
        job.attempt = 2
        try await expectStale(test) { try await test.report(job, .success) }
        job.attempt = 1
        for id in ["\(batch)-1", "\(batch)-2", "nosuch-0", "nosuch"] {
            job.jobID = id
            try await expectStale(test) { try await test.report(job, .success) }
        }
    }

    @Test("Reports that come together are taken each as if it had come alone, in one transaction", arguments: TestDriver.allCases)
    func together(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.register("r2", session: "s2")
        try await test.submit(runs: 6)
        let jobs = try await test.claim(slots: 5)
        let foreign = try await test.claim("r2", session: "s2")[0]
        var reports = jobs.map { TestLedger.report($0, .success) } + [TestLedger.report(foreign, .success)]
        reports[1].attempt = 7
        // Only found out after the job has been moved: all of that must be undone.
        reports[2].telemetryChunks = 3
        reports[3] = TestLedger.report(jobs[3], .failure, retryable: false, message: "exit 1")
        reports.append(reports[0])
        var nowhere = reports[0]
        nowhere.result.jobID = "nosuch"
        reports.append(nowhere)

        let errors = try await test.ledger.ended(reports, runnerID: "r1").map { $0 as? LedgerError }
        func isStale(_ error: LedgerError?) -> Bool { if case .staleAttempt = error { true } else { false } }
        #expect(errors[0] == nil && errors[3] == nil && errors[4] == nil && errors[6] == nil)
        #expect(isStale(errors[1]) && isStale(errors[5]) && isStale(errors[7]))
        #expect(errors[2] == .missingTelemetry(jobID: jobs[2].jobID, chunks: 3, missing: [0, 1, 2]))
        let statuses = try await [jobs[0], jobs[1], jobs[2], jobs[3], jobs[4], foreign].asyncMap { try await test.job($0).status }
        #expect(statuses == [.completed, .claimed, .claimed, .failed, .completed, .claimed])
        #expect(try await test.disagreements().isEmpty)

        let before = try await test.contents()
        #expect(try await test.ledger.ended([reports[0], reports[3]], runnerID: "r1").allSatisfy { $0 == nil })
        #expect(try await test.contents() == before)
        reports[2].telemetryChunks = nil
        #expect(try await test.ledger.ended([reports[2]], runnerID: "r1").allSatisfy { $0 == nil })
        #expect(try await test.job(jobs[2]).status == .completed)
    }

    @Test("A result is kept whole, its telemetry compressed, and its summary leaves the samples out", arguments: TestDriver.allCases)
    func results(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 1)
        let job = try await test.claim()[0]
        let values = (0..<5000).map { 6_900_000 + sin($0) }
        let series = TelemetrySeries(
            units: "m", count: 5000, first: values.first, last: values.last, min: values.min(), max: values.max(),
            timeS: values.indices.map { Double($0) * 10 }, values: values)
        let report = TestLedger.report(job, .breach, message: "too low", telemetry: ["orbit.radius": series])
        try await test.ledger.ended(jobID: job.jobID, report)

        let full = try await test.ledger.result(jobID: job.jobID, detail: .full)
        #expect(try WireJSON.decode(JobResult.self, from: full) == report.result)
        let summary = try WireJSON.decode(JobResult.self, from: try await test.ledger.result(jobID: job.jobID, detail: .summary))
        #expect(summary.telemetryData["orbit.radius"]?.values == [])
        #expect(summary.telemetryData["orbit.radius"]?.max == series.max)
        #expect(summary.errorMessage == "too low")
        let stored = try await test.ledger.driver.read {
            try $0.row("SELECT LENGTH(chunk) AS size FROM telemetry_chunks", [])?.int("size") ?? 0
        }
        #expect(stored > 0 && stored < full.count / 2)
    }

    private func sin(_ index: Int) -> Double { Double((index * 7919) % 1000) / 10 }

    @Test("A job without a result says why", arguments: TestDriver.allCases) func noResult(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 1, maxRetries: 1)
        try await test.report(try await test.claim()[0], .failure)
        let error = await #expect(throws: LedgerError.self) { try await test.ledger.result(jobID: "\(batch)-0", detail: .full) }
        #expect(error == .noResult(jobID: "\(batch)-0", status: .pending))
    }

    @Test("A start is dated between the claim and now, whatever the runner's clock says", arguments: TestDriver.allCases)
    func startTime(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 2)
        let jobs = try await test.claim(slots: 2)
        let claimedAt = test.clock.now()
        test.clock.advance(by: 5)
        for (job, offset) in zip(jobs, [-3600.0, 3600.0]) {
            try await test.ledger.started(
                jobID: job.jobID, StartedReport(runnerID: "r1", attempt: 1, startedAt: test.clock.now() + offset))
        }
        #expect(try await test.job(jobs[0]).startedAt == claimedAt)
        #expect(try await test.job(jobs[1]).startedAt == test.clock.now())
    }

    @Test("A result tells when a job started, unless the runner has said so before", arguments: TestDriver.allCases)
    func startOfResult(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 3)
        let jobs = try await test.claim(slots: 3)
        let claimedAt = test.clock.now()
        test.clock.advance(by: 5)
        try await test.start(jobs[0])
        let saidAt = test.clock.now()
        test.clock.advance(by: 5)
        for (job, startedAt) in zip(jobs, [claimedAt + 1, claimedAt + 2, nil]) {
            var report = TestLedger.report(job, .success)
            report.result.metadata.startedAt = startedAt
            try await test.ledger.ended(jobID: job.jobID, report)
        }
        for (job, startedAt) in zip(jobs, [saidAt, claimedAt + 2, nil]) {
            #expect(try await test.job(job).startedAt == startedAt)
            #expect(try await test.ledger.attempts(jobID: job.jobID).map(\.startedAt) == [startedAt])
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async throws -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
