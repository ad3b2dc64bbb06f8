/// A way to come to a verdict on a requirement from n runs with k failures.
protocol DecisionRule: Sendable {
    /// A p-value for "the share is below the required one", valid in the way in which the rule is looked at.
    func pValueMet(runs: Int, failures: Int) -> Double

    /// A p-value for "the share is at least the required one".
    func pValueNotMet(runs: Int, failures: Int) -> Double

    /// The lower bound of the share of passes that is wrong with probability `level` at most.
    func lowerBound(runs: Int, failures: Int, level: Double) -> Double

    func upperBound(runs: Int, failures: Int, level: Double) -> Double

    /// How many further runs, all of them passes, it takes until the requirement is met at a level; nil if they cannot do it.
    func runsStillNeeded(runs: Int, failures: Int, level: Double) -> Int?

    /// After how many runs of a sequence the requirement is first met; nil if it is not.
    func firstMet(_ sequence: FailureSequence, level: Double) -> Int?

    /// After how many runs of a sequence it is first shown not to be met.
    func firstNotMet(_ sequence: FailureSequence, level: Double) -> Int?
}

/// In which of a number of runs the failures fell: runs without an answer are taken for one or the other.
struct FailureSequence: Sendable, Hashable {
    private(set) var runs = 0
    /// The runs that failed, counted from 1, in ascending order.
    private(set) var positions: [Int] = []

    var failures: Int { positions.count }

    /// The longest prefix of runs that have ended.
    ///
    /// - Parameter limit: later runs are left out.
    init(prefixOf outcomes: [RunOutcome], missingFail: Bool, limit: Int = .max) {
        for outcome in outcomes.prefix(limit) {
            if outcome == .pending { break }
            runs += 1
            if outcome == .fail || (missingFail && outcome == .missing) { positions.append(runs) }
        }
    }

    /// Stretches of runs in which the number of failures stays the same: that number, and the last run of the stretch.
    var levels: some Sequence<(failures: Int, last: Int)> {
        (0...positions.count).lazy.map { failures in
            (failures, failures < positions.count ? positions[failures] - 1 : runs)
        }
    }
}
