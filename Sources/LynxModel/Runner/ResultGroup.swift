/// Ends of several attempts, reported at once: body of `POST /runner/v1/results`. Since 1.3.
public struct ResultGroup: Codable, Hashable, Sendable {
    public static let mostReports = 64

    public var runnerID: String
    public var reports: [AttemptReport]

    public init(runnerID: String, reports: [AttemptReport]) {
        self.runnerID = runnerID
        self.reports = reports
    }

    private enum CodingKeys: String, CodingKey {
        case reports
        case runnerID = "runner_id"
    }
}

/// What became of each report of a `ResultGroup`, in its order.
public struct ResultGroupAnswer: Codable, Hashable, Sendable {
    public struct Item: Codable, Hashable, Sendable {
        public var jobID: String
        public var attempt: Int
        /// What the answer to this report alone would have been; nil if it is acknowledged.
        public var problem: Problem?

        public init(jobID: String, attempt: Int, problem: Problem? = nil) {
            self.jobID = jobID
            self.attempt = attempt
            self.problem = problem
        }

        private enum CodingKeys: String, CodingKey {
            case attempt, problem
            case jobID = "job_id"
        }
    }

    public var results: [Item]

    public init(results: [Item]) { self.results = results }
}
