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
