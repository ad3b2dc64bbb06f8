import Testing

@testable import Statistics

@Suite("Two independent studies")
struct UnpairedComparisonTests {
    @Test("The interval of a difference of shares agrees with statsmodels")
    func newcombe() async throws {
        // Runs and failures of both studies.
        let studies = [(70, 14, 80, 32), (10, 0, 12, 1), (500, 0, 500, 7), (9, 9, 9, 0), (2_000, 3, 3_000, 1)]
        let cases = studies.flatMap { n1, k1, n2, k2 in
            [0.8, 0.95].map { (RunTally(runs: n1, failures: k1), RunTally(runs: n2, failures: k2), $0) }
        }
        let expected = try await StatisticsReference.ask(
            "newcombe",
            cases.flatMap { first, second, confidence in
                [first, second].flatMap { [Double($0.runs - $0.failures), Double($0.runs)] } + [1 - confidence]
            })
        let differences = cases.map { ShareDifference($0.0, $0.1, confidence: $0.2) }
        expectAgreement(differences.map(\.interval.lower), expected[0], within: 1e-11, least: 0.01)
        expectAgreement(differences.map(\.interval.upper), expected[1], within: 1e-11, least: 0.01)
        #expect(differences[0].estimate.lower == differences[0].estimate.upper)
    }

    @Test("Missing runs widen the difference of shares to both sides")
    func newcombeWithMissing() {
        let (first, second) = (RunTally(runs: 100, failures: 5, missing: 3), RunTally(runs: 80, failures: 8, missing: 2))
        let difference = ShareDifference(first, second, confidence: 0.9)
        #expect(difference.estimate == Interval(70.0 / 80 - 95.0 / 100, 72.0 / 80 - 92.0 / 100))
        for lost in [(0, 0), (3, 0), (0, 2), (3, 2), (1, 1)] {
            let filled = ShareDifference(
                RunTally(runs: 100, failures: 5 + lost.0), RunTally(runs: 80, failures: 8 + lost.1), confidence: 0.9)
            #expect(filled.interval.lower >= difference.interval.lower && filled.interval.upper <= difference.interval.upper)
        }
    }

    @Test("Distance and exact p-value agree with scipy, for equal and unequal numbers of runs, with and without ties")
    func exactPValues() async throws {
        let data = try await StatisticsReference.realData()
        var random = CounterRandom(seed: 13)
        func sample(_ count: Int, _ shift: Double) -> [Double] { (0..<count).map { _ in random.openUnit() + shift } }
        let pairs = [
            (sample(1, 0), sample(1, 0)), (sample(5, 0), sample(7, 0.4)), (sample(40, 0), sample(40, 0.6)),
            (sample(300, 0), sample(77, 0.2)), (Array(data.sunspots.prefix(150)), Array(data.sunspots.suffix(159))),
            (Array(data.survey[2].prefix(400)), Array(data.survey[2].suffix(300))), ([1, 2, 3], [1, 2, 3]),
        ]
        let expected = try await StatisticsReference.ask(pairs.map { .init("kolmogorov_smirnov", [1], columns: [$0.0, $0.1]) })
        let tests = pairs.map { KolmogorovSmirnovTest(SortedColumn($0.0), SortedColumn($0.1)) }
        expectAgreement(tests.map(\.distance), expected.map { $0[0][0] }, within: 1e-14)
        expectAgreement(tests.map(\.pValue), expected.map { $0[0][1] }, within: 1e-10)
    }

    @Test("For many runs the p-value is scipy's within some percent")
    func asymptoticPValues() async throws {
        var random = CounterRandom(seed: 14)
        let first = (0..<20_000).map { _ in random.openUnit() }
        let others = [0.004, 0.012, 0.02].map { shift in (0..<9_000).map { _ in random.openUnit() + shift } }
        let expected = try await StatisticsReference.ask(others.map { .init("kolmogorov_smirnov", [0], columns: [first, $0]) })
        for (second, expected) in zip(others, expected) {
            let test = KolmogorovSmirnovTest(SortedColumn(first), SortedColumn(second))
            #expect(abs(test.distance - expected[0][0]) < 1e-14)
            #expect(abs(test.pValue / expected[0][1] - 1) < 0.05)
        }
    }

    @Test("Whatever missing runs gave, distance and p-value lie within their bounds")
    func missingRuns() {
        let (first, second) = ([1.0, 2, 3, 4, 5, 6], [3.5, 4.5, 5.5, 6.5, 7.5])
        let test = KolmogorovSmirnovTest(SortedColumn(first + [.nan]), SortedColumn(second + [.nan, .nan]))
        var (least, largest) = (1.0, 0.0)
        let places = stride(from: 0.25, through: 8, by: 0.5)
        for a in places {
            for b in places {
                for c in places {
                    let filled = KolmogorovSmirnovTest(SortedColumn(first + [a]), SortedColumn(second + [b, c]))
                    (least, largest) = (min(least, filled.distance), max(largest, filled.distance))
                    #expect(test.pValueBounds.contains(filled.pValue))
                }
            }
        }
        #expect(test.distanceBounds.lower <= least + 1e-15 && abs(test.distanceBounds.upper - largest) < 1e-15)
        #expect(test.distanceBounds.lower > 0)
        #expect(test.distance == KolmogorovSmirnovTest(SortedColumn(first), SortedColumn(second)).distance)
    }

    @Test("A study without an answer is not told apart from any other")
    func noAnswers() {
        let test = KolmogorovSmirnovTest(SortedColumn([.nan, .nan]), SortedColumn([1, 2, 3]))
        #expect(test.distance == 0 && test.pValue == 1 && test.distanceBounds == Interval(0, 1))
        #expect(KolmogorovSmirnovTest(SortedColumn([]), SortedColumn([1])).pValue == 1)
    }

    @Test("Holm's adjustment agrees with statsmodels")
    func holm() async throws {
        let families = [[0.01, 0.04, 0.03, 0.005], [0.5, 0.5, 0.5], [1, 0, 0.2], [0.02], [0.6, 0.7, 0.001, 0.001, 0.9]]
        let expected = try await StatisticsReference.ask(families.map { .init("holm", $0) })
        for (family, expected) in zip(families, expected) { expectAgreement(Holm.adjusted(family), expected[0], within: 1e-14) }
        #expect(Holm.adjusted([]).isEmpty)
    }

    @Test("Holm's levels reject exactly the tests whose adjusted p-values are within the risk")
    func holmLevels() {
        var random = CounterRandom(seed: 15)
        for size in 1...6 {
            for _ in 0..<50 {
                let pValues = (0..<size).map { _ in random.openUnit() * 0.2 }
                let family = HolmFamily(pValues: pValues)
                for index in pValues.indices {
                    for risk in [0.05, 0.1] {
                        #expect((pValues[index] <= family.level(of: index, risk: risk)) == (family.adjusted[index] <= risk))
                    }
                }
            }
        }
    }
}
