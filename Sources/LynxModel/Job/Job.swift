public import FoundationEssentials

/// `Pending → Claimed → Running → Completed | Failed | Timeout`; anything unfinished may be cancelled.
public enum JobStatus: String, Codable, CaseIterable, Sendable {
    case pending = "Pending"
    case claimed = "Claimed"
    case running = "Running"
    case completed = "Completed"
    case failed = "Failed"
    case timeout = "Timeout"
    case cancelled = "Cancelled"

    /// A terminal job is never processed again.
    public var isTerminal: Bool {
        switch self {
        case .pending, .claimed, .running: false
        case .completed, .failed, .timeout, .cancelled: true
        }
    }
}

public struct Job: Codable, Hashable, Sendable {
    public var jobID: String
    public var batchID: String
    public var runConfig: RunConfiguration
    public var status: JobStatus
    public var retries: Int
    public var maxRetries: Int
    /// The number of the latest attempt, from 1; 0 before the first claim. It is the fencing token of every report.
    public var attempt: Int
    /// Attempts that ended with their runner; they do not count as retries.
    public var lostAttempts: Int
    public var timeoutSecs: Double
    public var createdAt: Date
    public var claimedAt: Date?
    public var startedAt: Date?
    public var completedAt: Date?
    public var assignedRunner: String?
    public var errorMessage: String?
    /// What the job is waiting for; nil if the next runner that asks gets it, or the job doesn't wait.
    public var pendingReason: String?

    public init(
        jobID: String, batchID: String, runConfig: RunConfiguration, status: JobStatus, retries: Int = 0, maxRetries: Int,
        attempt: Int = 0, lostAttempts: Int = 0, timeoutSecs: Double, createdAt: Date, claimedAt: Date? = nil,
        startedAt: Date? = nil, completedAt: Date? = nil, assignedRunner: String? = nil, errorMessage: String? = nil,
        pendingReason: String? = nil
    ) {
        self.pendingReason = pendingReason
        self.jobID = jobID
        self.batchID = batchID
        self.runConfig = runConfig
        self.status = status
        self.retries = retries
        self.maxRetries = maxRetries
        self.attempt = attempt
        self.lostAttempts = lostAttempts
        self.timeoutSecs = timeoutSecs
        self.createdAt = createdAt
        self.claimedAt = claimedAt
        self.startedAt = startedAt
        self.completedAt = completedAt
        self.assignedRunner = assignedRunner
        self.errorMessage = errorMessage
    }

    private enum CodingKeys: String, CodingKey {
        case status, retries, attempt
        case jobID = "job_id"
        case batchID = "batch_id"
        case runConfig = "run_config"
        case maxRetries = "max_retries"
        case lostAttempts = "lost_attempts"
        case timeoutSecs = "timeout_secs"
        case createdAt = "created_at"
        case claimedAt = "claimed_at"
        case startedAt = "started_at"
        case completedAt = "completed_at"
        case assignedRunner = "assigned_runner"
        case errorMessage = "error_message"
        case pendingReason = "pending_reason"
    }
}
