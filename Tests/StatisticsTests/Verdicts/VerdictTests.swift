import Testing

@testable import Statistics

@Suite("Verdicts on requirements")
struct VerdictTests {
    private let requirement: ShareRequirement

    init() throws { requirement = try ShareRequirement(share: 0.9973, confidence: 0.9) }

    private func study(_ runs: Int, fail: [Int] = [], missing: [Int] = [], pending: [Int] = []) -> [RunOutcome] {
        var outcomes = [RunOutcome](repeating: .pass, count: runs)
        for run in fail { outcomes[run] = .fail }
        for run in missing { outcomes[run] = .missing }
        for run in pending { outcomes[run] = .pending }
        return outcomes
    }

    @Test("The prefix ends before the first run that has not ended, whatever ended later")
    func prefix() {
        let outcomes = study(10, fail: [2, 8], missing: [3, 9], pending: [6])
        #expect(PrefixRule.endedRuns(outcomes) == 6)
        #expect(PrefixRule.tally(outcomes) == RunTally(runs: 6, failures: 1, missing: 1))
        #expect(PrefixRule.tally(outcomes).share == Interval(4.0 / 6, 5.0 / 6))
        #expect(PrefixRule.tally([]).share == Interval(0, 1))
        #expect(PrefixRule.endedRuns(study(4)) == 4)
    }

    @Test("Two lost runs of 2,000 count against the requirement")
    func missingRuns() {
        let leftOut = ClopperPearson.lowerBound(passes: 1_997, runs: 1_998, confidence: 0.9)
        #expect(abs(leftOut - 0.99805) < 0.000005)
        let test = RequirementTest(requirement, by: .fixedPlan(runs: 2_000))
        let judgement = test.judge(study(2_000, fail: [7], missing: [3, 1_500]))
        #expect(abs(judgement.bounds.lower - 0.99666) < 0.000005)
        #expect(judgement.tally == RunTally(runs: 2_000, failures: 1, missing: 2))
        #expect(judgement.verdict == .undecided && judgement.verdictIfMissingPass == .met && judgement.hingesOnMissing)
        #expect(judgement.verdictIfMissingFail == .undecided)
    }

    @Test("Lost runs count for the requirement where it is found not to be met")
    func missingRunsAgainstRejection() {
        let test = RequirementTest(requirement, by: .fixedPlan(runs: 1_000))
        // P[Bin(1000, 0.0027) ≥ 6] = 0.057, P[… ≥ 5] = 0.14.
        let enough = test.judge(study(1_000, fail: [1, 2, 3, 4, 5, 6], missing: [7]))
        #expect(enough.verdict == .notMet && enough.runsStillNeeded == 0 && !enough.hingesOnMissing)
        let short = test.judge(study(1_000, fail: [1, 2, 3, 4, 5], missing: [7]))
        #expect(short.verdict == .undecided && short.verdictIfMissingFail == .notMet && short.hingesOnMissing)
    }

    @Test("A fixed plan is decided before its end only if the remaining runs cannot change it")
    func fixedPlan() {
        let test = RequirementTest(requirement, by: .fixedPlan(runs: 1_440))
        #expect(test.judge(study(1_440, fail: [30])).verdict == .met)
        #expect(test.judge(study(1_440, fail: [30, 31])).verdict == .undecided)
        // With one failure allowed, the last run no longer matters.
        #expect(test.judge(study(1_440, pending: [1_439])).verdict == .met)
        #expect(test.runsUntilVerdict(study(1_440)) == 1_439)
        #expect(test.runsUntilVerdict(study(1_440, fail: [30])) == 1_440)
        let early = test.judge(study(1_440, fail: [30], pending: [1_400]))
        #expect(early.verdict == .undecided && early.runsStillNeeded == 40)
        // What was started beyond the plan does not count.
        #expect(test.judge(study(1_500, fail: [1_445, 1_446, 1_447])).tally.runs == 1_440)
        // P[Bin(1440, 0.0027) ≥ 6] = 0.197, P[… ≥ 7] = 0.099: the seventh failure decides.
        let failing = study(1_440, fail: [0, 1, 2, 3, 4, 5, 99], pending: Array(100..<1_440))
        #expect(test.judge(failing).verdict == .notMet && test.runsUntilVerdict(failing) == 100)
        #expect(RequirementTest(requirement, by: .fixedPlan(runs: 100)).judge(study(100)).runsStillNeeded == nil)
    }

    @Test("Under any rule, as many passes as are still needed decide it, and no fewer", arguments: [0, 1, 2, 4])
    func runsStillNeeded(failures: Int) throws {
        let fail = (0..<failures).map { 300 + 80 * $0 }
        let rules: [VerdictRule] = [
            .fixedPlan(runs: 4_500), .looks(LooksTable(for: requirement, mostFailures: 6)), .eProcess(),
            .eProcess(prior: EProcess.Prior(a: 2, b: 400)),
        ]
        for rule in rules {
            let test = RequirementTest(requirement, by: rule)
            let missing = [650]
            let start = study(700, fail: fail, missing: missing)
            let needed = try #require(test.judge(start).runsStillNeeded, "\(rule)")
            #expect(test.judge(start).verdict == .undecided)
            #expect(test.judge(start + study(needed)).verdict == .met, "\(rule)")
            #expect(test.judge(start + study(needed - 1)).verdict == .undecided, "\(rule)")
            #expect(test.runsUntilVerdict(start + study(needed + 100)) == 700 + needed, "\(rule)")
        }
    }

    @Test("The first verdict of a sequence is where judging each prefix first finds one")
    func firstVerdict() throws {
        let requirement = try ShareRequirement(share: 0.8, confidence: 0.9)
        let rules: [VerdictRule] = [
            .fixedPlan(runs: 150), .looks(LooksTable(for: requirement, mostFailures: 12)), .eProcess(),
        ]
        var random = CounterRandom(seed: 7)
        for share in [0.6, 0.75, 0.8, 0.88, 0.97] {
            let outcomes = (0..<150).map { _ in
                random.openUnit() < 0.03 ? RunOutcome.missing : random.openUnit() < share ? .pass : .fail
            }
            for rule in rules {
                let test = RequirementTest(requirement, by: rule)
                let found = (0...150).first { test.judge(Array(outcomes.prefix($0))).verdict != .undecided }
                #expect(test.runsUntilVerdict(outcomes) == found, "\(rule), \(share)")
            }
        }
    }

    @Test("Bounds and verdict say the same")
    func consistency() throws {
        let requirement = try ShareRequirement(share: 0.9, confidence: 0.9)
        let rules: [VerdictRule] = [
            .fixedPlan(runs: 300), .looks(LooksTable(for: requirement, mostFailures: 20)), .eProcess(),
        ]
        for rule in rules {
            let test = RequirementTest(requirement, by: rule)
            for failures in stride(from: 0, through: 60, by: 3) {
                let judgement = test.judge(study(300, fail: Array(0..<failures), missing: [299]))
                #expect((judgement.verdict == .met) == (judgement.bounds.lower >= 0.9), "\(rule), \(failures)")
                #expect((judgement.verdict == .notMet) == (judgement.bounds.upper < 0.9), "\(rule), \(failures)")
                #expect((judgement.pValueMet <= 0.1 + 1e-12) == (judgement.verdict == .met))
                #expect(judgement.verdict != .met || judgement.verdictIfMissingPass == .met)
                #expect(judgement.verdict != .notMet || judgement.verdictIfMissingFail == .notMet)
            }
        }
    }

    @Test("Without a run, nothing is decided")
    func noRuns() {
        let rules: [VerdictRule] = [.fixedPlan(runs: 10), .looks(LooksTable(for: requirement, mostFailures: 1)), .eProcess()]
        for rule in rules {
            let judgement = RequirementTest(requirement, by: rule).judge([.pending, .fail], approximate: true)
            #expect(judgement.verdict == .undecided && judgement.bounds == Interval(0, 1) && judgement.approximate)
            #expect(judgement.pValueMet == 1 && judgement.pValueNotMet == 1)
        }
    }

    @Test("Several requirements together are held to Holm's levels")
    func together() throws {
        let test = RequirementTest(requirement, by: .fixedPlan(runs: 2_000))
        // P-values of 0.0045, 0.029 and 0.095: alone, all three are MET.
        let studies = [0, 1, 2].map { study(2_000, fail: Array(0..<$0)) }
        #expect(studies.map { test.judge($0).verdict } == [.met, .met, .met])
        let pValues = studies.map { test.judge($0).pValueMet }
        let together = RequirementTest.judgeTogether(studies.map { (test, $0) })
        #expect(together.map(\.pValueMet) == Holm.adjusted(pValues))
        #expect(together.map(\.verdict) == [.met, .met, .met])

        // Beside two requirements that are not met, the last of them needs a third of the level.
        let failing = study(2_000, fail: Array(0..<5))
        let crowded = RequirementTest.judgeTogether([(test, studies[0]), (test, failing), (test, studies[2]), (test, failing)])
        #expect(crowded.map(\.verdict) == [.met, .undecided, .undecided, .undecided])
        let bound = ClopperPearson.lowerBound(passes: 1_998, runs: 2_000, confidence: 1 - 0.1 / 3)
        #expect(abs(crowded[2].bounds.lower - bound) < 1e-12)
    }

    @Test("Under Holm's rule the runs still needed are those at the level that is left")
    func neededTogether() throws {
        let test = RequirementTest(requirement, by: .eProcess())
        let cases = [1, 2].map { (test, study(1_500, fail: Array(0..<$0))) }
        let needed = try #require(RequirementTest.judgeTogether(cases)[0].runsStillNeeded)
        #expect(needed > (test.judge(cases[0].1).runsStillNeeded ?? 0))
        let longer = cases.map { ($0.0, $0.1 + study(needed)) }
        #expect(RequirementTest.judgeTogether(longer)[0].verdict == .met)
        #expect(RequirementTest.judgeTogether(longer.map { ($0.0, Array($0.1.dropLast())) })[0].verdict == .undecided)
    }

    @Test("Tables of looks for several requirements are made for their number")
    func looksTogether() throws {
        let table = LooksTable(for: requirement.amongst(2), mostFailures: 3)
        let test = RequirementTest(requirement, by: .looks(table))
        let runs = table.boundary.smallestRuns[0]
        let verdicts = RequirementTest.judgeTogether([(test, study(runs)), (test, study(runs, fail: [1]))]).map(\.verdict)
        #expect(verdicts == [.met, .undecided])
        // A table for one requirement does not do for two.
        let alone = RequirementTest(requirement, by: .looks(LooksTable(for: requirement, mostFailures: 3)))
        let refused = RequirementTest.judgeTogether([(alone, study(5_000)), (alone, study(5_000))]).map(\.verdict)
        #expect(refused == [.undecided, .undecided])
    }
}
