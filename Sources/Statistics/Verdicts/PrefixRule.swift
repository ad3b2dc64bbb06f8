/// What is known of one run with respect to one requirement.
package enum RunOutcome: UInt8, Sendable, Hashable {
    /// It has not ended.
    case pending
    case pass
    case fail
    /// It ended without an answer: it was lost, timed out, or its simulator failed.
    case missing
}

/// The prefix rule: runs that fail early also end early, so that the first ones to end hold too many failures. A verdict is
/// therefore taken on the longest prefix of run indices that have all ended, never in the order of their ends.
package enum PrefixRule {
    /// The length of the longest prefix without a pending run.
    package static func endedRuns(_ outcomes: [RunOutcome]) -> Int {
        outcomes.firstIndex(of: .pending) ?? outcomes.count
    }

    /// The counts over that prefix.
    ///
    /// - Parameter limit: later runs are left out.
    package static func tally(_ outcomes: [RunOutcome], limit: Int = .max) -> RunTally {
        var tally = RunTally()
        for outcome in outcomes.prefix(limit) {
            switch outcome {
            case .pending: return tally
            case .pass: tally.runs += 1
            case .fail:
                tally.runs += 1
                tally.failures += 1
            case .missing:
                tally.runs += 1
                tally.missing += 1
            }
        }
        return tally
    }
}

/// How many runs ended, and how.
package struct RunTally: Sendable, Hashable {
    /// All of them, also those without an answer.
    package var runs = 0
    package var failures = 0
    package var missing = 0

    package init(runs: Int = 0, failures: Int = 0, missing: Int = 0) {
        (self.runs, self.failures, self.missing) = (runs, failures, missing)
    }

    /// The share of passes: the lower end counts runs without an answer as failures, the upper end as passes. All of [0, 1]
    /// without any run.
    package var share: Interval {
        guard runs > 0 else { return Interval(0, 1) }
        return Interval(Double(runs - failures - missing) / Double(runs), Double(runs - failures) / Double(runs))
    }
}
