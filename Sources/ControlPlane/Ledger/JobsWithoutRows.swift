import LynxModel

/// A job gets its row when it is claimed or cancelled by itself, so that a batch of a million is queued by one row.
/// Whoever reads jobs goes through these functions, which know of the others.
extension BatchRecord {
    /// What the jobs without rows are.
    var statusWithoutRow: JobStatus { cancelledAt == nil ? .pending : .cancelled }

    func jobWithoutRow(_ runIndex: Int) -> JobRecord {
        JobRecord(
            withoutRow: JobKey(batchID: batchID, runIndex: runIndex), terms: terms, createdAt: createdAt,
            batchCancelledAt: cancelledAt)
    }
}

extension LedgerConnection {
    /// Nil if there is no such batch, or it has fewer runs.
    func job(_ key: JobKey) throws -> JobRecord? {
        guard let row = try row(SQL.job, key.lookup) else { return nil }
        return try JobRecord(row, of: key)
    }

    /// The first runs of a batch, from one on, that have no rows.
    func runsWithoutRow(of batch: BatchRecord, from start: Int, limit: Int) throws -> [Int] {
        var found: [Int] = []
        var next = max(start, batch.nextIndex)
        while found.count < limit, next < batch.total {
            // Few or none of them have rows, so that one look is mostly enough.
            let end = min(batch.total, next + limit - found.count + 16)
            let stored = try rows(SQL.storedRuns, [.text(batch.batchID), .int(next), .int(end)])
            let taken = Set(try stored.map { try $0.int("run_index") })
            found += (next..<end).lazy.filter { !taken.contains($0) }.prefix(limit - found.count)
            next = end
        }
        return found
    }

    /// Jobs by run index.
    func jobs(of batch: BatchRecord, from start: Int, limit: Int) throws -> [JobRecord] {
        guard start < batch.total else { return [] }
        let end = min(batch.total, start + limit)
        let stored = try rows(SQL.jobsInRange, [.text(batch.batchID), .int(start), .int(end)])
        var records = Dictionary(uniqueKeysWithValues: try stored.map { row in
            let job = try JobRecord(row)
            return (job.key.runIndex, job)
        })
        return (start..<end).map { records.removeValue(forKey: $0) ?? batch.jobWithoutRow($0) }
    }

    /// Jobs in one state, by run index.
    func jobs(of batch: BatchRecord, in status: JobStatus, from start: Int, limit: Int) throws -> [JobRecord] {
        let values: [LedgerValue] = [.text(batch.batchID), .text(status.rawValue), .int(start - 1), .int(limit)]
        var jobs = try rows(SQL.jobsInStatusAfter, values).map { try JobRecord($0) }
        if status == batch.statusWithoutRow {
            jobs += try runsWithoutRow(of: batch, from: start, limit: limit).map { batch.jobWithoutRow($0) }
            jobs.sort { $0.key.runIndex < $1.key.runIndex }
        }
        return Array(jobs.prefix(limit))
    }
}
