import LynxModel

/// One job as the ledger knows it, and the rules by which it moves. No I/O: what these functions decide, the
/// transaction that called them writes down.
struct JobRecord: Hashable, Sendable {
    var key: JobKey
    var status: JobStatus
    /// Its batch's.
    var terms: BatchTerms
    var retries = 0
    /// Attempts that ended with their runner, or that the simulator spoiled; they don't count as retries.
    var lostAttempts = 0
    /// The number of the latest attempt: the fencing token.
    var attempt = 0
    /// A user wants the active attempt killed.
    var cancelRequested = false
    var createdAt: Instant
    var claimedAt: Instant?
    var startedAt: Instant?
    var completedAt: Instant?
    /// Set while an attempt is out with a runner, and only then.
    var leaseExpiresAt: Instant?
    /// The runner of the latest attempt.
    var assignedRunner: String?
    var sessionID: String?
    var errorMessage: String?
    /// What the latest attempt brought was taken back: it is the job's no longer.
    var isRetracted = false
    /// False as long as the job is only a number below its batch's total.
    var hasRow = true

    /// Out with a runner.
    var isActive: Bool { status == .claimed || status == .running }

    /// The attempt whose files and telemetry are the job's; 0, which no attempt has, if there is none.
    var presentAttempt: Int { isRetracted ? 0 : attempt }

    /// A move that the ledger's rules don't have means that somebody else has written into it.
    private func require(_ isAllowed: Bool, _ move: String) throws {
        guard isAllowed else { throw StorageError.unexpected("job '\(key.jobID)', which is to be \(move), is \(status.rawValue)") }
    }

    mutating func claim(runnerID: String, sessionID: String, now: Instant, leaseEnd: Instant) throws {
        try require(status == .pending, "claimed")
        status = .claimed
        attempt += 1
        claimedAt = now
        startedAt = nil
        leaseExpiresAt = leaseEnd
        assignedRunner = runnerID
        isRetracted = false
        self.sessionID = sessionID
    }

    mutating func start(at time: Instant) throws {
        try require(status == .claimed, "started")
        status = .running
        startedAt = time
    }

    /// Gives the latest attempt, lost and not handed out again since, back to the runner that still has it.
    mutating func reclaim(claimedAt: Instant, startedAt: Instant?, leaseEnd: Instant) throws {
        try require(status == .pending && attempt > 0, "given back to its runner")
        status = startedAt == nil ? .claimed : .running
        // None is counted any more where a user asked for another try meanwhile.
        lostAttempts = max(0, lostAttempts - 1)
        self.claimedAt = claimedAt
        self.startedAt = startedAt
        leaseExpiresAt = leaseEnd
        errorMessage = nil
    }

    /// The active attempt is over.
    ///
    /// - Parameters:
    ///   - isCounted: whether a loss speaks against the job.
    ///   - wasAlone: whether no other attempt was lost with it: otherwise the other's job is as suspect.
    mutating func end(
        _ outcome: AttemptOutcome, retryable: Bool, message: String?, now: Instant, maxLostAttempts: Int, isCounted: Bool = true,
        wasAlone: Bool = true
    ) throws {
        try require(isActive, "ended")
        leaseExpiresAt = nil
        switch outcome {
        case .success:
            finish(.completed, message: nil, now: now)
        case .breach:
            finish(.failed, message: message ?? "a stopping condition was met", now: now)
        case .timeout:
            finish(.timeout, message: message ?? "the job ran out of time", now: now)
        case .cancelled:
            finish(.cancelled, message: message ?? "cancelled", now: now)
        case .failure where retryable && retries < terms.maxRetries:
            if !cancelRequested { retries += 1 }
            requeue(message: message ?? "the simulation failed", now: now)
        case .failure:
            finish(.failed, message: message ?? "the simulation failed", now: now)
        case .retracted:
            isRetracted = true
            requeue(message: message ?? "its result was taken back", now: now)
        case .lost where !isCounted:
            // However often.
            lostAttempts = max(1, lostAttempts)
            requeue(message: message ?? "the runner gave it up", now: now)
        case .lost:
            spoil("lost attempts", message ?? "the runner gave it up", now: now, limit: maxLostAttempts, wasAlone)
        case .simulatorFault:
            spoil(
                "attempts that were lost or that the simulator spoiled", message ?? "the simulator failed", now: now,
                limit: min(maxLostAttempts, Self.mostSpoiled), true)
        }
    }

    /// The attempt says nothing about the job: it is tried again, but not for ever.
    private mutating func spoil(_ what: String, _ reason: String, now: Instant, limit: Int, _ mayGiveUp: Bool) {
        lostAttempts += 1
        if lostAttempts > limit, mayGiveUp, !cancelRequested {
            finish(.failed, message: "given up after \(lostAttempts) \(what) (limit \(limit)); the last: \(reason)", now: now)
        } else {
            requeue(message: reason, now: now)
        }
    }

    /// Cancels what no runner has.
    mutating func cancelPending(now: Instant) throws {
        try require(status == .pending, "cancelled")
        finish(.cancelled, message: Self.cancelledBeforeItRan, now: now)
    }

    private mutating func requeue(message: String, now: Instant) {
        if cancelRequested {
            finish(.cancelled, message: "cancelled; its last attempt: \(message)", now: now)
        } else {
            status = .pending
            claimedAt = nil
            startedAt = nil
            errorMessage = message
        }
    }

    private mutating func finish(_ status: JobStatus, message: String?, now: Instant) {
        self.status = status
        completedAt = now
        errorMessage = message
    }
}

extension JobRecord {
    /// A job that was lost so often is run alone from then on, so that it is seen whether it is what its runners fail of.
    static let lossesOfSuspect = 3

    var isSuspect: Bool { lostAttempts >= Self.lossesOfSuspect }

    /// So many attempts that the simulator spoiled, lost ones counted, and no more.
    private static let mostSpoiled = 3

    static let cancelledBeforeItRan = "cancelled before it was run"

    /// A job that has no row: it waits, unless its batch was cancelled.
    init(withoutRow key: JobKey, terms: BatchTerms, createdAt: Instant, batchCancelledAt: Instant?) {
        self.init(
            key: key, status: batchCancelledAt == nil ? .pending : .cancelled, terms: terms, createdAt: createdAt,
            completedAt: batchCancelledAt, errorMessage: batchCancelledAt == nil ? nil : Self.cancelledBeforeItRan, hasRow: false)
    }

    /// Reads a row of `SQL.job`; nil if the batch has no such run.
    init?(_ row: LedgerRow, of key: JobKey) throws {
        if try row.optionalInt("run_index") != nil {
            try self.init(row)
        } else {
            guard key.runIndex < (try row.int("total")) else { return nil }
            self.init(
                withoutRow: key, terms: try BatchTerms(row), createdAt: try row.instant("created_at") ?? 0,
                batchCancelledAt: try row.instant("batch_cancelled_at"))
        }
    }

    init(_ row: LedgerRow) throws {
        self.init(
            key: JobKey(batchID: try row.text("batch_id"), runIndex: try row.int("run_index")),
            status: try row.token("status"), terms: try BatchTerms(row), retries: try row.int("retries"),
            lostAttempts: try row.int("lost_attempts"), attempt: try row.int("attempt"),
            cancelRequested: try row.bool("cancel_requested"), createdAt: try row.instant("created_at") ?? 0,
            claimedAt: try row.instant("claimed_at"), startedAt: try row.instant("started_at"),
            completedAt: try row.instant("completed_at"), leaseExpiresAt: try row.instant("lease_expires_at"),
            assignedRunner: try row.optionalText("assigned_runner"), sessionID: try row.optionalText("session_id"),
            errorMessage: try row.optionalText("error_message"), isRetracted: try row.bool("retracted"))
    }

    /// The values of `SQL.saveJob` and `SQL.insertJob`.
    var saved: [LedgerValue] {
        [
            .text(status.rawValue), .int(retries), .int(lostAttempts), .int(attempt), .bool(cancelRequested),
            .instant(claimedAt), .instant(startedAt), .instant(completedAt), .instant(leaseExpiresAt),
            .text(assignedRunner), .text(sessionID), .text(errorMessage), .bool(isRetracted),
        ] + key.values
    }
}
