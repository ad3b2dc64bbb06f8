/// Answer to `GET /batches/{id}/drivers`: what drives the outputs of a study, and what tells its failures apart.
public struct StudyDrivers: Codable, Hashable, Sendable {
    public var batchID: String
    /// Of the output that was asked for, or of those that requirements are about, or of the first ones.
    public var drivers: [OutputDrivers]
    /// What tells failed runs from others; nil if all passed, or all failed.
    public var separators: FailureSeparators?

    public init(batchID: String, drivers: [OutputDrivers], separators: FailureSeparators?) {
        self.batchID = batchID
        self.drivers = drivers
        self.separators = separators
    }

    private enum CodingKeys: String, CodingKey {
        case drivers, separators
        case batchID = "batch_id"
    }
}

/// What drives an output: the dispersed parameters, those that matter most first.
public struct OutputDrivers: Codable, Hashable, Sendable {
    public struct Driver: Codable, Hashable, Sendable {
        public var parameter: String
        /// The share of the output's variance that the parameter seems to explain alone.
        public var importance: Double
        /// Whether it can be told from a parameter without effect.
        public var isDetected: Bool
        public var spearman: Estimate?
        public var partialRankCorrelation: Estimate?
        /// The standardised regression coefficient.
        public var regression: Estimate?
        /// The first-order index, from ranks.
        public var firstOrder: Estimate?
        public var pawn: Estimate?

        public init(
            parameter: String, importance: Double, isDetected: Bool, spearman: Estimate?, partialRankCorrelation: Estimate?,
            regression: Estimate?, firstOrder: Estimate?, pawn: Estimate?
        ) {
            self.parameter = parameter
            self.importance = importance
            self.isDetected = isDetected
            self.spearman = spearman
            self.partialRankCorrelation = partialRankCorrelation
            self.regression = regression
            self.firstOrder = firstOrder
            self.pawn = pawn
        }

        private enum CodingKeys: String, CodingKey {
            case parameter, importance, spearman, regression, pawn
            case isDetected = "is_detected"
            case partialRankCorrelation = "partial_rank_correlation"
            case firstOrder = "first_order"
        }
    }

    public var output: String
    public var runs: Int
    /// Runs without the output, which are left out.
    public var missing: Int
    /// The share of the variance that a linear model of all parameters explains.
    public var rSquared: Double?
    public var drivers: [Driver]
    /// Of a batch with `sampling_method: saltelli`; nil for another, and where fewer than two blocks are complete.
    public var sobol: SobolAnalysis?

    public init(output: String, runs: Int, missing: Int, rSquared: Double?, drivers: [Driver], sobol: SobolAnalysis? = nil) {
        self.output = output
        self.runs = runs
        self.missing = missing
        self.rSquared = rSquared
        self.drivers = drivers
        self.sobol = sobol
    }

    private enum CodingKeys: String, CodingKey {
        case output, runs, missing, drivers, sobol
        case rSquared = "r_squared"
    }
}

/// What tells failed runs from those that passed: single parameters and pairs, with false discoveries controlled at 5 %.
public struct FailureSeparators: Codable, Hashable, Sendable {
    public struct Separator: Codable, Hashable, Sendable {
        /// One parameter, or the two of a pair.
        public var parameters: [String]
        /// How a pair makes one score; nil for a single parameter.
        public var form: String?
        /// The Kolmogorov–Smirnov distance between failed and passed runs.
        public var distance: Double
        /// Where it is: for a single parameter a value of it, for a pair of its score.
        public var cut: Double
        public var failuresLieAbove: Bool
        public var areaUnderROC: Double
        /// The smallest rate of false discoveries at which it is one.
        public var qValue: Double
        public var isDiscovery: Bool

        public init(
            parameters: [String], form: String?, distance: Double, cut: Double, failuresLieAbove: Bool, areaUnderROC: Double, qValue: Double,
            isDiscovery: Bool
        ) {
            self.parameters = parameters
            self.form = form
            self.distance = distance
            self.cut = cut
            self.failuresLieAbove = failuresLieAbove
            self.areaUnderROC = areaUnderROC
            self.qValue = qValue
            self.isDiscovery = isDiscovery
        }

        private enum CodingKeys: String, CodingKey {
            case parameters, form, distance, cut
            case failuresLieAbove = "failures_lie_above"
            case areaUnderROC = "area_under_roc"
            case qValue = "q_value"
            case isDiscovery = "is_discovery"
        }
    }

    public var failed: Int
    public var passed: Int
    public var missing: Int
    /// The strongest first; the ten best pairs after all parameters.
    public var separators: [Separator]

    public init(failed: Int, passed: Int, missing: Int, separators: [Separator]) {
        self.failed = failed
        self.passed = passed
        self.missing = missing
        self.separators = separators
    }
}
