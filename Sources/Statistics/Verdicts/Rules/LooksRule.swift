/// A table of looks. It only ever accepts; that a requirement is not met is shown by an e-process beside it.
struct LooksRule: DecisionRule {
    let table: LooksTable
    let rejection: EProcessRule

    init(table: LooksTable) {
        self.table = table
        rejection = EProcessRule(process: EProcess(for: table.requirement))
    }

    /// A table was built for one level, which is reached or not.
    func pValueMet(runs: Int, failures: Int) -> Double {
        failures <= table.mostFailures && runs >= table.boundary.smallestRuns[failures] ? table.requirement.consumersRisk : 1
    }

    func pValueNotMet(runs: Int, failures: Int) -> Double { rejection.pValueNotMet(runs: runs, failures: failures) }

    func lowerBound(runs: Int, failures: Int, level _: Double) -> Double {
        ClopperPearson.lowerBound(passes: runs - failures, runs: runs, risk: table.levelPerLook)
    }

    func upperBound(runs: Int, failures: Int, level: Double) -> Double {
        rejection.upperBound(runs: runs, failures: failures, level: level)
    }

    func runsStillNeeded(runs: Int, failures: Int, level: Double) -> Int? {
        guard failures <= table.mostFailures, allows(level) else { return nil }
        return max(table.boundary.smallestRuns[failures] - runs, 0)
    }

    func firstMet(_ sequence: FailureSequence, level: Double) -> Int? {
        let needed = table.boundary.smallestRuns
        guard allows(level) else { return nil }
        return sequence.levels.first { $0.failures < needed.count && $0.last >= needed[$0.failures] }.map { needed[$0.failures] }
    }

    func firstNotMet(_ sequence: FailureSequence, level: Double) -> Int? { rejection.firstNotMet(sequence, level: level) }

    private func allows(_ level: Double) -> Bool { ShareRequirement.isWithin(table.requirement.consumersRisk, level) }
}

/// A number of runs fixed beforehand. What has not ended may still pass or fail: a verdict falls before the last run only where
/// the remaining ones cannot change it.
struct FixedPlanRule: DecisionRule {
    let requirement: ShareRequirement
    /// The number of runs of the plan.
    let plannedRuns: Int

    func pValueMet(runs: Int, failures: Int) -> Double { distribution.cumulative(failures + plannedRuns - runs) }

    func pValueNotMet(runs _: Int, failures: Int) -> Double { distribution.survival(failures - 1) }

    func lowerBound(runs: Int, failures: Int, level: Double) -> Double {
        ClopperPearson.lowerBound(passes: runs - failures, runs: runs, risk: level)
    }

    func upperBound(runs: Int, failures: Int, level: Double) -> Double {
        ClopperPearson.upperBound(passes: runs - failures, runs: runs, risk: level)
    }

    func runsStillNeeded(runs: Int, failures: Int, level: Double) -> Int? {
        guard let allowed = allowedFailures(level), failures <= allowed else { return nil }
        return max(plannedRuns - allowed - (runs - failures), 0)
    }

    func firstMet(_ sequence: FailureSequence, level: Double) -> Int? {
        guard let allowed = allowedFailures(level) else { return nil }
        // From this pass on, no more than the allowed failures can remain.
        let passes = plannedRuns - allowed
        return sequence.levels.first { $0.last - $0.failures >= passes }.map { $0.failures + passes }
    }

    func firstNotMet(_ sequence: FailureSequence, level: Double) -> Int? {
        MonotoneSearch.first(from: 1, through: sequence.failures) { failures in
            ShareRequirement.isWithin(pValueNotMet(runs: plannedRuns, failures: failures), level)
        }.map { sequence.positions[$0 - 1] }
    }

    private var distribution: BinomialDistribution {
        BinomialDistribution(trials: plannedRuns, probability: requirement.failureShare)
    }

    private func allowedFailures(_ level: Double) -> Int? {
        FixedPlan.allowedFailures(runs: plannedRuns, failureShare: requirement.failureShare, risk: level)
    }
}
