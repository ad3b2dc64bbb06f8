public import FoundationEssentials

public enum BatchStatus: String, Codable, CaseIterable, Sendable {
    case pending = "Pending"
    case running = "Running"
    case completed = "Completed"
    case failed = "Failed"
    case cancelled = "Cancelled"

    /// A batch ends when all its jobs are terminal.
    public var isTerminal: Bool { self == .completed || self == .failed || self == .cancelled }
}

public struct Batch: Codable, Hashable, Sendable {
    public var batchID: String
    public var name: String
    public var status: BatchStatus
    public var totalJobs: Int
    public var completedJobs: Int
    /// Failed and timed-out jobs.
    public var failedJobs: Int
    public var cancelledJobs: Int
    public var createdAt: Date
    public var completedAt: Date?
    /// The seed the samples were drawn with, also when the submission left it open.
    public var seed: UInt64
    /// Why it ended before all its runs were done: what its rule of stopping found. Nil: it did not.
    public var stopReason: String?
    /// What a person should know of it, such as results that were taken back. Nil: nothing.
    public var warnings: [String]?
    /// The name of the token that it was submitted with. Nil: nobody was asked who they are.
    public var submittedBy: String?

    public init(
        batchID: String, name: String, status: BatchStatus, totalJobs: Int, completedJobs: Int = 0, failedJobs: Int = 0,
        cancelledJobs: Int = 0, createdAt: Date, completedAt: Date? = nil, seed: UInt64, stopReason: String? = nil, warnings: [String]? = nil,
        submittedBy: String? = nil
    ) {
        self.submittedBy = submittedBy
        self.stopReason = stopReason
        self.warnings = warnings
        self.batchID = batchID
        self.name = name
        self.status = status
        self.totalJobs = totalJobs
        self.completedJobs = completedJobs
        self.failedJobs = failedJobs
        self.cancelledJobs = cancelledJobs
        self.createdAt = createdAt
        self.completedAt = completedAt
        self.seed = seed
    }

    private enum CodingKeys: String, CodingKey {
        case name, status, seed, warnings
        case batchID = "batch_id"
        case totalJobs = "total_jobs"
        case completedJobs = "completed_jobs"
        case failedJobs = "failed_jobs"
        case cancelledJobs = "cancelled_jobs"
        case createdAt = "created_at"
        case completedAt = "completed_at"
        case stopReason = "stop_reason"
        case submittedBy = "submitted_by"
    }
}

/// Answer to `POST /jobs`.
public struct BatchReceipt: Codable, Hashable, Sendable {
    public var batchID: String
    public var totalJobs: Int
    /// From `simulation.duration_minutes`, the number of runs and the free slots of the pool; a guess, in minutes.
    public var estimatedCompletionTimeMins: Double
    /// Why no runner that is registered now could ever take the jobs; nil if one could.
    public var unroutable: String?

    public init(batchID: String, totalJobs: Int, estimatedCompletionTimeMins: Double, unroutable: String? = nil) {
        self.unroutable = unroutable
        self.batchID = batchID
        self.totalJobs = totalJobs
        self.estimatedCompletionTimeMins = estimatedCompletionTimeMins
    }

    private enum CodingKeys: String, CodingKey {
        case unroutable
        case batchID = "batch_id"
        case totalJobs = "total_jobs"
        case estimatedCompletionTimeMins = "estimated_completion_time_mins"
    }
}

/// Answer to `GET /batches/{id}`; states without jobs are left out of the counts.
public struct BatchOverview: Codable, Hashable, Sendable {
    public var batch: Batch
    public var jobsByStatus: [String: Int]
    /// Why no registered runner could ever take the jobs that wait; nil if one could, or none waits.
    public var unroutable: String?
    /// What the jobs that wait are waiting for, `unroutable` or not; nil if the next runner that asks gets them, or none waits.
    public var pendingReason: String?
    /// Which disk of the control plane is full, so that nothing goes on; nil if none is.
    public var storageProblem: String?
    /// How many jobs the call has queued again; nil for calls that do no such thing.
    public var requeued: Int?
    /// The index of the nominal run, which is the last of the jobs and no part of the sample; nil if there is none. Since 1.7.
    public var nominalRun: Int?

    public init(
        batch: Batch, jobsByStatus: [JobStatus: Int], unroutable: String? = nil, pendingReason: String? = nil, storageProblem: String? = nil,
        nominalRun: Int? = nil
    ) {
        self.nominalRun = nominalRun
        self.batch = batch
        self.unroutable = unroutable
        self.pendingReason = pendingReason
        self.storageProblem = storageProblem
        self.jobsByStatus = Dictionary(uniqueKeysWithValues: jobsByStatus.map { ($0.key.rawValue, $0.value) })
    }

    public func count(_ status: JobStatus) -> Int { jobsByStatus[status.rawValue] ?? 0 }

    /// How many runs the sample has: the jobs without that of the nominal run.
    public var sampleRuns: Int { batch.totalJobs - (nominalRun == nil ? 0 : 1) }

    private enum CodingKeys: String, CodingKey {
        case batch, unroutable, requeued
        case nominalRun = "nominal_run"
        case pendingReason = "pending_reason"
        case jobsByStatus = "jobs_by_status"
        case storageProblem = "storage_problem"
    }
}
