import LynxModel

/// How far a reader of a batch's events has come.
struct EventPosition: Hashable, Sendable {
    /// The number of the last job end seen. Ends are numbered within the transaction that changes the batch's counts,
    /// which no two transactions do at once: a later number is never seen before an earlier one.
    var end = 0
    /// Once the batch has ended: the last run seen of those whose ends have no numbers, because they were cancelled
    /// together without ever being claimed.
    var run: Int?

    init(end: Int = 0, run: Int? = nil) {
        self.end = end
        self.run = run
    }

    /// `17`, or `17/203`; nil for what is no position.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(parts.count), let end = parts[0], end >= 0 else { return nil }
        self.init(end: end, run: parts.count == 2 ? parts[1] : nil)
        guard text == description, (run ?? 0) >= 0 else { return nil }
    }
}

extension EventPosition: CustomStringConvertible {
    var description: String { run.map { "\(end)/\($0)" } ?? "\(end)" }
}

/// What there is to tell of a batch at one moment, after a position.
struct BatchMoment: Sendable {
    var overview: BatchOverview
    var ends: [(position: EventPosition, end: JobEnd)]
    /// There are more ends than were asked for.
    var hasMore: Bool

    /// Whether no further page follows.
    var isLast: Bool { overview.batch.status.isTerminal && !hasMore }
}

extension Ledger {
    func moment(batchID: String, after position: EventPosition, limit: Int) async throws -> BatchMoment {
        let hasNominal = await hasNominal(batchID)
        return try await read { connection, now in
            guard let row = try connection.row(SQL.batch, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
            let batch = try BatchRecord(row)
            var position = position
            var ends: [(EventPosition, JobEnd)] = []
            for row in try connection.rows(SQL.endsAfter, [.text(batchID), .int(position.end), .int(limit)]) {
                position.end = try row.int("end_seq")
                ends.append((position, try JobEnd(row, of: batchID)))
            }
            var hasMore = ends.count == limit
            if !hasMore, batch.status.isTerminal {
                let left = limit - ends.count
                let unnumbered = try connection.unnumberedEnds(of: batch, after: position.run ?? -1, limit: left)
                hasMore = unnumbered.count == left
                for end in unnumbered {
                    position.run = end.runIndex
                    ends.append((position, end))
                }
            }
            return BatchMoment(overview: try self.overview(of: batch, hasNominal: hasNominal, connection, now: now), ends: ends, hasMore: hasMore)
        }
    }
}

extension LedgerTransaction {
    /// Numbers the ends of a batch's jobs, up to `last`; called while the batch's row is this transaction's.
    func number(_ runs: [Int], of batchID: String, last: Int) throws {
        for (index, run) in runs.enumerated() {
            try connection.send(SQL.numberEnd, [.int(last - runs.count + 1 + index), .text(batchID), .int(run)])
        }
    }
}

extension LedgerConnection {
    fileprivate func unnumberedEnds(of batch: BatchRecord, after run: Int, limit: Int) throws -> [JobEnd] {
        var ends = try rows(SQL.unnumberedEndsAfter, [.text(batch.batchID), .int(run), .int(limit)])
            .map { try JobEnd($0, of: batch.batchID) }
        if batch.statusWithoutRow.isTerminal {
            ends += try runsWithoutRow(of: batch, from: run + 1, limit: limit).map { JobEnd(batch.jobWithoutRow($0)) }
            ends.sort { $0.runIndex < $1.runIndex }
        }
        return Array(ends.prefix(limit))
    }
}

extension JobEnd {
    fileprivate init(_ row: LedgerRow, of batchID: String) throws {
        let key = JobKey(batchID: batchID, runIndex: try row.int("run_index"))
        self.init(
            jobID: key.jobID, runIndex: key.runIndex, status: try row.token("status"), attempt: try row.int("attempt"),
            errorMessage: try row.optionalText("error_message"))
    }

    fileprivate init(_ job: JobRecord) {
        self.init(
            jobID: job.key.jobID, runIndex: job.key.runIndex, status: job.status, attempt: job.attempt, errorMessage: job.errorMessage)
    }
}

extension SQL {
    /// Values: the number of the end, batch_id, run_index.
    static let numberEnd = "UPDATE jobs SET end_seq = ? WHERE batch_id = ? AND run_index = ?"

    private static let endColumns = "run_index, status, attempt, error_message, end_seq"

    /// Values: batch_id, the last end_seq seen, the limit.
    static let endsAfter = """
        SELECT \(endColumns) FROM jobs WHERE batch_id = ? AND end_seq > ? AND completed_at IS NOT NULL ORDER BY end_seq LIMIT ?
        """

    /// Jobs that were cancelled all at once, or ended before ends were numbered. Values: batch_id, the last run_index
    /// seen, the limit.
    static let unnumberedEndsAfter = """
        SELECT \(endColumns) FROM jobs
        WHERE batch_id = ? AND run_index > ? AND end_seq IS NULL AND completed_at IS NOT NULL ORDER BY run_index LIMIT ?
        """
}
