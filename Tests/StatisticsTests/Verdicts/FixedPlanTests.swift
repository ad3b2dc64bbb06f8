import Testing

@testable import Statistics

@Suite("Fixed plans and bounds of a share")
struct FixedPlanTests {
    private struct Row: Sendable {
        var share: Double
        var confidence: Double
        var runs: [(failures: Int, runs: Int)]
    }

    private static let tables = [
        Row(share: 0.9973, confidence: 0.90, runs: [(0, 852), (1, 1_440), (2, 1_970), (3, 2_473), (6, 3_899), (10, 5_704)]),
        Row(share: 0.99, confidence: 0.90, runs: [(0, 230), (1, 388), (2, 531), (3, 667), (6, 1_051)]),
        Row(share: 0.95, confidence: 0.95, runs: [(0, 59)]),
    ]

    @Test("The smallest plans are those of Hanson and Beard")
    func table() throws {
        for row in Self.tables {
            let requirement = try ShareRequirement(share: row.share, confidence: row.confidence)
            for (failures, runs) in row.runs {
                #expect(FixedPlan(showing: requirement, allowedFailures: failures).runs == runs)
                #expect(FixedPlan.allowedFailures(runs: runs, showing: requirement) == failures)
                #expect(FixedPlan.allowedFailures(runs: runs - 1, showing: requirement) == (failures > 0 ? failures - 1 : nil))
                // The same thing said as a bound.
                let passes = runs - failures
                #expect(ClopperPearson.lowerBound(passes: passes, runs: runs, confidence: row.confidence) >= row.share)
                #expect(ClopperPearson.lowerBound(passes: passes - 1, runs: runs - 1, confidence: row.confidence) < row.share)
            }
        }
    }

    @Test("The producer's risk is what the plan leaves to a better design")
    func producersRisk() {
        let (strict, lenient) = (FixedPlan(runs: 852, allowedFailures: 0), FixedPlan(runs: 1_970, allowedFailures: 2))
        #expect(abs(strict.acceptanceProbability(trueShare: 0.9995) - 0.65) < 0.005)
        #expect(abs(lenient.acceptanceProbability(trueShare: 0.9995) - 0.92) < 0.005)
        for plan in [strict, lenient] {
            #expect(abs(plan.producersRisk(trueShare: 0.9995) + plan.acceptanceProbability(trueShare: 0.9995) - 1) < 1e-15)
        }
    }

    @Test("A level that a plan reaches exactly is reached")
    func ties() throws {
        // Two runs at ½ both pass with probability ¼, to the last bit.
        #expect(FixedPlan(showing: try ShareRequirement(share: 0.5, confidence: 0.75), allowedFailures: 0).runs == 2)
        // 0.9² and 1 − 0.19 differ by rounding.
        #expect(FixedPlan(showing: try ShareRequirement(share: 0.9, confidence: 0.19), allowedFailures: 0).runs == 2)
    }

    @Test("Clopper and Pearson's, and Wilson's interval agree with statsmodels")
    func intervals() async throws {
        var cases: [(passes: Int, runs: Int, confidence: Double)] = []
        for runs in [1, 2, 9, 64, 500, 2_000, 100_000] {
            for passes in Set([0, 1, runs / 7, runs / 2, runs - 2, runs - 1, runs]) where passes >= 0 && passes <= runs {
                for confidence in [0.5, 0.9, 0.95, 0.9973] { cases.append((passes, runs, confidence)) }
            }
        }
        let numbers = cases.flatMap { [Double($0.passes), Double($0.runs), 1 - $0.confidence] }
        let expected = try await StatisticsReference.ask([.init("clopper_pearson", numbers), .init("wilson", numbers)])
        let exact = cases.map { ClopperPearson.interval(passes: $0.passes, runs: $0.runs, confidence: $0.confidence) }
        expectAgreement(exact.map(\.lower), expected[0][0], within: 1e-12)
        expectAgreement(exact.map(\.upper), expected[0][1], within: 1e-12)
        let score = cases.map { Wilson.interval(passes: $0.passes, runs: $0.runs, confidence: $0.confidence) }
        // statsmodels leaves a rounding error where the bound is 0.
        expectAgreement(score.map(\.lower), expected[1][0], within: 1e-11, least: 1e-5)
        expectAgreement(score.map(\.upper), expected[1][1], within: 1e-11)
    }

    @Test("Wilson's interval claims more than 500 runs without a failure show")
    func wilsonIsNotConservative() {
        let exact = ClopperPearson.lowerBound(passes: 500, runs: 500, confidence: 0.9)
        let score = Wilson.interval(passes: 500, runs: 500, confidence: 0.8).lower
        #expect(abs(exact - 0.9954) < 0.00005)
        #expect(abs(score - 0.9967) < 0.00005)
    }

    @Test("Bounds rise with each pass, fall with each failure, and hold as often as they say")
    func boundsAreMonotoneAndValid() {
        let confidence = 0.9
        for runs in [1, 7, 40] {
            let lower = (0...runs).map { ClopperPearson.lowerBound(passes: $0, runs: runs, confidence: confidence) }
            let upper = (0...runs).map { ClopperPearson.upperBound(passes: $0, runs: runs, confidence: confidence) }
            #expect(lower == lower.sorted() && upper == upper.sorted())
            for passes in 0...runs {
                #expect(ClopperPearson.lowerBound(passes: passes + 1, runs: runs + 1, confidence: confidence) >= lower[passes])
                #expect(ClopperPearson.lowerBound(passes: passes, runs: runs + 1, confidence: confidence) <= lower[passes])
                // The mirror image: bounds of the share of failures.
                let mirrored = 1 - ClopperPearson.upperBound(passes: runs - passes, runs: runs, confidence: confidence)
                #expect(abs(lower[passes] - mirrored) < 1e-13)
            }
            for share in stride(from: 0.01, through: 0.99, by: 0.07) {
                let passes = BinomialDistribution(trials: runs, probability: share)
                let covered = (0...runs).filter { lower[$0] <= share }.reduce(0) { $0 + passes.mass($1) }
                #expect(covered >= confidence - 1e-12)
            }
        }
    }

    @Test("A share or a confidence that no study can show is refused")
    func invalidRequirements() {
        for value in [0, 1, -0.1, 1.5, .nan] {
            #expect(throws: ShareRequirement.Invalid.self) { try ShareRequirement(share: value, confidence: 0.9) }
            #expect(throws: ShareRequirement.Invalid.self) { try ShareRequirement(share: 0.9, confidence: value) }
        }
        #expect(ShareRequirement.Invalid(field: .confidence, value: 1).description.contains("confidence"))
    }
}
