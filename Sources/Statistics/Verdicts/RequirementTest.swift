/// How a study may be looked at.
package enum VerdictRule: Sendable, Hashable {
    /// Once, after so many runs. While some of them have not ended, a verdict falls only if they cannot change it any more.
    case fixedPlan(runs: Int)
    /// After every run, by a table made for the requirement.
    case looks(LooksTable)
    /// After every run, without a limit on runs or failures.
    /// The prior is the standard one where it is nil.
    case eProcess(prior: EProcess.Prior? = nil)
}

/// A requirement together with the rule by which it is judged.
package struct RequirementTest: Sendable, Hashable {
    package let requirement: ShareRequirement
    package let rule: VerdictRule

    /// Traps if a table of looks was made for another share, or a plan has no runs.
    package init(_ requirement: ShareRequirement, by rule: VerdictRule) {
        switch rule {
        case .fixedPlan(let runs): precondition(runs > 0, "a plan of \(runs) runs")
        case .looks(let table): precondition(table.requirement.share == requirement.share, "a table of looks for another share")
        case .eProcess: break
        }
        self.requirement = requirement
        self.rule = rule
    }

    /// The verdict on the longest prefix of runs that have all ended. It rests on that prefix alone: with a rule for repeated
    /// looks, it may be taken at any time, and a verdict that has fallen may still give way to an undecided one as runs follow.
    ///
    /// - Parameters:
    ///   - outcomes: one for each run, in the order of run indices.
    ///   - approximate: whether the runs are the points of a design, and so not independent; the verdict is labelled so.
    package func judge(_ outcomes: [RunOutcome], approximate: Bool = false) -> Judgement {
        let risk = requirement.consumersRisk
        return judge(outcomes, levels: (risk, risk), approximate: approximate)
    }

    /// After how many runs, in the order of their indices, a verdict first falls; nil if none does. A study that ends at its
    /// first verdict is judged on that many outcomes, whatever else has ended in the meantime.
    package func runsUntilVerdict(_ outcomes: [RunOutcome]) -> Int? {
        let (rule, risk) = (decisionRule, requirement.consumersRisk)
        let met = rule.firstMet(FailureSequence(prefixOf: outcomes, missingFail: true, limit: limit), level: risk)
        let notMet = rule.firstNotMet(FailureSequence(prefixOf: outcomes, missingFail: false, limit: limit), level: risk)
        return [met, notMet].compactMap(\.self).min()
    }

    /// The verdicts on several requirements that are to hold together, by Holm's rule: the probability that any of them is
    /// wrongly found MET is at most α, and so is that of any wrong NOT MET. With several confidences, α is the largest 1 − c.
    ///
    /// The bounds and the runs still needed are those at the level that Holm's rule leaves to each; `pValueMet` and
    /// `pValueNotMet` are adjusted. A table of looks has to be made for `requirement.amongst(count)`.
    package static func judgeTogether(
        _ cases: [(test: RequirementTest, outcomes: [RunOutcome])], approximate: Bool = false
    ) -> [Judgement] {
        let alone = cases.map { $0.test.judge($0.outcomes, approximate: approximate) }
        let met = HolmFamily(pValues: alone.map(\.pValueMet))
        let notMet = HolmFamily(pValues: alone.map(\.pValueNotMet))
        return cases.indices.map { index in
            let test = cases[index].test
            let risk = test.requirement.consumersRisk
            var judgement = test.judge(
                cases[index].outcomes, levels: (met.level(of: index, risk: risk), notMet.level(of: index, risk: risk)),
                approximate: approximate)
            judgement.pValueMet = met.adjusted[index]
            judgement.pValueNotMet = notMet.adjusted[index]
            return judgement
        }
    }

    private func judge(_ outcomes: [RunOutcome], levels: (met: Double, notMet: Double), approximate: Bool) -> Judgement {
        let rule = decisionRule
        let tally = PrefixRule.tally(outcomes, limit: limit)
        let (fewest, most) = (tally.failures, tally.failures + tally.missing)
        func verdict(_ metWith: Int, _ notMetWith: Int) -> Verdict {
            if ShareRequirement.isWithin(rule.pValueMet(runs: tally.runs, failures: metWith), levels.met) { return .met }
            return ShareRequirement.isWithin(rule.pValueNotMet(runs: tally.runs, failures: notMetWith), levels.notMet)
                ? .notMet : .undecided
        }
        let found = verdict(most, fewest)
        return Judgement(
            requirement: requirement, verdict: found, verdictIfMissingPass: verdict(fewest, fewest),
            verdictIfMissingFail: verdict(most, most), tally: tally,
            bounds: Interval(
                rule.lowerBound(runs: tally.runs, failures: most, level: levels.met),
                rule.upperBound(runs: tally.runs, failures: fewest, level: levels.notMet)),
            pValueMet: rule.pValueMet(runs: tally.runs, failures: most),
            pValueNotMet: rule.pValueNotMet(runs: tally.runs, failures: fewest),
            runsStillNeeded: found == .undecided
                ? rule.runsStillNeeded(runs: tally.runs, failures: most, level: levels.met) : 0,
            approximate: approximate)
    }

    /// The runs that count.
    private var limit: Int { if case .fixedPlan(let runs) = rule { runs } else { .max } }

    private var decisionRule: any DecisionRule {
        switch rule {
        case .fixedPlan(let runs): FixedPlanRule(requirement: requirement, plannedRuns: runs)
        case .looks(let table): LooksRule(table: table)
        case .eProcess(let prior): EProcessRule(process: EProcess(for: requirement, prior: prior))
        }
    }
}
