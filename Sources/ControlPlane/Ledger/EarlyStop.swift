import LynxModel

extension Ledger {
    /// Ends a batch whose requirements are decided: what waits is cancelled, what runs is killed or finishes, as the batch asks.
    /// A batch that has ended, or was stopped or cancelled before, stays as it is.
    ///
    /// - Parameter runs: how many runs, by index, the decision rests on.
    func stop(batchID: String, after runs: Int, reason: String, running: StopSpec.Running) async throws {
        try await transaction(WriteScope(batches: [batchID])) { transaction in
            let batch = try transaction.batch(batchID)
            guard !batch.status.isTerminal, batch.stopReason == nil, batch.cancelledAt == nil else { return }
            let connection = transaction.connection
            try connection.send(SQL.stopBatch, [.text(reason), .int(runs), .text(batchID)])
            try transaction.cancelRuns(of: batch, killing: running == .cancel)
            // Whoever follows the batch is told, though no job may have moved.
            transaction.countNothing(in: batchID)
        }
    }

    /// The batches that are judged after every run, and still run.
    func batchesToJudge() async throws -> [String] {
        try await driver.read { connection in
            try connection.rows(SQL.batchesToJudge, []).map { try $0.text("batch_id") }
        }
    }
}

extension SQL {
    /// Values: the reason, the number of runs, batch_id.
    static let stopBatch = "UPDATE batches SET stop_reason = ?, stopped_after = ? WHERE batch_id = ?"

    static let batchesToJudge = """
        SELECT batch_id FROM batches WHERE stops_early = 1 AND status = 'Running' AND stop_reason IS NULL ORDER BY batch_id
        """
}
