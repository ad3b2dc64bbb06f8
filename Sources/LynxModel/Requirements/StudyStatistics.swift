/// A value with an interval; nil where the data do not bound a side.
public struct Estimate: Codable, Hashable, Sendable {
    public var value: Double?
    public var low: Double?
    public var high: Double?

    public init(value: Double?, low: Double?, high: Double?) {
        func finite(_ number: Double?) -> Double? { number.flatMap { $0.isFinite ? $0 : nil } }
        (self.value, self.low, self.high) = (finite(value), finite(low), finite(high))
    }
}

/// Answer to `GET /batches/{id}/statistics`: what a study says of its outputs and its breaches.
public struct StudyStatistics: Codable, Hashable, Sendable {
    public var batchID: String
    public var totalRuns: Int
    public var endedRuns: Int
    public var outputs: [OutputStatistics]
    /// The probability of a breach against simulated time; nil if there was none.
    public var breach: BreachStatistics?
    /// Of the pairs that were asked for; nil if none were.
    public var ellipses: [OutputEllipses]?

    public init(
        batchID: String, totalRuns: Int, endedRuns: Int, outputs: [OutputStatistics], breach: BreachStatistics?, ellipses: [OutputEllipses]? = nil
    ) {
        self.batchID = batchID
        self.totalRuns = totalRuns
        self.endedRuns = endedRuns
        self.outputs = outputs
        self.breach = breach
        self.ellipses = ellipses
    }

    private enum CodingKeys: String, CodingKey {
        case outputs, breach, ellipses
        case batchID = "batch_id"
        case totalRuns = "total_runs"
        case endedRuns = "ended_runs"
    }
}

/// One output over all runs that have ended.
public struct OutputStatistics: Codable, Hashable, Sendable {
    public struct Quantile: Codable, Hashable, Sendable {
        public var probability: Double
        public var estimate: Estimate

        public init(probability: Double, estimate: Estimate) {
            self.probability = probability
            self.estimate = estimate
        }
    }

    public var name: String
    public var units: String
    /// Runs that gave a number.
    public var count: Int
    /// Runs that ended without one. The mean and the deviation are those of the others; the intervals of quantiles hold
    /// wherever the missing values lie.
    public var missing: Int
    /// With Student's 95 % interval.
    public var mean: Estimate
    public var standardDeviation: Double?
    public var min: Double?
    public var max: Double?
    /// With 95 % intervals from order statistics.
    public var quantiles: [Quantile]
    /// Holds 95 % of all runs, with a confidence of 95 %; nil if there are too few runs.
    public var tolerance: Estimate?
    /// The edges of the histogram's bins, one more than there are counts.
    public var binEdges: [Double]
    public var binCounts: [Int]
    /// Points of the distribution function: values, and the share of runs up to each.
    public var distributionValues: [Double]
    public var distributionShares: [Double]
    /// The mean over the first runs, by index, with its interval: numbers of runs and estimates.
    public var runningRuns: [Int]
    public var runningMeans: [Estimate]

    public init(
        name: String, units: String, count: Int, missing: Int, mean: Estimate, standardDeviation: Double?, min: Double?, max: Double?,
        quantiles: [Quantile], tolerance: Estimate?, binEdges: [Double], binCounts: [Int], distributionValues: [Double],
        distributionShares: [Double], runningRuns: [Int], runningMeans: [Estimate]
    ) {
        self.name = name
        self.units = units
        self.count = count
        self.missing = missing
        self.mean = mean
        self.standardDeviation = standardDeviation
        self.min = min
        self.max = max
        self.quantiles = quantiles
        self.tolerance = tolerance
        self.binEdges = binEdges
        self.binCounts = binCounts
        self.distributionValues = distributionValues
        self.distributionShares = distributionShares
        self.runningRuns = runningRuns
        self.runningMeans = runningMeans
    }

    private enum CodingKeys: String, CodingKey {
        case name, units, count, missing, mean, min, max, quantiles, tolerance
        case standardDeviation = "standard_deviation"
        case binEdges = "bin_edges"
        case binCounts = "bin_counts"
        case distributionValues = "distribution_values"
        case distributionShares = "distribution_shares"
        case runningRuns = "running_runs"
        case runningMeans = "running_means"
    }
}

/// The probability of a breach against simulated time (Kaplan and Meier), as a step function.
public struct BreachStatistics: Codable, Hashable, Sendable {
    /// In seconds, ascending.
    public var times: [Double]
    /// That a run has breached by each time, with 95 % intervals.
    public var probabilities: [Estimate]
    /// By stopping condition, how many runs it killed.
    public var breaches: [String: Int]
    /// Runs of which neither a breach nor an end is known.
    public var missing: Int

    public init(times: [Double], probabilities: [Estimate], breaches: [String: Int], missing: Int) {
        self.times = times
        self.probabilities = probabilities
        self.breaches = breaches
        self.missing = missing
    }
}
