import FoundationEssentials
import LynxModel

/// How many jobs of a batch are in each state; also the change of these numbers in one transaction.
struct JobCounts: Hashable, Sendable {
    var pending = 0
    var claimed = 0
    var running = 0
    var completed = 0
    var failed = 0
    var timedOut = 0
    var cancelled = 0

    subscript(status: JobStatus) -> Int {
        get { self[keyPath: Self.path(status)] }
        set { self[keyPath: Self.path(status)] = newValue }
    }

    var active: Int { claimed + running }
    var unfinished: Int { pending + active }

    var byStatus: [JobStatus: Int] {
        Dictionary(uniqueKeysWithValues: JobStatus.allCases.map { ($0, self[$0]) }.filter { $0.1 != 0 })
    }

    private static func path(_ status: JobStatus) -> WritableKeyPath<JobCounts, Int> {
        switch status {
        case .pending: \.pending
        case .claimed: \.claimed
        case .running: \.running
        case .completed: \.completed
        case .failed: \.failed
        case .timeout: \.timedOut
        case .cancelled: \.cancelled
        }
    }
}

/// One batch as the ledger knows it.
struct BatchRecord: Hashable, Sendable {
    var batchID: String
    var name: String
    var status: BatchStatus
    var seed: UInt64
    var createdAt: Instant
    var completedAt: Instant?
    var cancelRequested: Bool
    var cancelledAt: Instant?
    var tenant: String
    /// The name of the token that it was submitted with.
    var submittedBy: String?
    var terms: BatchTerms
    /// Runs from here on have rows only if they were touched one by one; all others wait, or were cancelled with the batch.
    var nextIndex: Int
    var total: Int
    /// How many runs it was submitted with, if it was extended since.
    var firstRuns: Int?
    /// Why it ended before all its runs were done, and how many of them that rests on; nil if it did not.
    var stopReason: String?
    var stoppedAfter: Int?
    var counts: JobCounts

    /// What the counts make of the batch: it runs from its first claim on, and ends when all its jobs have and it is not open.
    var statusByCounts: BatchStatus {
        let waitsForMore = terms.isOpen && !cancelRequested && stopReason == nil
        if counts.unfinished > 0 || waitsForMore {
            return counts.pending == total && status == .pending ? .pending : .running
        }
        if counts.completed == total { return .completed }
        if stopReason != nil { return counts.failed + counts.timedOut > 0 ? .failed : .completed }
        if cancelRequested { return .cancelled }
        if counts.failed + counts.timedOut > 0 { return .failed }
        return .cancelled
    }

    /// - Parameter warnings: nil for none.
    func model(warnings: [String]?) -> Batch {
        Batch(
            batchID: batchID, name: name, status: status, totalJobs: total, completedJobs: counts.completed,
            failedJobs: counts.failed + counts.timedOut, cancelledJobs: counts.cancelled,
            createdAt: Date(instant: createdAt), completedAt: completedAt.map { Date(instant: $0) }, seed: seed, stopReason: stopReason,
            warnings: warnings,
            submittedBy: submittedBy)
    }

    init(_ row: LedgerRow) throws {
        batchID = try row.text("batch_id")
        name = try row.text("name")
        status = try row.token("status")
        seed = try row.seed()
        createdAt = try row.instant("created_at") ?? 0
        completedAt = try row.instant("completed_at")
        cancelRequested = try row.bool("cancel_requested")
        cancelledAt = try row.instant("cancelled_at")
        nextIndex = try row.int("next_index")
        tenant = try row.text("tenant")
        submittedBy = try row.optionalText("submitted_by")
        terms = try BatchTerms(row)
        total = try row.int("total")
        firstRuns = try row.optionalInt("first_runs")
        stopReason = try row.optionalText("stop_reason")
        stoppedAfter = try row.optionalInt("stopped_after")
        counts = JobCounts(
            pending: try row.int("pending"), claimed: try row.int("claimed"), running: try row.int("running"),
            completed: try row.int("completed"), failed: try row.int("failed"), timedOut: try row.int("timed_out"),
            cancelled: try row.int("cancelled"))
    }
}

extension LedgerRow {
    /// Seeds use all 64 bits, which a signed column doesn't have, so they are stored in decimal.
    func seed() throws -> UInt64 {
        let text = try text("seed")
        guard let seed = UInt64(text) else { throw StorageError.unexpected("column 'seed' holds '\(text)'") }
        return seed
    }
}
