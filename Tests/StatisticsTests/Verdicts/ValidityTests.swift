import Testing

@testable import Statistics

@Suite("Verdicts of studies that are looked at after every run")
struct ValidityTests {
    private static let studies = 2_000
    private static let runs = 700

    /// Simulates studies in which each run passes with a probability, and counts their first verdicts.
    private func firstVerdicts(_ test: RequirementTest, trueShare: Double, seed: UInt64) -> (met: Int, notMet: Int) {
        var (met, notMet) = (0, 0)
        for study in 0..<Self.studies {
            var random = CounterRandom(seed: seed, key: [UInt64(study)])
            let outcomes = (0..<Self.runs).map { _ in random.openUnit() < trueShare ? RunOutcome.pass : .fail }
            guard let ended = test.runsUntilVerdict(outcomes) else { continue }
            switch test.judge(Array(outcomes.prefix(ended))).verdict {
            case .met: met += 1
            case .notMet: notMet += 1
            case .undecided: Issue.record("a study ended without a verdict")
            }
        }
        return (met, notMet)
    }

    /// So many wrong verdicts are not exceeded with probability 0.999 if each study errs with probability α.
    private func mostWrong(_ risk: Double) -> Int {
        let wrong = BinomialDistribution(trials: Self.studies, probability: risk)
        return MonotoneSearch.first(from: 0, through: Self.studies) { wrong.survival($0) < 0.001 } ?? Self.studies
    }

    @Test("A table of looks accepts a design that just misses no more often than it says")
    func looks() throws {
        let requirement = try ShareRequirement(share: 0.95, confidence: 0.9)
        let table = LooksTable(for: requirement, mostFailures: 20)
        let wrong = firstVerdicts(RequirementTest(requirement, by: .looks(table)), trueShare: 0.95, seed: 1)
        #expect(wrong.met <= mostWrong(0.1))
        // It is exact: nearly all of its risk is used within these runs, but where the study ended NOT MET before.
        #expect(wrong.met >= Self.studies / 20)
        #expect(wrong.notMet <= mostWrong(0.1))
    }

    @Test("The e-process errs in neither direction more often than it says")
    func eProcess() throws {
        let requirement = try ShareRequirement(share: 0.95, confidence: 0.9)
        let wrong = firstVerdicts(RequirementTest(requirement, by: .eProcess()), trueShare: 0.95, seed: 2)
        #expect(wrong.met <= mostWrong(0.1) && wrong.met > 0)
        #expect(wrong.notMet <= mostWrong(0.1) && wrong.notMet > 0)
    }

    @Test("A good and a bad design are told apart by the e-process")
    func power() throws {
        let test = RequirementTest(try ShareRequirement(share: 0.95, confidence: 0.9), by: .eProcess())
        let good = firstVerdicts(test, trueShare: 0.99, seed: 3)
        let bad = firstVerdicts(test, trueShare: 0.85, seed: 4)
        #expect(Double(good.met) > 0.95 * Double(Self.studies))
        #expect(Double(bad.notMet) > 0.95 * Double(Self.studies))
    }

    @Test("A fixed plan that is looked at after every run would accept too often")
    func lookingAtAFixedPlan() throws {
        // Why the other rules exist: the first of many bounds to exceed the share is not a bound any more.
        let requirement = try ShareRequirement(share: 0.95, confidence: 0.9)
        let boundary = AcceptanceBoundary(
            smallestRuns: (0...20).map { FixedPlan(showing: requirement, allowedFailures: $0).runs })
        #expect(boundary.acceptance(trueShare: 0.95).probability > 0.25)
    }
}
