/// What a study says of a requirement.
package enum Verdict: String, Sendable, Hashable {
    case met = "MET"
    case notMet = "NOT MET"
    case undecided = "UNDECIDED"
}

/// A verdict with everything it rests on.
package struct Judgement: Sendable, Hashable {
    package var requirement: ShareRequirement

    /// MET only if it is so with every run without an answer taken for a failure, NOT MET only with every one taken for a pass.
    package var verdict: Verdict
    /// What it would be if the runs without an answer passed.
    package var verdictIfMissingPass: Verdict
    package var verdictIfMissingFail: Verdict

    /// The counts over the longest prefix of run indices that have all ended.
    package var tally: RunTally

    /// One-sided bounds of the share of passes in all runs, each valid with the requirement's confidence: the lower one counts
    /// runs without an answer as failures, the upper one as passes. They are Clopper and Pearson's for a fixed plan, to be
    /// relied on once all of its runs have ended; for a table of looks the lower one is theirs at the table's level for a
    /// single look; otherwise they hold at all looks together.
    package var bounds: Interval

    /// The p-value for "the share is below the required one", runs without an answer taken for failures; valid under repeated
    /// looks if the rule is.
    package var pValueMet: Double
    /// The p-value for "the share is at least the required one", runs without an answer taken for passes.
    package var pValueNotMet: Double

    /// How many further runs, all of them passes, make an undecided requirement MET; nil if no number of them does under the
    /// rule, 0 if it is decided.
    package var runsStillNeeded: Int?

    /// That the runs are no independent draws, so that the verdict's confidence is approximate.
    package var approximate: Bool

    /// Whether the verdict depends on runs without an answer.
    package var hingesOnMissing: Bool {
        verdict == .undecided && (verdictIfMissingPass != verdict || verdictIfMissingFail != verdict)
    }
}
