/// Answer to `GET /jobs/{id}/telemetry`: what the control plane has of an attempt's telemetry, also while it runs.
public struct JobTelemetry: Codable, Hashable, Sendable, HoldsNumberLists {
    public var jobID: String
    public var attempt: Int
    /// The attempt has ended and nothing more comes.
    public var complete: Bool
    /// By name.
    public var variables: [String: Variable]

    public init(jobID: String, attempt: Int, complete: Bool, variables: [String: Variable]) {
        self.jobID = jobID
        self.attempt = attempt
        self.complete = complete
        self.variables = variables
    }

    public struct Variable: Codable, Hashable, Sendable {
        public var units: String
        /// Of all samples of the run, as in its result; nil until that is there.
        public var count: Int?
        public var first: Double?
        public var last: Double?
        public var min: Double?
        public var max: Double?
        /// How many points are stored in the span asked for; more than there are below if they were downsampled.
        public var points: Int
        /// Simulated seconds, one for each of `values`.
        @NumberList public var timeS: [Double]
        @NumberList public var values: [Double]

        public init(units: String, points: Int, timeS: [Double], values: [Double]) {
            self.units = units
            self.points = points
            self.timeS = timeS
            self.values = values
        }

        private enum CodingKeys: String, CodingKey {
            case units, count, first, last, min, max, points, values
            case timeS = "time_s"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case attempt, complete, variables
        case jobID = "job_id"
    }
}
