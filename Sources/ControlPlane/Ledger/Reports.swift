import FoundationEssentials
import LynxModel

extension Ledger {
    /// The simulation of an attempt was launched. The same report again changes nothing.
    ///
    /// - Throws: `LedgerError.staleAttempt` if the job has moved on; nothing has changed then.
    func started(jobID: String, _ report: StartedReport) async throws {
        let key = try Self.reportedKey(jobID, attempt: report.attempt)
        let scope = WriteScope(runner: report.runnerID, batches: [key.batchID])
        try await transaction(scope) { transaction in
            let reported = try transaction.reported(key, attempt: report.attempt, runnerID: report.runnerID)
            let session = try transaction.connection.row(SQL.runner, [.text(report.runnerID)])?.text("session_id")
            let job = try transaction.hold(reported, session: session ?? "")
            guard job.status == .claimed else { return }
            let time = transaction.start(of: job, reported: report.startedAt)
            var running = job
            try running.start(at: time)
            try transaction.connection.send(SQL.startAttempt, [.instant(time)] + key.values + [.int(report.attempt)])
            try transaction.save(running, was: job)
        }
    }

    /// An attempt is over. The same report again changes nothing.
    ///
    /// A report whose lease has ended is taken as long as nobody else was given the job: work done is not done twice.
    ///
    /// - Throws: `LedgerError.staleAttempt` if the job has moved on; nothing has changed then.
    func ended(jobID: String, _ report: AttemptReport) async throws {
        let end = try AttemptEnd(jobID: jobID, report)
        try await transaction(WriteScope(runner: report.runnerID, batches: [end.key.batchID])) { try $0.take(end) }
    }

    /// Several attempts of one runner are over, in one transaction.
    ///
    /// - Returns: for each report what `ended` would have thrown for it alone; nil where it was taken.
    /// - Throws: what is wrong with the ledger itself; nothing has changed then.
    func ended(_ reports: [AttemptReport], runnerID: String) async throws -> [(any Error)?] {
        let ends = reports.map { report in Result { try AttemptEnd(jobID: report.jobID, report) } }
        let batches = ends.compactMap { try? $0.get().key.batchID }
        if batches.isEmpty { return ends.map(\.failure) }
        return try await transaction(WriteScope(runner: runnerID, batches: batches)) { transaction in
            try ends.map { end in
                guard case .success(let end) = end else { return end.failure }
                do {
                    try transaction.apart { try transaction.take(end) }
                    return nil
                } catch let error as LedgerError {
                    return error
                }
            }
        }
    }

    static func reportedKey(_ jobID: String, attempt: Int) throws -> JobKey {
        guard let key = JobKey(jobID: jobID) else {
            throw LedgerError.staleAttempt(jobID: jobID, attempt: attempt, reason: "this runner was not given it")
        }
        return key
    }
}

extension Result {
    fileprivate var failure: (any Error)? {
        if case .failure(let error) = self { error } else { nil }
    }
}

/// A report of an attempt's end, in the forms in which it is kept.
struct AttemptEnd: Sendable {
    let key: JobKey
    let report: AttemptReport
    let stored: StoredResult
    let outputs: StoredOutputs
    let tail: Data?

    /// - Throws: `LedgerError.staleAttempt` if there can be no such job.
    init(jobID: String, _ report: AttemptReport) throws {
        key = try Ledger.reportedKey(jobID, attempt: report.attempt)
        self.report = report
        stored = try StoredResult(report.result)
        outputs = try StoredOutputs(report.result)
        tail = try report.encodedTail()
    }
}

/// An attempt that a runner speaks of, and its job as it is now.
struct ReportedAttempt {
    var job: JobRecord
    var attempt: Int
    var sessionID: String
    var claimedAt: Instant
    var startedAt: Instant?
    /// Nil while it is out with its runner.
    var outcome: AttemptOutcome?
    /// How many chunks of its telemetry are here, with how many bytes, and the number of the last.
    var chunks: Int
    var chunkBytes: Int
    var lastChunk: Int?

    func stale(_ reason: String) -> LedgerError {
        .staleAttempt(jobID: job.key.jobID, attempt: attempt, reason: reason)
    }
}

extension LedgerTransaction {
    /// - Throws: `LedgerError.staleAttempt` if the job has moved on, `missingTelemetry`.
    func take(_ end: AttemptEnd) throws {
        let report = end.report
        let reported = try reported(end.key, attempt: report.attempt, runnerID: report.runnerID)
        let isTheRunners = try others(haveStartedWhat: report, of: end.key.batchID)
        // Whether others have started such jobs may have shown only since it came first.
        if reported.outcome == report.outcome || isTheRunners && reported.outcome == .lost || reported.outcome == .retracted { return }
        let job = try hold(reported, session: nil)
        try judge(report, batchID: end.key.batchID)
        var (outcome, message) = try judgedByBasis(report, of: reported)
        if isTheRunners, outcome == report.outcome { outcome = .lost }
        let ended = try endAttempt(
            of: job, outcome, retryable: report.retryable, message: message,
            executionSecs: max(0, report.result.executionTimeSecs),
            startedAt: report.result.metadata.startedAt.map { start(of: job, reported: $0) },
            isCounted: report.lossCause?.mayBeTheJobs ?? true)
        try keepBasis(report, of: ended, as: outcome)
        try saveTail(end, of: reported)
        try connection.send(SQL.saveResult, end.key.values + [.int(report.attempt)] + end.stored.values)
        try save(end.outputs, of: end.key, attempt: report.attempt)
        if let records = report.records { try keep(records, of: end.key.batchID) }
    }

    /// A runner's clock may be off; a job doesn't start before it was claimed or in the future.
    fileprivate func start(of job: JobRecord, reported: Date) -> Instant {
        min(max(reported.instant, job.claimedAt ?? now), now)
    }

    /// - Throws: `LedgerError.staleAttempt` if the runner was never given such an attempt. Also when there is no
    ///   such job, because the ledger was replaced: the runner is to forget it, not to try again.
    func reported(_ key: JobKey, attempt: Int, runnerID: String) throws -> ReportedAttempt {
        // The same words for every reason: whether there is such a job is not for other tenants' runners to know.
        try connection.lock(WriteScope(batches: [key.batchID]))
        guard let row = try connection.row(SQL.reportedAttempt, key.values + [.int(attempt)]), try row.text("given_to") == runnerID
        else { throw LedgerError.staleAttempt(jobID: key.jobID, attempt: attempt, reason: "this runner was not given it") }
        return ReportedAttempt(
            job: try JobRecord(row), attempt: attempt, sessionID: try row.text("given_in"), claimedAt: try row.instant("given_at") ?? 0,
            startedAt: try row.instant("launched_at"), outcome: try row.optionalText("outcome").flatMap(AttemptOutcome.init),
            chunks: try row.int("chunks"), chunkBytes: try row.int("chunk_bytes"), lastChunk: try row.optionalInt("last_chunk"))
    }

    /// The job, with this attempt out with its runner. An attempt that was taken for lost is given back if the
    /// job hasn't been handed out again, and if it belongs to `session` (nil: to any).
    ///
    /// - Throws: `LedgerError.staleAttempt` if the job has moved on.
    func hold(_ reported: ReportedAttempt, session: String?) throws -> JobRecord {
        let job = reported.job
        guard job.attempt == reported.attempt else { throw reported.stale("attempt \(job.attempt) has taken its place") }
        if job.isActive { return job }
        guard job.status == .pending, reported.outcome == .lost else { throw reported.stale("the job is \(job.status.rawValue)") }
        guard session == nil || session == reported.sessionID else { throw reported.stale("it belongs to an earlier session") }
        var held = job
        try held.reclaim(claimedAt: reported.claimedAt, startedAt: reported.startedAt, leaseEnd: leaseEnd)
        try connection.send(SQL.reopenAttempt, job.key.values + [.int(reported.attempt)])
        try save(held, was: job)
        return held
    }
}
