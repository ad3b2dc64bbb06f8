import FoundationEssentials
import LynxModel

/// A part of a list, and where the next part begins; nil after the last.
struct Page<Item: Sendable>: Sendable {
    var items: [Item]
    var next: String?
}

extension Ledger {
    func overview(batchID: String) async throws -> BatchOverview {
        try await driver.read { connection in
            guard let row = try connection.row(SQL.batch, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
            let batch = try BatchRecord(row)
            return BatchOverview(batch: batch.model, jobsByStatus: batch.counts.byStatus)
        }
    }

    /// Newest first.
    ///
    /// - Parameter after: the batch that the previous page ended with.
    func batches(limit: Int, after batchID: String? = nil, tenant: String = Tenant.standard) async throws -> Page<Batch> {
        try await driver.read { connection in
            let rows: [LedgerRow]
            if let batchID {
                guard let last = try connection.row(SQL.batch, [.text(batchID)]),
                    try connection.row(SQL.tenantOfBatch, [.text(batchID)])?.text("tenant") == tenant
                else { throw LedgerError.noSuchBatch(batchID) }
                rows = try connection.rows(
                    SQL.olderBatches, [.text(tenant), .instant(try last.instant("created_at")), .text(batchID), .int(limit + 1)])
            } else {
                rows = try connection.rows(SQL.newestBatches, [.text(tenant), .int(limit + 1)])
            }
            let batches = try rows.prefix(limit).map { try BatchRecord($0).model }
            return Page(items: batches, next: rows.count > limit ? batches.last?.batchID : nil)
        }
    }

    func job(_ jobID: String) async throws -> Job {
        guard let key = JobKey(jobID: jobID) else { throw LedgerError.noSuchJob(jobID) }
        let record = try await driver.read { try $0.job(key) }
        guard let record else { throw LedgerError.noSuchJob(jobID) }
        return try await plan(batchID: key.batchID).job(record)
    }

    /// By run index.
    ///
    /// - Parameter after: the run index that the previous page ended with.
    func jobs(batchID: String, status: JobStatus? = nil, limit: Int, after runIndex: Int? = nil) async throws -> Page<Job> {
        let plan = try await plan(batchID: batchID)
        let first = runIndex.map { $0 < .max ? $0 + 1 : $0 } ?? 0
        let records = try await driver.read { connection in
            guard let row = try connection.row(SQL.batch, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
            let batch = try BatchRecord(row)
            return if let status {
                try connection.jobs(of: batch, in: status, from: first, limit: limit + 1)
            } else {
                try connection.jobs(of: batch, from: first, limit: limit + 1)
            }
        }
        let page = records.prefix(limit)
        return Page(
            items: page.map { plan.job($0) },
            next: records.count > limit ? page.last.map { String($0.key.runIndex) } : nil)
    }

    /// The JSON of a job's result.
    func result(jobID: String, detail: ResultDetail) async throws -> Data {
        guard let key = JobKey(jobID: jobID) else { throw LedgerError.noSuchJob(jobID) }
        return try await driver.read { connection in
            if let row = try connection.row(SQL.result, key.values) { return try StoredResult.document(row, detail: detail) }
            guard let job = try connection.job(key) else { throw LedgerError.noSuchJob(jobID) }
            throw LedgerError.noResult(jobID: jobID, status: job.status)
        }
    }

    /// The JSON of the results that a batch has so far, by run index; a part of them, and the run index it ends with.
    func results(
        batchID: String, detail: ResultDetail, limit: Int, after runIndex: Int
    ) async throws -> (documents: [Data], last: Int?) {
        try await driver.read { connection in
            let sql =
                switch detail {
                case .full: SQL.resultsAfter
                case .summary: SQL.summariesAfter
                }
            let rows = try connection.rows(sql, [.text(batchID), .int(runIndex), .int(limit)])
            let documents = try rows.map { try StoredResult.document($0, detail: detail) }
            return (documents, rows.count == limit ? try rows.last?.int("run_index") : nil)
        }
    }
}
