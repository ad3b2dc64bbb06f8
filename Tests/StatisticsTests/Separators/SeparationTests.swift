import Testing

@testable import Statistics

@Suite("How far apart failed and passed runs lie")
struct SeparationTests {
    @Test("Distances, p-values and areas are scipy's, with ties or without")
    func scipy() async throws {
        var random = CounterRandom(seed: 12)
        var cases: [(failed: [Double], passed: [Double])] = []
        for (failed, passed) in [(1, 1), (1, 30), (7, 7), (5, 200), (200, 5), (60, 90), (400, 700)] {
            for digits in [0.0, 1, 100] {
                func values(_ count: Int, shift: Double) -> [Double] {
                    (0..<count).map { _ in
                        let value = NormalDistribution.quantile(random.openUnit()) + shift
                        return digits == 0 ? value : (value * digits).rounded() / digits
                    }
                }
                cases.append((values(failed, shift: 0.4), values(passed, shift: 0)))
            }
        }
        let answers = try await SensitivityReference.ask(cases.map { .init("separation", columns: [$0.failed, $0.passed]) })
        for (item, expected) in zip(cases, answers) {
            let found = Separation(failed: item.failed, passed: item.passed)
            #expect(abs(found.distance - expected["distance"]![0][0]) < 1e-12)
            #expect(abs(found.areaUnderROC - expected["area"]![0][0]) < 1e-12)
            let pValue = KolmogorovSmirnov.pValue(distance: found.distance, item.failed.count, item.passed.count)
            expectAgreement([pValue], expected["p_value"]![0], within: 1e-9)
        }
    }

    @Test("Swapping the classes turns the area and the direction round, and keeps the rest")
    func swapped() {
        let (a, b) = ([1.0, 2, 2, 7, 9], [0.0, 2, 3, 3.5, 4, 5, 6])
        let (there, back) = (Separation(failed: a, passed: b), Separation(failed: b, passed: a))
        #expect(there.distance == back.distance)
        #expect(abs(there.areaUnderROC + back.areaUnderROC - 1) < 1e-15)
        #expect(there.failuresLieAbove != back.failuresLieAbove)
    }

    @Test("The cut and the direction say where failures lie")
    func direction() {
        let above = Separation(failed: [5, 6], passed: [1, 2, 3])
        #expect(above.distance == 1 && above.cut == 5 && above.failuresLieAbove && above.areaUnderROC == 1)
        let below = Separation(failed: [1, 2, 3], passed: [5, 6])
        #expect(below.distance == 1 && !below.failuresLieAbove && below.areaUnderROC == 0)
        let alike = Separation(failed: [1, 1, 1], passed: [1, 1])
        #expect(alike.distance == 0 && alike.areaUnderROC == 0.5)
    }

    @Test("The p-value of large samples goes over into the exact one")
    func limit() {
        // 10,001,000 pairs are beyond what is counted exactly; one run less is not.
        for distance in [0.03, 0.06] {
            let exact = KolmogorovSmirnov.pValue(distance: distance, 1_000, 10_000)
            let limit = KolmogorovSmirnov.pValue(distance: distance, 1_000, 10_001)
            #expect(abs(limit / exact - 1) < 0.06, "\(distance): \(limit) beside \(exact)")
        }
    }

    @Test("q-values are scipy's")
    func falseDiscoveries() async throws {
        let cases = [[0.01, 0.04, 0.03, 0.005], [0.2], [0.5, 0.5, 0.001, 0.9, 1, 0.02, 0.02], [1e-30, 1]]
        let answers = try await SensitivityReference.ask(cases.map { .init("false_discoveries", $0) })
        for (pValues, expected) in zip(cases, answers) {
            expectAgreement(FalseDiscoveries.qValues(pValues), expected["q_values"]![0], within: 1e-14)
        }
        #expect(FalseDiscoveries.qValues([]) == [])
    }
}
