public import FoundationEssentials

/// One try at a job, by one runner.
public struct JobAttempt: Codable, Hashable, Sendable {
    /// From 1.
    public var attempt: Int
    public var runnerID: String
    public var claimedAt: Date
    public var startedAt: Date?
    public var endedAt: Date?
    /// Nil while it is out with its runner.
    public var outcome: AttemptOutcome?
    public var message: String?
    /// Whether it left a result; a lost one mostly didn't.
    public var hasResult: Bool

    public init(
        attempt: Int, runnerID: String, claimedAt: Date, startedAt: Date? = nil, endedAt: Date? = nil,
        outcome: AttemptOutcome? = nil, message: String? = nil, hasResult: Bool
    ) {
        self.attempt = attempt
        self.runnerID = runnerID
        self.claimedAt = claimedAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.outcome = outcome
        self.message = message
        self.hasResult = hasResult
    }

    private enum CodingKeys: String, CodingKey {
        case attempt, outcome, message
        case runnerID = "runner_id"
        case claimedAt = "claimed_at"
        case startedAt = "started_at"
        case endedAt = "ended_at"
        case hasResult = "has_result"
    }
}

/// The event `job` of `GET /batches/{id}/events`: a job has reached a terminal state.
public struct JobEnd: Codable, Hashable, Sendable {
    public var jobID: String
    public var runIndex: Int
    public var status: JobStatus
    /// The number of the attempt that ended it; 0 if there was none.
    public var attempt: Int
    public var errorMessage: String?

    public init(jobID: String, runIndex: Int, status: JobStatus, attempt: Int, errorMessage: String? = nil) {
        self.jobID = jobID
        self.runIndex = runIndex
        self.status = status
        self.attempt = attempt
        self.errorMessage = errorMessage
    }

    private enum CodingKeys: String, CodingKey {
        case status, attempt
        case jobID = "job_id"
        case runIndex = "run_index"
        case errorMessage = "error_message"
    }
}
