import LynxModel

extension Ledger {
    /// Cancels what of a batch is not done yet. Runners are told at once to kill what they have; it counts
    /// as running until they have reported. Cancelling a cancelled batch changes nothing.
    func cancelBatch(_ batchID: String) async throws -> BatchOverview {
        try await transaction(WriteScope(batches: [batchID])) { transaction in
            let batch = try transaction.batch(batchID)
            guard !batch.status.isTerminal else {
                if batch.status == .cancelled { return }
                throw LedgerError.alreadyEnded(what: "batch", id: batchID, status: batch.status.rawValue)
            }
            try transaction.cancelRuns(of: batch, killing: true)
        }
        return try await overview(batchID: batchID)
    }

    /// Cancels one job; see `cancelBatch`.
    func cancelJob(_ jobID: String) async throws -> Job {
        guard let key = JobKey(jobID: jobID) else { throw LedgerError.noSuchJob(jobID) }
        try await transaction(WriteScope(batches: [key.batchID])) { transaction in
            guard let job = try transaction.job(key) else { throw LedgerError.noSuchJob(jobID) }
            var after = job
            switch job.status {
            case .pending: try after.cancelPending(now: transaction.now)
            case .claimed, .running:
                after.cancelRequested = true
                if let runner = job.assignedRunner { transaction.call(runner) }
            case .cancelled: return
            case .completed, .failed, .timeout:
                throw LedgerError.alreadyEnded(what: "job", id: jobID, status: job.status.rawValue)
            }
            try transaction.save(after, was: job)
        }
        return try await job(jobID)
    }
}

extension LedgerTransaction {
    /// Cancels what of a batch waits, and, if asked, tells runners to kill what runs.
    func cancelRuns(of batch: BatchRecord, killing: Bool) throws {
        let batchID = LedgerValue.text(batch.batchID)
        // This alone cancels the jobs that have no rows.
        try connection.send(SQL.requestBatchCancel, [.instant(now), batchID])
        try connection.send(SQL.cancelPendingJobs, [.instant(now), batchID])
        countMove(batchID: batch.batchID, from: .pending, to: .cancelled, jobs: batch.counts.pending)
        guard killing else { return }
        try connection.send(SQL.requestCancelOfActiveJobs, [batchID])
        for row in try connection.rows(SQL.runnersOfBatch, [batchID]) { call(try row.text("assigned_runner")) }
    }
}
