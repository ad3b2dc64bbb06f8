import LynxModel

extension Ledger {
    /// Appends runs to a batch, whether it has ended or not: what was drawn stays, and all of them are one study. A batch that
    /// its rule of stopping had ended goes on where it was, to its end.
    ///
    /// - Throws: `LedgerError.noSuchBatch`, `tooManyRuns`, and `notExtensible`, also for a batch that a user cancelled.
    func extend(batchID: String, by runs: Int) async throws -> BatchOverview {
        let config = try await plan(batchID: batchID).submission.config
        if config.monteCarlo.samplingMethod == .subsetSimulation { return try await allow(runs, batchID: batchID) }
        if config.monteCarlo.grows {
            throw LedgerError.notExtensible(batchID: batchID, reason: "its runs are the rows of a table; append rows to it")
        }
        // The nominal run is the last one.
        if config.hasNominal {
            throw LedgerError.notExtensible(batchID: batchID, reason: "it has a nominal run, which comes after those of the sample")
        }
        try await transaction(WriteScope(batches: [batchID])) { [policy] transaction in
            let batch = try transaction.batch(batchID)
            guard batch.cancelledAt == nil || batch.stopReason != nil else {
                throw LedgerError.notExtensible(batchID: batchID, reason: "it was cancelled")
            }
            // A run that is being killed would be left out of the middle of the study.
            guard batch.stopReason == nil || batch.status.isTerminal else {
                throw LedgerError.notExtensible(
                    batchID: batchID, reason: "it was stopped and some of its runs are still under way; try again when it has ended")
            }
            let (total, overflows) = batch.total.addingReportingOverflow(runs)
            guard !overflows, total <= policy.maxRunsPerBatch else {
                throw LedgerError.tooManyRuns(overflows ? .max : total, limit: policy.maxRunsPerBatch)
            }
            if let problem = config.problem(withRuns: total, originalRuns: batch.firstRuns ?? batch.total) {
                throw LedgerError.notExtensible(batchID: batchID, reason: "with \(runs) runs more, the number of its runs \(problem)")
            }
            let resumed = try transaction.resume(batch)
            try transaction.connection.send(SQL.extendBatch, [.int(runs), .int(runs), .text(batchID)])
            transaction.countMove(batchID: batchID, from: .cancelled, to: .pending, jobs: resumed)
            // The batch is looked at again, though no job may have moved.
            transaction.countNothing(in: batchID)
            transaction.announceWork()
            transaction.batchTold()
        }
        return try await overview(batchID: batchID)
    }
}

extension Ledger {
    /// Lets the method of a batch ask for more runs than before, from where it is.
    private func allow(_ runs: Int, batchID: String) async throws -> BatchOverview {
        try await transaction(WriteScope(batches: [batchID])) { [policy] transaction in
            let batch = try transaction.batch(batchID)
            guard batch.cancelledAt == nil else { throw LedgerError.notExtensible(batchID: batchID, reason: "it was cancelled") }
            let (most, overflows) = (batch.terms.mostRuns ?? batch.total).addingReportingOverflow(runs)
            guard !overflows, most <= policy.maxRunsPerBatch else {
                throw LedgerError.tooManyRuns(overflows ? .max : most, limit: policy.maxRunsPerBatch)
            }
            try transaction.connection.send(SQL.allowRuns, [.int(most), .text(batchID)])
            transaction.countNothing(in: batchID)
            transaction.batchTold()
        }
        return try await overview(batchID: batchID)
    }
}

extension LedgerTransaction {
    /// Takes a batch up again that its rule of stopping had ended.
    ///
    /// - Returns: how many cancelled jobs wait again.
    fileprivate func resume(_ batch: BatchRecord) throws -> Int {
        guard batch.stopReason != nil else { return 0 }
        try connection.send(SQL.requeueCancelled, [.text(batch.batchID)])
        try connection.send(SQL.forgetStop, [.text(batch.batchID)])
        return batch.counts.cancelled
    }
}

extension SQL {
    /// Values: the runs that are added, twice, then batch_id.
    static let extendBatch = """
        UPDATE batches SET first_runs = COALESCE(first_runs, total), total = total + ?, pending = pending + ?, completed_at = NULL
        WHERE batch_id = ?
        """

    /// Values: the most runs, batch_id.
    static let allowRuns = """
        UPDATE batches SET most_runs = ?, is_open = 1, stop_reason = NULL, stopped_after = NULL, completed_at = NULL WHERE batch_id = ?
        """

    static let requeueCancelled = """
        UPDATE jobs SET status = 'Pending', completed_at = NULL, claimed_at = NULL, started_at = NULL, cancel_requested = 0,
            error_message = NULL, end_seq = NULL
        WHERE batch_id = ? AND status = 'Cancelled'
        """

    static let forgetStop = """
        UPDATE batches SET stop_reason = NULL, stopped_after = NULL, cancel_requested = 0, cancelled_at = NULL, stops_early = 0
        WHERE batch_id = ?
        """
}
