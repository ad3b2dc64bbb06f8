import Testing

@testable import Statistics

@Suite("Tables of looks")
struct LooksTableTests {
    private let requirement: ShareRequirement

    init() throws { requirement = try ShareRequirement(share: 0.9973, confidence: 0.9) }

    @Test("The tables for 0.9973 at 0.90 are those of the literature")
    func tables() {
        let none = LooksTable(for: requirement, mostFailures: 0)
        #expect(none.boundary.smallestRuns == [852])
        #expect(abs(none.levelPerLook - 0.1) < 1e-15)

        let few = LooksTable(for: requirement, mostFailures: 2)
        #expect(few.boundary.smallestRuns == [1_084, 1_725, 2_296])
        #expect(abs(few.levelPerLook - 0.0535) < 0.00005)
        #expect(few.mostFailures == 2)

        let many = LooksTable(for: requirement, mostFailures: 10)
        // Two of the numbers may be one less: the level lies where they change.
        let expected = [1_314, 2_001, 2_606, 3_171, 3_712, 4_236, 4_746, 5_247, 5_740, 6_225, 6_705]
        for (runs, expected) in zip(many.boundary.smallestRuns, expected) {
            #expect(runs == expected || ([4_236, 5_740].contains(expected) && runs == expected - 1))
        }
        #expect(abs(many.levelPerLook - 0.0287) < 0.00005)
    }

    @Test("A good design is accepted early, compared with the fixed plan for as many failures")
    func meanRuns() throws {
        for (failures, mean, fixed) in [(0, 852, 852), (2, 1_380, 1_970), (10, 1_918, 5_704)] {
            let acceptance = LooksTable(for: requirement, mostFailures: failures).boundary.acceptance(trueShare: 0.9995)
            #expect(Int(try #require(acceptance.meanRuns).rounded()) == mean)
            #expect(FixedPlan(showing: requirement, allowedFailures: failures).runs == fixed)
        }
    }

    @Test(
        "At the required share, acceptance is at most as probable as the consumer's risk, and hardly less",
        arguments: [(0.9973, 0.9), (0.99, 0.95), (0.9, 0.8), (0.5, 0.9)], [0, 1, 5, 30])
    func consumersRisk(pair: (share: Double, confidence: Double), mostFailures: Int) throws {
        let requirement = try ShareRequirement(share: pair.share, confidence: pair.confidence)
        let table = LooksTable(for: requirement, mostFailures: mostFailures)
        let probability = table.boundary.acceptance(trueShare: pair.share).probability
        #expect(probability <= requirement.consumersRisk * (1 + 1e-12))
        #expect(probability > 0.5 * requirement.consumersRisk)
        #expect(table.boundary.acceptance(trueShare: pair.share - 0.01).probability < probability)
        #expect(table.boundary.acceptance(trueShare: 1).probability == 1)
        #expect(table.boundary.acceptance(trueShare: 1).meanRuns == Double(table.boundary.smallestRuns[0]))
    }

    @Test("The dynamic programme counts what going through all studies counts")
    func enumeration() {
        let boundary = AcceptanceBoundary(smallestRuns: [3, 6, 8, 11])
        for share in [0.3, 0.5, 0.8] {
            var probability = 0.0
            var runs = 0.0
            // Each bit of a number is a run, set where it fails.
            for study in 0..<(1 << 11) {
                var failures = 0
                for run in 1...11 {
                    failures += study >> (run - 1) & 1
                    guard failures < 4, run >= boundary.smallestRuns[failures] else { continue }
                    // The weight of all studies that begin like this one falls to one of them.
                    guard study >> run == 0 else { break }
                    let weight = (0..<run).reduce(1) { $0 * (study >> $1 & 1 == 1 ? 1 - share : share) }
                    probability += weight
                    runs += weight * Double(run)
                    break
                }
            }
            let acceptance = boundary.acceptance(trueShare: share)
            #expect(abs(acceptance.probability - probability) < 1e-14)
            #expect(abs(acceptance.byFailures.reduce(0, +) - probability) < 1e-14)
            #expect(abs((acceptance.meanRuns ?? 0) - runs / probability) < 1e-12)
        }
    }

    @Test("A design that fails almost always is never accepted")
    func hopeless() {
        let acceptance = LooksTable(for: requirement, mostFailures: 3).boundary.acceptance(trueShare: 0)
        #expect(acceptance.probability == 0 && acceptance.meanRuns == nil)
    }
}
