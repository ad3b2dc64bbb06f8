import FoundationEssentials
import LynxModel
import Testing

@testable import ControlPlane

@Suite("Results that are taken back", .timeLimit(.minutes(5)))
struct RetractionTests {
    private static let reason = "a sample differed from its cold run"

    private func retract(_ basis: String = "proof", of runner: String = "r1", in test: TestLedger) async throws -> Int {
        try await test.ledger.retract(Retraction(runnerID: runner, basis: basis, reason: Self.reason))
    }

    private func attempts(_ job: JobAssignment, in test: TestLedger) async throws -> [AttemptOutcome?] {
        try await test.ledger.attempts(jobID: job.jobID).map(\.outcome)
    }

    @Test("Every job of the runner whose result rests on the basis runs again, of a batch that has ended too, and no other", arguments: TestDriver.allCases)
    func takenBack(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register("r1")
        try await test.register("r2")
        let batch = try await test.submit(runs: 6, maxRetries: 1)
        let jobs = try await test.claim("r1", slots: 5) + test.claim("r2")
        let ends: [(AttemptOutcome, String?)] = [
            (.success, "proof"), (.failure, "proof"), (.timeout, "proof"), (.success, nil), (.breach, "another"), (.success, "proof"),
        ]
        for (index, (outcome, basis)) in ends.enumerated() {
            try await test.report(jobs[index], outcome, runner: index == 5 ? "r2" : "r1", retryable: false, basis: basis)
        }
        #expect(try await test.batch(batch).status == .failed)
        #expect(try await test.batch(batch).warnings == nil)

        test.clock.advance(by: 1)
        #expect(try await retract(in: test) == 3)
        let overview = try await test.ledger.overview(batchID: batch)
        #expect(overview.jobsByStatus == ["Pending": 3, "Completed": 2, "Failed": 1])
        #expect(overview.batch.status == .running && overview.batch.completedAt == nil)
        #expect(overview.batch.warnings == ["3 results were taken back and run again: \(Self.reason)"])
        #expect(try await test.disagreements() == [])
        for job in jobs[0..<3] {
            let now = try await test.job(job)
            #expect((now.status, now.attempt, now.retries, now.lostAttempts) == (.pending, 1, 0, 0))
            #expect(now.errorMessage == "its result was taken back: \(Self.reason)" && now.completedAt == nil)
            await #expect(throws: LedgerError.noResult(jobID: job.jobID, status: .pending)) {
                try await test.ledger.result(jobID: job.jobID, detail: .full)
            }
            let attempt = try await test.ledger.attempts(jobID: job.jobID)[0]
            #expect(attempt.outcome == .retracted && attempt.message == "its result was taken back: \(Self.reason)" && attempt.hasResult)
        }
        // What was taken back is still there to be looked at.
        let old = try await test.ledger.result(jobID: jobs[0].jobID, attempt: 1, detail: .full)
        #expect(try WireJSON.decode(JobResult.self, from: old).metadata.basis == "proof")
        #expect(try await test.ledger.moment(batchID: batch, after: EventPosition(), limit: 10).ends.map(\.end.runIndex) == [3, 4, 5])

        let again = try await test.claim("r2", slots: 9)
        #expect(again.map(\.runConfig.runIndex) == [0, 1, 2] && again.allSatisfy { $0.attempt == 2 })
        for job in again { try await test.report(job, .success, runner: "r2") }
        #expect(try await test.ledger.overview(batchID: batch).jobsByStatus == ["Completed": 5, "Failed": 1])
        #expect(try await attempts(jobs[0], in: test) == [.retracted, .success])
        #expect(try await test.batch(batch).warnings == ["3 results were taken back and run again: \(Self.reason)"])
        #expect(try await test.ledger.batches(limit: 10).items.map(\.warnings) == [["3 results were taken back and run again: \(Self.reason)"]])
        #expect(try await test.disagreements() == [])
    }

    @Test("A completed batch runs again, is told as such, and the same retraction again changes nothing", arguments: TestDriver.allCases)
    func idempotent(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batches = [try await test.submit(runs: 1), try await test.submit(runs: 2)]
        let strokes = test.ledger.work.strokes
        for job in try await test.claim(slots: 3) { try await test.report(job, .success, basis: "proof") }
        #expect(try await test.batch(batches[1]).status == .completed)
        #expect(try await retract(in: test) == 3)
        #expect(test.ledger.work.strokes > strokes)
        #expect(try await test.batch(batches[0]).status == .running)
        let before = try await test.contents()
        test.clock.advance(by: 1)
        #expect(try await retract(in: test) == 0)
        #expect(try await test.ledger.retract(Retraction(runnerID: "r1", basis: "proof", reason: "another word for it")) == 0)
        #expect(try await test.contents() == before)
        #expect(try await test.batch(batches[0]).warnings == ["1 result was taken back and run again: \(Self.reason)"])
        #expect(try await test.batch(batches[1]).warnings == ["2 results were taken back and run again: \(Self.reason)"])
        // Nor after all has been done again, or with another control plane.
        for job in try await test.claim(slots: 3) { try await test.report(job, .success) }
        let after = try test.reopened()
        #expect(try await retract(in: after) == 0)
        #expect(try await after.batch(batches[1]).status == .completed)
        #expect(try await after.disagreements() == [])
    }

    @Test("The jobs of a cancelled batch stay cancelled, and what they brought is theirs no longer", arguments: TestDriver.allCases)
    func cancelled(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 5)
        let jobs = try await test.claim(slots: 4)
        try await test.report(jobs[0], .success, basis: "proof")
        try await test.report(jobs[1], .success)
        _ = try await test.ledger.cancelBatch(batch)
        try await test.report(jobs[2], .cancelled, basis: "proof")
        #expect(try await retract(in: test) == 2)
        // Another is killed only now.
        try await test.report(jobs[3], .cancelled, basis: "proof")
        let overview = try await test.ledger.overview(batchID: batch)
        #expect(overview.jobsByStatus == ["Cancelled": 4, "Completed": 1] && overview.batch.status == .cancelled)
        #expect(overview.batch.warnings == ["3 results were taken back: \(Self.reason)"])
        for job in [jobs[0], jobs[2], jobs[3]] {
            #expect(try await attempts(job, in: test) == [.retracted])
            await #expect(throws: LedgerError.noResult(jobID: job.jobID, status: .cancelled)) {
                try await test.ledger.result(jobID: job.jobID, detail: .summary)
            }
        }
        #expect(try await test.ledger.results(batchID: batch, detail: .full, limit: 9, after: nil).documents.count == 1)
        #expect(try await test.claim(slots: 9) == [])
        #expect(try await test.disagreements() == [])
    }

    @Test("A job that a user cancelled too late is not run again", arguments: TestDriver.allCases)
    func cancelledJob(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 2)
        let jobs = try await test.claim(slots: 2)
        _ = try await test.ledger.cancelJob(jobs[0].jobID)
        for job in jobs { try await test.report(job, .success, basis: "proof") }
        #expect(try await test.batch(batch).status == .completed)
        #expect(try await retract(in: test) == 2)
        let overview = try await test.ledger.overview(batchID: batch)
        #expect(overview.jobsByStatus == ["Cancelled": 1, "Pending": 1])
        #expect(
            overview.batch.warnings == [
                "1 result was taken back and run again: \(Self.reason)", "1 result was taken back: \(Self.reason)",
            ])
        #expect(try await test.disagreements() == [])
    }

    @Test("What arrives afterwards of an attempt handed out before is taken back too", arguments: TestDriver.allCases)
    func onItsWay(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 5)
        let jobs = try await test.claim(slots: 5)
        #expect(try await retract(in: test) == 0)
        test.clock.advance(by: 1)
        try await test.report(jobs[0], .success, basis: "proof")
        let group = [(1, AttemptOutcome.failure), (2, .simulatorFault), (3, .breach)].map { TestLedger.report(jobs[$0], $1, basis: "proof") }
        #expect(try await test.ledger.ended(group, runnerID: "r1").allSatisfy { $0 == nil })
        try await test.report(jobs[4], .lost, basis: "proof")
        // A repeated delivery is no error.
        try await test.report(jobs[0], .success, basis: "proof")
        #expect(try await test.ledger.overview(batchID: batch).jobsByStatus == ["Pending": 5])
        for job in jobs {
            let now = try await test.job(job)
            #expect((now.retries, now.lostAttempts) == (0, job.attempt == 1 && job.jobID == jobs[4].jobID ? 1 : 0))
        }
        #expect(try await test.batch(batch).warnings == ["4 results were taken back and run again: \(Self.reason)"])
        #expect(try await attempts(jobs[2], in: test) == [.retracted])
        #expect(try await test.disagreements() == [])
    }

    @Test("An engine that names again what it has taken back does not keep a job running for ever", arguments: TestDriver.allCases)
    func namedAgain(driver: TestDriver) async throws {
        let test = try TestLedger(driver, policy: LedgerPolicy(maxLostAttempts: 2))
        try await test.register()
        try await test.submit(runs: 1)
        let job = try await test.claim()[0]
        try await test.report(job, .success, basis: "proof")
        _ = try await retract(in: test)
        test.clock.advance(by: 1)
        for _ in 0..<3 { try await test.report(try await test.claim()[0], .success, basis: "proof") }
        let now = try await test.job(job)
        #expect(now.status == .failed && now.lostAttempts == 3)
        #expect(now.errorMessage?.contains("let it rest on what had been taken back already: \(Self.reason)") == true)
        #expect(try await attempts(job, in: test) == [.retracted, .lost, .lost, .lost])
        #expect(try await test.disagreements() == [])
    }

    @Test("A job gets back the tries that it spent on the basis, also while it waits or runs", arguments: TestDriver.allCases)
    func refunded(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 4, maxRetries: 2)
        var jobs = try await test.claim(slots: 4)
        // One fails to its end, one waits, one runs again, one failed for another reason before.
        for _ in 0..<3 {
            try await test.report(jobs[0], .failure, basis: "proof")
            if let next = try await test.claim().first { jobs[0] = next }
        }
        try await test.report(jobs[1], .failure, basis: "proof")
        jobs[1] = try await test.claim()[0]
        try await test.report(jobs[1], .simulatorFault, basis: "proof")
        jobs[1] = try await test.claim()[0]
        try await test.start(jobs[1])
        try await test.report(jobs[3], .failure)
        jobs[3] = try await test.claim()[0]
        try await test.report(jobs[3], .failure, basis: "proof")
        try await test.report(jobs[2], .failure, basis: "proof")
        #expect(try await test.job(jobs[0]).status == .failed)
        #expect(try await retract(in: test) == 1)
        let now = [try await test.job(jobs[0]), try await test.job(jobs[1]), try await test.job(jobs[2]), try await test.job(jobs[3])]
        #expect(now.map(\.status) == [.pending, .running, .pending, .pending])
        #expect(now.map(\.retries) == [0, 0, 0, 1])
        #expect(now.map(\.lostAttempts) == [0, 0, 0, 0])
        #expect(try await attempts(jobs[0], in: test) == [.retracted, .retracted, .retracted])
        #expect(try await attempts(jobs[1], in: test) == [.retracted, .retracted, nil])
        #expect(try await attempts(jobs[3], in: test) == [.failure, .retracted])
        try await test.report(jobs[1], .success)
        #expect(try await test.job(jobs[1]).status == .completed)
        #expect(try await test.disagreements() == [])
    }

    @Test("Telemetry and files of what was taken back are no longer the job's, but the attempt's", arguments: TestDriver.allCases)
    func brought(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 2)
        let jobs = try await test.claim(slots: 2)
        let series = TelemetrySeries(units: "km", count: 1, first: 1, last: 1, min: 1, max: 1, timeS: [0], values: [1])
        for (job, basis) in zip(jobs, ["proof", nil]) {
            let manifest = ArtifactManifest(runnerID: "r1", attempt: 1, files: [.sample("out.txt", "x")])
            _ = try await test.ledger.announce(manifest, jobID: job.jobID, quotaBytes: nil)
            try await test.report(job, .success, telemetry: ["radius": series], basis: basis)
        }
        #expect(try await test.ledger.artifacts(batchID: batch, limit: 9).items.count == 2)
        _ = try await retract(in: test)
        for attempt in [nil, 1] {
            let here = attempt != nil
            #expect(try await test.ledger.artifacts(jobID: jobs[0].jobID, attempt: attempt).count == (here ? 1 : 0))
            #expect(try await (test.ledger.artifact(jobID: jobs[0].jobID, attempt: attempt, kind: .output, path: "out.txt") != nil) == here)
            var query = TelemetryQuery()
            query.attempt = attempt
            #expect(try await test.ledger.telemetry(jobID: jobs[0].jobID, query).variables.isEmpty == !here)
        }
        #expect(try await test.ledger.artifacts(batchID: batch, limit: 9).items.map(\.jobID) == [jobs[1].jobID])
        #expect(try await test.ledger.attemptsWithTelemetry(batchID: batch, runs: 0..<9).attempts.map(\.key.jobID) == [jobs[1].jobID])
        // What a completed run takes is reckoned from those that are left.
        let past: [LedgerValue] = [.text(Tenant.standard), .text("orbit"), .text("basilisk")]
        let row = try await test.ledger.driver.read { try $0.row(SQL.pastRuns, past) }
        #expect(try row?.double("seconds") == 12.5)
    }

    @Test("A retraction of a runner that is not known is refused, and takes nothing from anybody", arguments: TestDriver.allCases)
    func unknown(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 1)
        try await test.report(try await test.claim()[0], .success, basis: "proof")
        let before = try await test.contents()
        await #expect(throws: LedgerError.noSuchRunner("r2")) { try await retract(of: "r2", in: test) }
        #expect(try await retract("proo", in: test) == 0)
        #expect(try await retract("proof ", in: test) == 0)
        #expect(try await test.contents().filter { !$0.hasPrefix("retractions") } == before)
    }

    @Test("On the way back to an older schema an attempt that was taken back is a lost one", arguments: TestDriver.allCases)
    func migrated(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 1)
        let job = try await test.claim()[0]
        try await test.report(job, .success, basis: "proof")
        _ = try await retract(in: test)
        try test.ledger.driver.close()
        let version = Schema.versions.firstIndex { $0.up.contains { $0.contains("CREATE TABLE retractions") } }!
        _ = try LedgerDatabase.migrate(test.database.name, to: version)
        _ = try LedgerDatabase.migrate(test.database.name, to: Schema.currentVersion)
        let after = try TestLedger(on: test.database, clock: test.clock)
        #expect(try await attempts(job, in: after) == [.lost])
        #expect(try await after.batch(batch).warnings == nil)
        try await after.report(try await after.claim()[0], .success)
        #expect(try await after.batch(batch).status == .completed)
    }

    @Test("Results that two control planes take while a third takes them back are all taken back") func concurrent() async throws {
        let first = try TestLedger(.postgres)
        let planes = [first, try first.another(), try first.another()]
        try await first.register()
        let batches = [try await first.submit(runs: 60), try await first.submit(runs: 60)]
        let jobs = try await first.claim(slots: 120)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, job) in jobs.enumerated() {
                group.addTask { try await planes[index % 2].report(job, .success, basis: index % 3 == 0 ? nil : "proof") }
                if index == 60 { group.addTask { _ = try await retract(in: planes[2]) } }
            }
            try await group.waitForAll()
        }
        var totals: [String: Int] = [:]
        for batch in batches {
            let overview = try await first.ledger.overview(batchID: batch)
            totals.merge(overview.jobsByStatus, uniquingKeysWith: +)
            #expect(overview.batch.warnings == ["40 results were taken back and run again: \(Self.reason)"])
        }
        #expect(totals == ["Completed": 40, "Pending": 80])
        #expect(try await first.disagreements() == [])
    }
}
