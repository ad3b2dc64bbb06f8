import LynxDocument
import LynxModel

/// Batches that grow while they run.
extension Ledger {
    /// Appends runs with given parameters to an open batch. The same rows at the same place once more change nothing, so that a
    /// caller who did not get the answer can ask again.
    ///
    /// - Parameters:
    ///   - rows: in the order of the batch's columns.
    ///   - first: the run index of the first row.
    /// - Throws: `LedgerError.noSuchBatch`, `tooManyRuns`, and `notExtensible` for a batch that takes no rows, or none there.
    func append(_ rows: [[ParameterValue]], to batchID: String, at first: Int) async throws -> BatchOverview {
        let submission = try await plan(batchID: batchID).submission
        let columns = submission.config.grownColumns.count
        if let row = rows.firstIndex(where: { $0.count != columns }) {
            throw Problem.invalid("rows[\(row)]", "has \(rows[row].count) values for the \(columns) columns of the batch; give one for each")
        }
        try await transaction(WriteScope(batches: [batchID])) { [policy] transaction in
            let batch = try transaction.batch(batchID)
            if first < batch.total, try transaction.holds(rows, of: batchID, at: first) { return }
            guard batch.terms.isOpen, !batch.cancelRequested, batch.stopReason == nil else {
                let reason = submission.config.monteCarlo.grows ? "it is closed" : "it is not open; submit a table with 'open: true'"
                throw LedgerError.notExtensible(batchID: batchID, reason: reason)
            }
            guard first == batch.total else {
                throw LedgerError.notExtensible(batchID: batchID, reason: "it has \(batch.total) runs, so the next row is not that of run \(first)")
            }
            guard batch.total + rows.count <= policy.maxRunsPerBatch else {
                throw LedgerError.tooManyRuns(batch.total + rows.count, limit: policy.maxRunsPerBatch)
            }
            try transaction.append(rows, to: batchID, at: first)
            try transaction.connection.send(SQL.extendBatch, [.int(rows.count), .int(rows.count), .text(batchID)])
            transaction.countNothing(in: batchID)
            transaction.announceWork()
            transaction.batchTold()
        }
        return try await overview(batchID: batchID)
    }

    /// Lets a batch end with the runs it has. Closing a batch that is closed, or that never was open, changes nothing.
    ///
    /// - Parameter reason: why it has no more; nil if that needs no saying.
    @discardableResult
    func close(batchID: String, reason: String? = nil) async throws -> BatchOverview {
        try await transaction(WriteScope(batches: [batchID])) { transaction in
            let batch = try transaction.batch(batchID)
            guard batch.terms.isOpen else { return }
            try transaction.connection.send(SQL.closeBatch, [.text(batchID)])
            if let reason { try transaction.connection.send(SQL.stopBatch, [.text(reason), .int(batch.total), .text(batchID)]) }
            transaction.countNothing(in: batchID)
        }
        return try await overview(batchID: batchID)
    }

    /// The batches that go on when their runs have ended, and are not closed.
    func openBatches() async throws -> [String] {
        try await driver.read { try $0.rows(SQL.openBatches, []).map { try $0.text("batch_id") } }
    }
}

extension LedgerTransaction {
    func append(_ rows: [[ParameterValue]], to batchID: String, at first: Int) throws {
        let text = String(decoding: try WireJSON.encode(rows), as: UTF8.self)
        try connection.send(SQL.appendRuns, [.text(batchID), .int(first), .int(rows.count), .text(text)])
    }

    /// Whether just these rows were appended there before.
    fileprivate func holds(_ rows: [[ParameterValue]], of batchID: String, at first: Int) throws -> Bool {
        guard let row = try connection.row(SQL.appendedAt, [.text(batchID), .int(first)]) else { return false }
        return try AppendedRows(row).rows == rows
    }
}

/// Rows as they lie in the ledger.
private struct AppendedRows {
    let rows: [[ParameterValue]]

    init(_ row: LedgerRow) throws {
        do {
            rows = try AppendRequest.readRows(json: Array(try row.text("parameters").utf8), name: "parameters")
        } catch let error as DiagnosticList {
            throw StorageError.unexpected("the parameters of appended runs cannot be read: \(error)")
        }
    }
}

extension LedgerConnection {
    /// All rows that were appended to a batch, of which those in `known` need not be read.
    func appendedRows(of batchID: String, _ submission: BatchSubmission, after known: [[ParameterValue]]) throws -> [[ParameterValue]] {
        let own = submission.config.monteCarlo.table?.rows.count ?? 0
        return try rows(SQL.appendedAfter, [.text(batchID), .int(own + known.count)]).reduce(into: known) { $0 += try AppendedRows($1).rows }
    }
}

extension SQL {
    /// Values: batch_id, the first run, how many, their parameters.
    static let appendRuns = "INSERT INTO appended_runs (batch_id, first_run, row_count, parameters) VALUES (?, ?, ?, ?)"

    static let appendedAt = "SELECT parameters FROM appended_runs WHERE batch_id = ? AND first_run = ?"

    static let appendedAfter = "SELECT parameters FROM appended_runs WHERE batch_id = ? AND first_run >= ? ORDER BY first_run"

    static let closeBatch = "UPDATE batches SET is_open = 0 WHERE batch_id = ?"

    static let openBatches = "SELECT batch_id FROM batches WHERE is_open = 1 AND status IN ('Pending', 'Running') ORDER BY batch_id"
}
