/// Answer to `GET /batches/{id}/telemetry/bands`: one variable of all runs of a batch against simulated time.
public struct TelemetryBands: Codable, Hashable, Sendable {
    public var batchID: String
    public var variable: String
    public var units: String
    /// The span of simulated time, in seconds; nil while no run has given the variable.
    public var from: Double?
    public var to: Double?
    /// Runs that gave the variable, of those that were read.
    public var runs: Int
    /// Of how many of these runs the quantiles are; fewer than `runs` where there are so many that every second, fourth, … is taken.
    public var quantileRuns: Int
    /// Runs that were read, of those that have ended.
    public var readRuns: Int
    public var endedRuns: Int
    public var totalRuns: Int
    /// Whether all runs that have ended were read. If not, the same call goes on with the others.
    public var complete: Bool
    /// Evenly spaced, in simulated seconds.
    public var timeS: [Double]
    /// How many runs have a value at each time: those that were at work before and after it.
    public var count: [Int]
    /// 0 and 1 stand for the least and the greatest of all points, between the times too.
    public var probabilities: [Double]
    /// For each of `probabilities`, a value for each time; nil where no run has one.
    public var quantiles: [[Double?]]
    /// The runs that were asked for.
    public var lines: [Line]
    /// Runs that a stopping condition killed within the span; the first thousand that ended.
    public var breaches: [Breach]
    public var breachesTotal: Int

    public struct Line: Codable, Hashable, Sendable {
        public var run: Int
        /// Of the variable; the least and the greatest of each part stay.
        public var timeS: [Double]
        public var values: [Double]

        public init(run: Int, timeS: [Double], values: [Double]) {
            self.run = run
            self.timeS = timeS
            self.values = values
        }

        private enum CodingKeys: String, CodingKey {
            case run, values
            case timeS = "time_s"
        }
    }

    public struct Breach: Codable, Hashable, Sendable {
        public var run: Int
        /// In simulated seconds.
        public var timeS: Double
        /// The variable's latest value then; nil where there was none.
        public var value: Double?
        public var condition: String

        public init(run: Int, timeS: Double, value: Double?, condition: String) {
            self.run = run
            self.timeS = timeS
            self.value = value
            self.condition = condition
        }

        private enum CodingKeys: String, CodingKey {
            case run, value, condition
            case timeS = "time_s"
        }
    }

    public init(batchID: String, variable: String) {
        self.batchID = batchID
        self.variable = variable
        units = ""
        (runs, quantileRuns, readRuns, endedRuns, totalRuns, breachesTotal) = (0, 0, 0, 0, 0, 0)
        complete = false
        (timeS, count, probabilities, quantiles, lines, breaches) = ([], [], [], [], [], [])
    }

    private enum CodingKeys: String, CodingKey {
        case variable, units, from, to, runs, complete, count, probabilities, quantiles, lines, breaches
        case batchID = "batch_id"
        case quantileRuns = "quantile_runs"
        case readRuns = "read_runs"
        case endedRuns = "ended_runs"
        case totalRuns = "total_runs"
        case timeS = "time_s"
        case breachesTotal = "breaches_total"
    }
}

/// Answer to `GET /batches/{id}/telemetry/variables`.
public struct TelemetryVariables: Codable, Hashable, Sendable {
    public struct Variable: Codable, Hashable, Sendable {
        public var name: String
        public var units: String

        public init(name: String, units: String) {
            self.name = name
            self.units = units
        }
    }

    /// By name.
    public var variables: [Variable]

    public init(variables: [Variable]) { self.variables = variables }
}
