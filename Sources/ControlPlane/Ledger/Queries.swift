import FoundationEssentials
import LynxModel

/// A part of a list, and where the next part begins; nil after the last.
struct Page<Item: Sendable>: Sendable {
    var items: [Item]
    var next: String?
}

extension Ledger {
    func overview(batchID: String) async throws -> BatchOverview {
        let hasNominal = await hasNominal(batchID)
        return try await read { connection, now in
            guard let row = try connection.row(SQL.batch, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
            return try self.overview(of: BatchRecord(row), hasNominal: hasNominal, connection, now: now)
        }
    }

    /// Whether a batch has a nominal run. How far a batch is is told even where what was submitted cannot be read.
    func hasNominal(_ batchID: String) async -> Bool { (try? await plan(batchID: batchID))?.submission.config.hasNominal ?? false }

    /// Newest first.
    ///
    /// - Parameter after: what the previous page ended with.
    func batches(_ filter: BatchFilter = BatchFilter(), limit: Int, after cursor: Cursor? = nil) async throws -> Page<Batch> {
        try await driver.read { connection in
            let rows = try connection.rows(filter.sql(after: cursor != nil), filter.values(after: cursor) + [.int(limit + 1)])
            let records = try rows.prefix(limit).map { try BatchRecord($0) }
            let next = rows.count > limit ? records.last.map { Cursor(number: $0.createdAt, text: $0.batchID).encoded } : nil
            let warnings = try connection.warnings(of: records)
            return Page(items: records.map { $0.model(warnings: warnings[$0.batchID]) }, next: next)
        }
    }

    func job(_ jobID: String) async throws -> Job {
        guard let key = JobKey(jobID: jobID) else { throw LedgerError.noSuchJob(jobID) }
        let (record, reason) = try await read { connection, now in
            guard let job = try connection.job(key), let row = try connection.row(SQL.batch, [.text(key.batchID)]) else {
                throw LedgerError.noSuchJob(jobID)
            }
            return (job, job.status == .pending ? try self.pendingReason(of: BatchRecord(row), connection, now: now)?.text : nil)
        }
        return try await plan(batchID: key.batchID, runs: key.runIndex + 1).job(record, pendingReason: reason)
    }

    /// By run index.
    ///
    /// - Parameter after: the run index that the previous page ended with.
    func jobs(batchID: String, status: JobStatus? = nil, limit: Int, after runIndex: Int? = nil) async throws -> Page<Job> {
        let first = runIndex.map { $0 < .max ? $0 + 1 : $0 } ?? 0
        let (records, reason) = try await read { connection, now in
            guard let row = try connection.row(SQL.batch, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
            let batch = try BatchRecord(row)
            let jobs =
                if let status {
                    try connection.jobs(of: batch, in: status, from: first, limit: limit + 1)
                } else {
                    try connection.jobs(of: batch, from: first, limit: limit + 1)
                }
            return (jobs, try self.pendingReason(of: batch, connection, now: now)?.text)
        }
        let page = records.prefix(limit)
        let plan = try await plan(batchID: batchID, runs: (page.last?.key.runIndex ?? 0) + 1)
        return Page(
            items: page.map { plan.job($0, pendingReason: reason) },
            next: records.count > limit ? page.last.map { String($0.key.runIndex) } : nil)
    }

    /// The JSON of a job's result.
    func result(jobID: String, detail: ResultDetail) async throws -> Data {
        guard let key = JobKey(jobID: jobID) else { throw LedgerError.noSuchJob(jobID) }
        return try await driver.read { connection in
            if let row = try connection.row(SQL.result, key.values) {
                return try StoredResult.document(row, batchID: key.batchID, detail: detail, connection)
            }
            guard let job = try connection.job(key) else { throw LedgerError.noSuchJob(jobID) }
            throw LedgerError.noResult(jobID: jobID, status: job.status)
        }
    }

    /// The JSON of the results that a batch has so far, by run index; a part of them, the run index it ends with,
    /// and whether there are more.
    func results(
        batchID: String, detail: ResultDetail, limit: Int, after runIndex: Int?
    ) async throws -> (documents: [Data], last: Int?, hasMore: Bool) {
        try await driver.read { connection in
            let sql =
                switch detail {
                case .full: SQL.resultsAfter
                case .summary: SQL.summariesAfter
                }
            let rows = try connection.rows(sql, [.text(batchID), .int(runIndex ?? -1), .int(limit)])
            let documents = try rows.map { try StoredResult.document($0, batchID: batchID, detail: detail, connection) }
            guard rows.count == limit, let last = try rows.last?.int("run_index") else { return (documents, nil, false) }
            let hasMore = try connection.row(SQL.summariesAfter, [.text(batchID), .int(last), .int(1)]) != nil
            return (documents, last, hasMore)
        }
    }
}
