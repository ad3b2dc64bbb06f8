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
            let connection = transaction.connection
            // This alone cancels the jobs that have no rows.
            try connection.send(SQL.requestBatchCancel, [.instant(transaction.now), .text(batchID)])
            try connection.send(SQL.cancelPendingJobs, [.instant(transaction.now), .text(batchID)])
            transaction.countMove(batchID: batchID, from: .pending, to: .cancelled, jobs: batch.counts.pending)
            try connection.send(SQL.requestCancelOfActiveJobs, [.text(batchID)])
            for row in try connection.rows(SQL.runnersOfBatch, [.text(batchID)]) { transaction.call(try row.text("assigned_runner")) }
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
