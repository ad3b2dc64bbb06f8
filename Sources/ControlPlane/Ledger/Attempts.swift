import FoundationEssentials
import LynxModel

extension Ledger {
    /// The attempts at a job so far, in their order.
    func attempts(jobID: String) async throws -> [JobAttempt] {
        guard let key = JobKey(jobID: jobID) else { throw LedgerError.noSuchJob(jobID) }
        return try await driver.read { connection in
            guard try connection.job(key) != nil else { throw LedgerError.noSuchJob(jobID) }
            return try connection.rows(SQL.attempts, key.values).map { row in
                JobAttempt(
                    attempt: try row.int("attempt"), runnerID: try row.text("runner_id"),
                    claimedAt: Date(instant: try row.instant("claimed_at") ?? 0),
                    startedAt: try row.instant("started_at").map { Date(instant: $0) },
                    endedAt: try row.instant("ended_at").map { Date(instant: $0) },
                    outcome: try row.optionalText("outcome").flatMap(AttemptOutcome.init), message: try row.optionalText("message"),
                    hasResult: try row.bool("has_result"))
            }
        }
    }

    /// The JSON of what one attempt brought.
    func result(jobID: String, attempt: Int, detail: ResultDetail) async throws -> Data {
        guard let key = JobKey(jobID: jobID) else { throw LedgerError.noSuchJob(jobID) }
        return try await driver.read { connection in
            if let row = try connection.row(SQL.resultOfAttempt, key.values + [.int(attempt)]) {
                return try StoredResult.document(row, batchID: key.batchID, detail: detail, connection)
            }
            guard let job = try connection.job(key) else { throw LedgerError.noSuchJob(jobID) }
            throw LedgerError.noAttemptResult(jobID: jobID, attempt: attempt, exists: (1...max(1, job.attempt)).contains(attempt) && job.attempt > 0)
        }
    }

    /// Sends the failed and timed-out jobs of a batch back into the queue, as new as when they were submitted but for the
    /// numbers of their attempts. A batch that has ended runs again.
    ///
    /// - Throws: `LedgerError.cannotRetry` for a batch that was cancelled.
    func retryFailed(_ batchID: String) async throws -> BatchOverview {
        try await requeue(batchID) { transaction, batch in
            let counts = batch.counts
            guard counts.failed + counts.timedOut > 0 else { return 0 }
            try transaction.connection.send(SQL.retryFailedJobs, [.text(batchID)])
            transaction.countMove(batchID: batchID, from: .failed, to: .pending, jobs: counts.failed)
            transaction.countMove(batchID: batchID, from: .timeout, to: .pending, jobs: counts.timedOut)
            return counts.failed + counts.timedOut
        }
    }

    /// The same with those of some runs that failed or timed out.
    ///
    /// - Throws: `LedgerError.cannotRetry` for a batch that was cancelled; `Problem` for what is no run of the batch.
    func retry(_ runs: [Int], of batchID: String) async throws -> BatchOverview {
        try await requeue(batchID) { transaction, batch in
            if let stranger = runs.first(where: { !(0..<batch.total).contains($0) }) {
                throw Problem.invalid("runs", "names \(stranger), which is no run of this batch; give indices from 0 to \(batch.total - 1)")
            }
            var requeued = 0
            for run in Set(runs).sorted() {
                let job = try transaction.job(JobKey(batchID: batchID, runIndex: run))
                guard let job, job.status == .failed || job.status == .timeout else { continue }
                try transaction.connection.send(SQL.retryFailedJob, [.text(batchID), .int(run)])
                transaction.countMove(batchID: batchID, from: job.status, to: .pending, jobs: 1)
                requeued += 1
            }
            return requeued
        }
    }

    /// - Parameter move: requeues jobs of the batch, and returns how many.
    private func requeue(
        _ batchID: String, _ move: @escaping @Sendable (LedgerTransaction, BatchRecord) throws -> Int
    ) async throws -> BatchOverview {
        let requeued = try await transaction(WriteScope(batches: [batchID])) { transaction in
            let batch = try transaction.batch(batchID)
            guard batch.cancelledAt == nil else { throw LedgerError.cannotRetry(batchID) }
            return try move(transaction, batch)
        }
        // The overview is of a later moment: what was queued may have been claimed by then, or failed again.
        var overview = try await overview(batchID: batchID)
        overview.requeued = requeued
        return overview
    }
}

/// The tries at a job.
extension SQL {
    /// Values: batch_id, run_index.
    static let attempts = """
        SELECT attempts.attempt AS attempt, runner_id, claimed_at, started_at, ended_at, outcome, message,
            CASE WHEN results.attempt IS NULL THEN 0 ELSE 1 END AS has_result
        FROM attempts LEFT JOIN results ON results.batch_id = attempts.batch_id AND results.run_index = attempts.run_index
            AND results.attempt = attempts.attempt
        WHERE attempts.batch_id = ? AND attempts.run_index = ? ORDER BY attempts.attempt
        """

    /// Values: batch_id, run_index, attempt.
    static let resultOfAttempt = """
        SELECT run_index, attempt, summary, document_bytes, document FROM results WHERE batch_id = ? AND run_index = ? AND attempt = ?
        """

    private static let retryOfBatch = """
        UPDATE jobs SET status = 'Pending', retries = 0, lost_attempts = 0, cancel_requested = 0, claimed_at = NULL,
            started_at = NULL, completed_at = NULL
        WHERE batch_id = ? AND status IN ('Failed', 'Timeout')
        """

    /// Values: batch_id.
    static let retryFailedJobs = retryOfBatch

    /// Values: batch_id, run_index.
    static let retryFailedJob = "\(retryOfBatch) AND run_index = ?"
}
