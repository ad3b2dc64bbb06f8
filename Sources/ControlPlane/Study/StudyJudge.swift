import LynxModel
import Statistics

/// How the requirements of a batch are judged: which rule holds the confidence, whatever moments the batch is looked at.
struct StudyJudge: Sendable {
    let requirements: [RequirementSpec]
    /// Nil: once, when all runs have ended.
    let stop: StopSpec?
    let total: Int
    /// The batch was ended, or given further runs, after it had been looked at, so that only a rule for repeated looks is valid.
    let wasExtended: Bool
    /// Its runs are the points of a design, and so not independent.
    let isApproximate: Bool
    private let tests: [RequirementTest]

    init(requirements: [RequirementSpec], stop: StopSpec?, total: Int, wasExtended: Bool, isApproximate: Bool) {
        self.requirements = requirements
        self.stop = stop
        self.total = total
        self.wasExtended = wasExtended
        self.isApproximate = isApproximate
        tests = requirements.map { spec in
            guard let requirement = try? ShareRequirement(share: spec.probability, confidence: spec.confidence) else {
                preconditionFailure("a requirement that was read has shares between 0 and 1")
            }
            return RequirementTest(requirement, by: Self.rule(for: requirement, amongst: requirements.count, stop, total, wasExtended))
        }
    }

    private static func rule(
        for requirement: ShareRequirement, amongst count: Int, _ stop: StopSpec?, _ total: Int, _ wasExtended: Bool
    ) -> VerdictRule {
        switch stop?.rule {
        case .looks:
            .looks(LooksTable(for: requirement.amongst(count), mostFailures: stop?.maxFailures ?? StopSpec.defaultMaxFailures))
        case .eProcess: .eProcess()
        case nil: wasExtended ? .eProcess() : .fixedPlan(runs: max(1, total))
        }
    }

    /// The verdicts on the runs that have ended, by Holm's rule where there are several requirements.
    ///
    /// - Parameter first: how many runs count, by index; nil for all. A batch that was ended by its first verdict is judged on
    ///   what that rested on, whatever else has ended since.
    func verdicts(on table: StudyTable, first: Int? = nil) -> [RequirementVerdict] {
        guard let first else { return verdicts(on: requirements.map { table.outcomes(for: $0) }, table) }
        return requirements.indices.map { index in
            let outcomes = Array(table.outcomes(for: requirements[index]).prefix(first))
            // Decided is decided: what came while another requirement was still open does not take it back.
            let judged = Array(outcomes.prefix(inFamily(index).runsUntilVerdict(outcomes) ?? first))
            return verdict(index: index, inFamily(index).judge(judged, approximate: isApproximate), judged, table)
        }
    }

    /// The outputs that verdicts are made of.
    var judgedOutputs: Set<String> { Set(requirements.compactMap(\.judgedOutput)) }

    private func verdicts(on outcomes: [[RunOutcome]], _ table: StudyTable) -> [RequirementVerdict] {
        let cases: [(test: RequirementTest, outcomes: [RunOutcome])] = requirements.indices.map { (test: tests[$0], outcomes: outcomes[$0]) }
        let judgements = RequirementTest.judgeTogether(cases, approximate: isApproximate)
        return requirements.indices.map { verdict(index: $0, judgements[$0], outcomes[$0], table) }
    }

    private func verdict(index: Int, _ judgement: Judgement, _ outcomes: [RunOutcome], _ table: StudyTable) -> RequirementVerdict {
        let spec = requirements[index]
        let judged = outcomes.prefix(judgement.tally.runs)
        var verdict = RequirementVerdict(
            name: spec.name, statement: spec.statement, output: spec.output, threshold: spec.threshold,
            probability: spec.probability, confidence: spec.confidence,
            verdict: VerdictName(judgement.verdict), runs: judgement.tally.runs, failures: judgement.tally.failures,
            missing: judgement.tally.missing, lowerBound: judgement.bounds.lower, upperBound: judgement.bounds.upper,
            runsStillNeeded: judgement.runsStillNeeded, firstFailures: Array(judged.indices.lazy.filter { judged[$0] == .fail }.prefix(20)),
            rule: ruleText(tests[index].rule), isApproximate: judgement.approximate, explanation: "")
        if verdict.verdict == .undecided, case .fixedPlan = tests[index].rule { verdict.runsStillNeeded = runsByExtension(index, judgement.tally) }
        verdict.explanation = VerdictText.explanation(of: verdict, judgement, isGiven: spec.judgedOutput.map { table.output($0) != nil } ?? true)
        return verdict
    }

    /// How many runs a batch must be extended by, all of them passes, to be found MET by the rule that judges extended batches.
    private func runsByExtension(_ index: Int, _ tally: RunTally) -> Int? {
        guard tally.runs == total else { return nil }
        let requirement = tests[index].requirement.amongst(requirements.count)
        return EProcess(for: requirement).smallestRuns(failures: tally.failures + tally.missing, from: tally.runs) - tally.runs
    }

    /// After how many runs, by index, every requirement is decided; nil if not all are.
    ///
    /// Each is judged at the confidence that Bonferroni's rule leaves to it, so that all of them together hold theirs.
    func decidedAfter(_ table: StudyTable) -> Int? {
        guard stop != nil, !requirements.isEmpty else { return nil }
        var last = 0
        for (index, spec) in requirements.enumerated() {
            guard let runs = inFamily(index).runsUntilVerdict(table.outcomes(for: spec)) else { return nil }
            last = max(last, runs)
        }
        return last
    }

    /// A requirement alone, at the confidence that Bonferroni's rule leaves to it among the others.
    private func inFamily(_ index: Int) -> RequirementTest {
        RequirementTest(tests[index].requirement.amongst(requirements.count), by: tests[index].rule)
    }

    private func ruleText(_ rule: VerdictRule) -> String {
        switch rule {
        case .fixedPlan(let runs): "a fixed plan of \(runs) \(runs == 1 ? "run" : "runs")"
        case .looks(let table): "a table of looks for up to \(table.mostFailures) failures"
        case .eProcess: "an e-process, valid at every look"
        }
    }
}

extension VerdictName {
    fileprivate init(_ verdict: Verdict) {
        switch verdict {
        case .met: self = .met
        case .notMet: self = .notMet
        case .undecided: self = .undecided
        }
    }
}

/// What people read of a verdict.
enum VerdictText {
    static func explanation(of verdict: RequirementVerdict, _ judgement: Judgement, isGiven: Bool) -> String {
        let (runs, failures) = (verdict.runs, verdict.failures)
        guard runs > 0 else { return "no run has ended yet, from the first on" }
        if !isGiven { return "none of \(count(runs, "run")) gave the output that it is about" }
        var text = "\(count(failures, "failure")) in \(count(runs, "run"))"
        if verdict.missing > 0 { text += ", \(verdict.missing) without an answer" }
        switch verdict.verdict {
        case .met: text += ": at least \(percent(verdict.lowerBound)) of all runs pass, with confidence \(percent(verdict.confidence))"
        case .notMet: text += ": at most \(percent(verdict.upperBound)) of all runs pass, with confidence \(percent(verdict.confidence))"
        case .undecided:
            text += ": between \(percent(verdict.lowerBound)) and \(percent(verdict.upperBound)) of all runs pass"
            if judgement.hingesOnMissing, judgement.verdictIfMissingPass == .met {
                text += "; it would be MET if the \(count(verdict.missing, "missing run")) passed"
            } else if let needed = verdict.runsStillNeeded {
                text += "; \(count(needed, "further run")) without a failure would decide it"
            } else {
                text += "; no number of further runs decides it by this rule"
            }
        }
        return text
    }

    private static func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }

    /// With as many digits as tell it from 100 %, and never rounded over a bound: down, as what is shown is what is claimed.
    static func percent(_ share: Double) -> String {
        let scaled = (share * 1e6).rounded(.down) / 1e4
        return scaled == scaled.rounded() ? "\(Int(scaled)) %" : "\(scaled) %"
    }
}
