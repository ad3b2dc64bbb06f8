/// Answer to `GET /batches/{id}/compare/{other}`: what changed from one study to another.
public struct StudyComparison: Codable, Hashable, Sendable {
    public var firstBatchID: String
    public var secondBatchID: String
    /// The runs of equal index have the same seed and parameters, so they are compared one by one.
    public var isPaired: Bool
    /// Why the runs are no pairs; nil if they are.
    public var unpairedReason: String?
    /// How many runs have ended in both, if they are pairs.
    public var pairs: Int
    public var requirements: [RequirementChange]
    public var outputs: [OutputChange]
    /// Whether both were made with the same code. Nil where a study has no results, and from a control plane that does not tell.
    public var code: CodeComparison?

    /// Whether a run fails that passed before; without pairs, whether fewer runs pass than before.
    public var hasRegression: Bool { requirements.contains(where: \.isWorse) }

    public init(
        firstBatchID: String, secondBatchID: String, isPaired: Bool, unpairedReason: String?, pairs: Int, requirements: [RequirementChange],
        outputs: [OutputChange], code: CodeComparison? = nil
    ) {
        self.code = code
        self.firstBatchID = firstBatchID
        self.secondBatchID = secondBatchID
        self.isPaired = isPaired
        self.unpairedReason = unpairedReason
        self.pairs = pairs
        self.requirements = requirements
        self.outputs = outputs
    }

    private enum CodingKeys: String, CodingKey {
        case pairs, requirements, outputs, code
        case firstBatchID = "first_batch_id"
        case secondBatchID = "second_batch_id"
        case isPaired = "is_paired"
        case unpairedReason = "unpaired_reason"
    }
}

/// How the runs satisfy a requirement in two studies.
public struct RequirementChange: Codable, Hashable, Sendable {
    public var name: String
    public var statement: String
    public var firstFailures: Int
    public var secondFailures: Int
    public var firstRuns: Int
    public var secondRuns: Int
    /// Run indices; empty without pairs.
    public var newlyFailing: [Int]
    public var newlyPassing: [Int]
    /// Pairs of which one run gave no answer.
    public var missing: Int
    /// Of "nothing changed": McNemar's exact test for pairs, adjusted by Holm over all requirements; nil without pairs.
    public var pValue: Double?
    /// The share that passes in the second less that in the first, with Newcombe's 95 % interval; nil with pairs.
    public var shareDifference: Estimate?

    /// Without pairs only a difference counts whose interval does not hold 0.
    public var isWorse: Bool { !newlyFailing.isEmpty || (shareDifference?.high ?? 0) < 0 }
    public var isBetter: Bool { !isWorse && (!newlyPassing.isEmpty || (shareDifference?.low ?? 0) > 0) }

    public init(
        name: String, statement: String, firstFailures: Int, secondFailures: Int, firstRuns: Int, secondRuns: Int, newlyFailing: [Int],
        newlyPassing: [Int], missing: Int, pValue: Double?, shareDifference: Estimate?
    ) {
        self.name = name
        self.statement = statement
        self.firstFailures = firstFailures
        self.secondFailures = secondFailures
        self.firstRuns = firstRuns
        self.secondRuns = secondRuns
        self.newlyFailing = newlyFailing
        self.newlyPassing = newlyPassing
        self.missing = missing
        self.pValue = pValue
        self.shareDifference = shareDifference
    }

    private enum CodingKeys: String, CodingKey {
        case name, statement, missing
        case firstFailures = "first_failures"
        case secondFailures = "second_failures"
        case firstRuns = "first_runs"
        case secondRuns = "second_runs"
        case newlyFailing = "newly_failing"
        case newlyPassing = "newly_passing"
        case pValue = "p_value"
        case shareDifference = "share_difference"
    }
}

/// How an output differs between two studies.
public struct OutputChange: Codable, Hashable, Sendable {
    public struct Run: Codable, Hashable, Sendable {
        public var run: Int
        public var first: Double
        public var second: Double

        public init(run: Int, first: Double, second: Double) {
            self.run = run
            self.first = first
            self.second = second
        }
    }

    public var name: String
    public var units: String
    /// Runs of which both studies have a number, and how many of those changed; nil without pairs.
    public var pairs: Int?
    public var changed: Int?
    /// The mean of second less first, with a 95 % bootstrap interval; nil without pairs.
    public var meanDifference: Estimate?
    /// The runs that changed most, the largest change first; empty without pairs.
    public var largest: [Run]
    /// The Kolmogorov–Smirnov distance between the two, and the p-value of "the same distribution", adjusted by Holm over all
    /// outputs; nil with pairs.
    public var distance: Double?
    public var pValue: Double?

    public init(
        name: String, units: String, pairs: Int?, changed: Int?, meanDifference: Estimate?, largest: [Run], distance: Double?, pValue: Double?
    ) {
        self.name = name
        self.units = units
        self.pairs = pairs
        self.changed = changed
        self.meanDifference = meanDifference
        self.largest = largest
        self.distance = distance
        self.pValue = pValue
    }

    private enum CodingKeys: String, CodingKey {
        case name, units, pairs, changed, largest, distance
        case meanDifference = "mean_difference"
        case pValue = "p_value"
    }
}
