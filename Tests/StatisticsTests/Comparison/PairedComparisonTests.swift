import Testing

@testable import Statistics

@Suite("Two studies run by run")
struct PairedComparisonTests {
    @Test("McNemar's exact test agrees with statsmodels")
    func mcNemar() async throws {
        let cases = [(0, 0), (1, 0), (3, 12), (12, 3), (5, 5), (0, 40), (100, 160), (2_000, 1_700)]
        let expected = try await StatisticsReference.ask("mcnemar", cases.flatMap { [Double($0.0), Double($0.1)] })
        // statsmodels sums logarithms of gamma functions.
        expectAgreement(cases.map { McNemar.pValue($0.0, $0.1) }, expected[0], within: 1e-11)
    }

    @Test("Pairs are counted over the runs that have ended in both studies")
    func counting() {
        let first: [RunOutcome] = [.pass, .pass, .fail, .fail, .pass, .missing, .pass, .pass, .fail]
        let second: [RunOutcome] = [.pass, .fail, .fail, .pass, .fail, .pass, .missing, .pending, .pass, .pass]
        let test = McNemar(first, second)
        #expect(test.bothPass == 1 && test.bothFail == 1 && test.onlyFirstPasses == 2 && test.onlySecondPasses == 1)
        #expect(test.missing == 2 && test.pValue == McNemar.pValue(2, 1))
    }

    @Test("Whatever missing runs were, the p-value lies within its bounds, and reaches them")
    func missingRuns() {
        let answers: [RunOutcome] = [.pass, .fail]
        let lost: [(RunOutcome, RunOutcome)] = [(.missing, .pass), (.fail, .missing), (.missing, .missing), (.pass, .missing)]
        for known in [(4, 0), (0, 4), (2, 2), (6, 3), (1, 7)] {
            let sure = Array(repeating: (RunOutcome.pass, RunOutcome.fail), count: known.0)
                + Array(repeating: (.fail, .pass), count: known.1)
            let pairs = sure + lost
            let bounds = McNemar(pairs.map(\.0), pairs.map(\.1)).pValueBounds
            var (least, largest) = (1.0, 0.0)
            for choice in 0..<(1 << 8) {
                let filled = lost.enumerated().map { index, pair in
                    (
                        pair.0 == .missing ? answers[choice >> (2 * index) & 1] : pair.0,
                        pair.1 == .missing ? answers[choice >> (2 * index + 1) & 1] : pair.1
                    )
                }
                let pValue = McNemar((sure + filled).map(\.0), (sure + filled).map(\.1)).pValue
                (least, largest) = (min(least, pValue), max(largest, pValue))
            }
            #expect(bounds == Interval(least, largest), "\(known)")
        }
    }

    @Test("The largest changes come first, with their runs")
    func largest() {
        let first = [1.0, 2, 3, 4, 5, 6, .nan, 8]
        let second = [1.5, 2, 0, 4.5, 8, .nan, 7, 8.5, 100]
        let differences = PairedDifferences(first, second)
        #expect(differences.moments.count == 6 && differences.moments.missing == 2)
        let changes = differences.largest(4)
        #expect(changes.map(\.run) == [2, 4, 0, 3])
        #expect(changes.map(\.difference) == [-3, 3, 0.5, 0.5])
        #expect(changes[0].first == 3 && changes[0].second == 0)
        #expect(differences.largest(100).count == 6 && differences.largest(0).isEmpty)
        #expect(PairedDifferences([], []).largest(3).isEmpty)
    }

    @Test("The bootstrap interval agrees with scipy's, but for what chance leaves")
    func bootstrap() async throws {
        let households = try await StatisticsReference.realData().households
        let differences = PairedDifferences(households[0], households[1])
        let expected = try await StatisticsReference.ask("bootstrap", [0.9, 20_000], columns: [differences.differences])[0]
        let mean = differences.mean(confidence: 0.9, resamples: 5_000, seed: 1)
        #expect(mean.mean == differences.moments.mean)
        // The ends vary by about two hundredths of a standard error from one seed to the next.
        #expect(abs(mean.interval.lower - expected[0]) < 0.12 * expected[2])
        #expect(abs(mean.interval.upper - expected[1]) < 0.12 * expected[2])
        #expect(abs(mean.standardError / expected[2] - 1) < 0.05)
        // Skewed values, whose interval is longer on one side.
        #expect(mean.interval.lower - mean.mean < mean.mean - mean.interval.upper)
    }

    @Test("The same seed gives the same interval, and another seed another one")
    func seeds() {
        var random = CounterRandom(seed: 12)
        let values = (0..<300).map { index in index % 50 == 0 ? .nan : random.openUnit() }
        let interval = BootstrapMean(values, confidence: 0.95, seed: 5).interval
        #expect(BootstrapMean(values, confidence: 0.95, seed: 5).interval == interval)
        #expect(BootstrapMean(values, confidence: 0.95, seed: 6).interval != interval)
        #expect(BootstrapMean(values, confidence: 0.5, seed: 5).interval.width < interval.width)
        // Values far from 0 have the same interval around them.
        let far = BootstrapMean(values.map { $0 + 1_000_000 }, confidence: 0.95, seed: 5).interval
        #expect(abs(far.lower - 1_000_000 - interval.lower) < 1e-8 && abs(far.upper - 1_000_000 - interval.upper) < 1e-8)
    }

    @Test("Equal values leave no interval, and a single one has none")
    func degenerate() {
        #expect(BootstrapMean([2, 2, 2], confidence: 0.9, seed: 1).interval == Interval(2, 2))
        #expect(BootstrapMean([2], confidence: 0.9, seed: 1).interval == Interval(-.infinity, .infinity))
        #expect(BootstrapMean([.nan], confidence: 0.9, seed: 1).mean.isNaN)
    }
}
