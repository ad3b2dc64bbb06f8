/// The probability of a rare failure, as far as a batch of `subset_simulation` has found it.
public struct RareEventEstimate: Codable, Hashable, Sendable {
    public enum State: String, Codable, CaseIterable, Sendable {
        /// Runs are under way.
        case running
        /// Enough runs of the last level fail.
        case finished
        /// The output has the same value in all runs of the last level, or too few have one: no further level can be found.
        case stalled
        /// The batch may have no further runs.
        case atLimit = "at_limit"
        /// The batch was cancelled, or a result that later levels rest on was taken back.
        case broken
    }

    /// A level of the simulation, from the one of independent runs on.
    public struct Level: Codable, Hashable, Sendable {
        /// How far from failure a run of the next level is at most, in the output's units; 0 in the last one.
        public var threshold: Double
        /// Of getting that close, given the level before.
        public var probability: Double
        /// Samples, of which only those are runs that a chain moved to.
        public var samples: Int
        public var runs: Int
        /// Runs without a value of the output.
        public var missing: Int

        public init(threshold: Double, probability: Double, samples: Int, runs: Int, missing: Int) {
            self.threshold = threshold
            self.probability = probability
            self.samples = samples
            self.runs = runs
            self.missing = missing
        }
    }

    public var batchID: String
    public var state: State
    /// Which runs fail, such as `miss_distance_km > 5`.
    public var limitState: String
    /// Of failure; nil until the simulation is finished, and where no run failed.
    public var probability: Double?
    /// Of `probability`, so that 0.3 means a standard error of 30 %.
    public var coefficientOfVariation: Double?
    /// An interval of the probability at `confidence`; while it is not finished, from 0 to the probability of the last level.
    public var low: Double
    public var high: Double
    public var confidence: Double
    /// The probability if all runs without a value failed; nil if all have one, or it is not finished.
    public var probabilityIfMissingFail: Double?
    /// Levels that are complete.
    public var levels: [Level]
    /// Of them, and of the level at hand.
    public var runs: Int
    public var missing: Int
    /// The indices of failed runs, the first of them.
    public var failedRuns: [Int]
    /// For people.
    public var explanation: String

    public static let confidence = 0.9

    public init(
        batchID: String, state: State, limitState: String, probability: Double? = nil, coefficientOfVariation: Double? = nil, low: Double,
        high: Double, confidence: Double = confidence, probabilityIfMissingFail: Double? = nil, levels: [Level], runs: Int, missing: Int,
        failedRuns: [Int], explanation: String
    ) {
        self.batchID = batchID
        self.state = state
        self.limitState = limitState
        self.probability = probability
        self.coefficientOfVariation = coefficientOfVariation
        self.low = low
        self.high = high
        self.confidence = confidence
        self.probabilityIfMissingFail = probabilityIfMissingFail
        self.levels = levels
        self.runs = runs
        self.missing = missing
        self.failedRuns = failedRuns
        self.explanation = explanation
    }

    private enum CodingKeys: String, CodingKey {
        case state, probability, low, high, confidence, levels, runs, missing, explanation
        case batchID = "batch_id"
        case limitState = "limit_state"
        case coefficientOfVariation = "coefficient_of_variation"
        case probabilityIfMissingFail = "probability_if_missing_fail"
        case failedRuns = "failed_runs"
    }
}
