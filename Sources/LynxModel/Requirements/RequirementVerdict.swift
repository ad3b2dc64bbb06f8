/// What a study says of a requirement.
public enum VerdictName: String, Codable, CaseIterable, Sendable {
    case met = "MET"
    case notMet = "NOT MET"
    case undecided = "UNDECIDED"
}

/// The verdict on one requirement, with all it rests on.
public struct RequirementVerdict: Codable, Hashable, Sendable {
    public var name: String
    /// What a run must do: `final_radius_km > 6990 km`.
    public var statement: String
    /// The output that it is about, and the threshold in its units; nil for a requirement of another form.
    public var output: String?
    public var threshold: Double?
    public var probability: Double
    public var confidence: Double
    public var verdict: VerdictName
    /// The runs that were judged: the first ones by index, up to the first that has not ended.
    public var runs: Int
    /// Of those, the ones that do not satisfy the statement.
    public var failures: Int
    /// Of those, the ones that gave no answer. They count as failures for MET, and as passes for NOT MET.
    public var missing: Int
    /// Bounds of the share of all runs that pass, each one-sided at the confidence.
    public var lowerBound: Double
    public var upperBound: Double
    /// How many further runs, all of them passes, would decide an undecided requirement; nil if no number would.
    public var runsStillNeeded: Int?
    /// The run indices of the first failures.
    public var firstFailures: [Int]
    /// How it was judged: `a fixed plan of 200 runs`.
    public var rule: String
    /// The runs are no independent draws, so the confidence is approximate.
    public var isApproximate: Bool
    /// One sentence for people.
    public var explanation: String

    public init(
        name: String, statement: String, output: String? = nil, threshold: Double? = nil, probability: Double, confidence: Double,
        verdict: VerdictName, runs: Int, failures: Int,
        missing: Int, lowerBound: Double, upperBound: Double, runsStillNeeded: Int?, firstFailures: [Int], rule: String,
        isApproximate: Bool, explanation: String
    ) {
        self.name = name
        self.statement = statement
        self.output = output
        self.threshold = threshold
        self.probability = probability
        self.confidence = confidence
        self.verdict = verdict
        self.runs = runs
        self.failures = failures
        self.missing = missing
        self.lowerBound = lowerBound
        self.upperBound = upperBound
        self.runsStillNeeded = runsStillNeeded
        self.firstFailures = firstFailures
        self.rule = rule
        self.isApproximate = isApproximate
        self.explanation = explanation
    }

    private enum CodingKeys: String, CodingKey {
        case name, statement, output, threshold, probability, confidence, verdict, runs, failures, missing, rule, explanation
        case lowerBound = "lower_bound"
        case upperBound = "upper_bound"
        case runsStillNeeded = "runs_still_needed"
        case firstFailures = "first_failures"
        case isApproximate = "is_approximate"
    }
}

/// Answer to `GET /batches/{id}/verdicts` and to `POST /batches/{id}/evaluate`.
public struct StudyVerdicts: Codable, Hashable, Sendable {
    public var batchID: String
    public var totalRuns: Int
    public var endedRuns: Int
    public var verdicts: [RequirementVerdict]
    /// Why the batch ended before all its runs were done; nil if it did not.
    public var stopReason: String?
    /// What a batch of `subset_simulation` has found; nil for one of another method.
    public var rareEvent: RareEventEstimate?

    public init(
        batchID: String, totalRuns: Int, endedRuns: Int, verdicts: [RequirementVerdict], stopReason: String? = nil,
        rareEvent: RareEventEstimate? = nil
    ) {
        self.rareEvent = rareEvent
        self.batchID = batchID
        self.totalRuns = totalRuns
        self.endedRuns = endedRuns
        self.verdicts = verdicts
        self.stopReason = stopReason
    }

    private enum CodingKeys: String, CodingKey {
        case verdicts
        case batchID = "batch_id"
        case totalRuns = "total_runs"
        case endedRuns = "ended_runs"
        case stopReason = "stop_reason"
        case rareEvent = "rare_event"
    }
}
