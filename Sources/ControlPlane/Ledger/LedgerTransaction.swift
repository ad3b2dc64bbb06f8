import LynxModel

/// One transition of the ledger: what it writes goes through here, so that the counts of a batch always change
/// together with its jobs. Used within one write of the driver, by one thread.
final class LedgerTransaction {
    /// Whom to wake once the transaction is on disk.
    struct Effects: Sendable {
        /// Counts of a batch have changed.
        var batchChanged = false
        /// Attempts that ended with their runner.
        var lostAttempts = 0
        /// Somebody who found nothing to claim may find something now.
        var workAppeared = false
        /// The earliest of the leases given out.
        var leaseEnd: Instant?
        /// Runners for which there are orders: something to cancel, or to drain.
        var calledRunners: Set<String> = []
    }

    let connection: any LedgerConnection
    let policy: LedgerPolicy
    let now: Instant
    private(set) var effects = Effects()
    private var changes: [String: (counts: JobCounts, executionSecs: Double)] = [:]
    /// By batch, the runs whose jobs have ended.
    private var ended: [String: [Int]] = [:]
    private var savepoints = 0

    var leaseEnd: Instant { now + policy.leaseMilliseconds }

    init(connection: any LedgerConnection, policy: LedgerPolicy, now: Instant) {
        self.connection = connection
        self.policy = policy
        self.now = now
    }

    /// The job as it is now, and will be until this transaction changes it.
    func job(_ key: JobKey) throws -> JobRecord? {
        try connection.lock(WriteScope(batches: [key.batchID]))
        return try connection.job(key)
    }

    func batch(_ batchID: String) throws -> BatchRecord {
        try connection.lock(WriteScope(batches: [batchID]))
        guard let row = try connection.row(SQL.batch, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
        return try BatchRecord(row)
    }

    func runner(_ runnerID: String) throws -> RunnerRecord {
        try connection.lock(WriteScope(runner: runnerID))
        guard let row = try connection.row(SQL.runner, [.text(runnerID)]) else { throw LedgerError.noSuchRunner(runnerID) }
        return try RunnerRecord(row)
    }

    /// The runner, in the session it says it is in and has not left.
    func runner(_ runnerID: String, session: String) throws -> RunnerRecord {
        try connection.lock(WriteScope(runner: runnerID))
        guard let row = try connection.row(SQL.runner, [.text(runnerID)]), try row.text("session_id") == session else {
            throw LedgerError.unknownSession(runnerID: runnerID)
        }
        let runner = try RunnerRecord(row)
        guard runner.leftAt == nil else { throw LedgerError.unknownSession(runnerID: runnerID) }
        return runner
    }

    /// Writes a job down after its record was moved from `before` to `after`.
    func save(_ after: JobRecord, was before: JobRecord, executionSecs: Double = 0) throws {
        try connection.send(before.hasRow ? SQL.saveJob : SQL.insertJob, after.saved)
        countMove(batchID: after.key.batchID, from: before.status, to: after.status, executionSecs: executionSecs)
        if after.status.isTerminal, !before.status.isTerminal { ended[after.key.batchID, default: []].append(after.key.runIndex) }
        if let end = after.leaseExpiresAt { effects.leaseEnd = min(effects.leaseEnd ?? end, end) }
    }

    /// Counts `jobs` jobs of a batch that moved between two states, or that are new (`from` nil).
    func countMove(batchID: String, from: JobStatus, to: JobStatus, jobs: Int = 1, executionSecs: Double = 0) {
        guard from != to, jobs > 0 else { return }
        changes[batchID, default: (JobCounts(), 0)].counts[from] -= jobs
        changes[batchID]!.counts[to] += jobs
        changes[batchID]!.executionSecs += executionSecs
    }

    /// Has the state of a batch looked at again when the transaction ends.
    func countNothing(in batchID: String) { changes[batchID] = changes[batchID] ?? (JobCounts(), 0) }

    /// Ends the active attempt of `job` as `outcome` and returns the outcome for the job.
    ///
    /// - Parameters:
    ///   - startedAt: when its simulation was launched, if nobody has said so before.
    ///   - isCounted: whether a loss speaks against the job.
    ///   - company: how many others were lost with it. Any of them may be what all were lost to.
    @discardableResult
    func endAttempt(
        of job: JobRecord, _ outcome: AttemptOutcome, retryable: Bool = true, message: String?, executionSecs: Double = 0,
        startedAt: Instant? = nil, isCounted: Bool = true, company: Int = 0
    ) throws -> JobRecord {
        if outcome == .lost { effects.lostAttempts += 1 }
        var after = job
        after.startedAt = job.startedAt ?? startedAt
        try after.end(
            outcome, retryable: retryable, message: message, now: now, maxLostAttempts: policy.maxLostAttempts, isCounted: isCounted,
            wasAlone: company == 0)
        try connection.send(
            SQL.endAttempt,
            [.instant(startedAt), .instant(now), .text(outcome.rawValue), .text(message)] + job.key.values + [.int(job.attempt)])
        try save(after, was: job, executionSecs: after.status == .completed ? executionSecs : 0)
        return after
    }

    /// Does all of `body`, or nothing of it if it throws a `LedgerError`; the transaction goes on either way. Whatever else is
    /// thrown, now or by a later call, is an end of the transaction. What `body` locks must have been locked before.
    func apart(_ body: () throws -> Void) throws {
        let before = (effects, changes, ended)
        // Each has a name of its own: with what is sent ahead, nobody has heard yet whether the one before was released.
        let savepoint = "apart\(savepoints)"
        savepoints += 1
        try connection.send("SAVEPOINT \(savepoint)", [])
        do {
            try body()
            try connection.send("RELEASE SAVEPOINT \(savepoint)", [])
        } catch let error as LedgerError {
            (effects, changes, ended) = before
            try connection.rollBack(to: savepoint)
            throw error
        }
    }

    /// Work may have appeared by other means than a job's move.
    func announceWork() { effects.workAppeared = true }

    /// There is something new to be told of a batch, besides its counts.
    func batchTold() { effects.batchChanged = true }

    /// There is something for a runner to be told.
    func call(_ runnerID: String) { effects.calledRunners.insert(runnerID) }

    /// Brings counts and states of the batches up to date; the last thing a transaction does.
    func settle() throws -> Effects {
        for (batchID, change) in changes {
            let counts = change.counts
            let runs = ended[batchID] ?? []
            guard
                let row = try connection.row(
                    SQL.changeCounts,
                    [
                        .int(counts.pending), .int(counts.claimed), .int(counts.running), .int(counts.completed),
                        .int(counts.failed), .int(counts.timedOut), .int(counts.cancelled), .real(change.executionSecs),
                        .int(runs.count), .text(batchID),
                    ])
            else { throw StorageError.unexpected("jobs without their batch '\(batchID)'") }
            effects.batchChanged = true
            try number(runs, of: batchID, last: try row.int("end_seq"))
            let batch = try BatchRecord(row)
            let status = batch.statusByCounts
            if status != batch.status {
                let completedAt = status.isTerminal ? now : nil
                try connection.send(SQL.setBatchStatus, [.text(status.rawValue), .instant(completedAt), .text(batchID)])
            }
            let limitEased = batch.terms.maxParallelJobs != nil && counts.active < 0
            if batch.counts.pending > 0, counts.pending > 0 || limitEased { effects.workAppeared = true }
        }
        return effects
    }
}
