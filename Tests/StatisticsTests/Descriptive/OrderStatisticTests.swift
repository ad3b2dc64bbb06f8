import Testing

@testable import Statistics

@Suite("Quantiles and tolerance bounds")
struct OrderStatisticTests {
    private static let probabilities = [0, 0.001, 0.05, 0.1, 0.25, 1.0 / 3, 0.5, 0.75, 0.9, 0.99, 1]

    @Test("Quantiles are numpy's, for few and for many values")
    func quantiles() async throws {
        let data = try await StatisticsReference.realData()
        var random = CounterRandom(seed: 3)
        let short = (1...12).map { count in (0..<count).map { _ in random.openUnit() } }
        let columns = short + data.survey + data.households + [data.sunspots]
        let expected = try await StatisticsReference.ask("quantiles", Self.probabilities, columns: columns)
        for (column, expected) in zip(columns, expected) {
            let sorted = SortedColumn(column)
            expectAgreement(Self.probabilities.map { sorted.quantile($0) }, expected, within: 1e-15)
        }
    }

    @Test("Intervals of quantiles are scipy's")
    func intervals() async throws {
        let data = try await StatisticsReference.realData()
        let columns = data.households + [data.sunspots, Array(data.sunspots.prefix(20))]
        let probabilities = [0.05, 0.25, 0.5, 0.9, 0.99]
        let expected = try await StatisticsReference.ask("quantile_intervals", [0.9] + probabilities, columns: columns)
        let estimates = columns.flatMap { column in
            probabilities.map { SortedColumn(column).estimate(quantile: $0, confidence: 0.9).interval }
        }
        // scipy has NaN where a side is not bounded.
        #expect(zip(estimates, expected[0]).allSatisfy { $1.isNaN ? $0.lower == -.infinity : $0.lower == $1 })
        #expect(zip(estimates, expected[1]).allSatisfy { $1.isNaN ? $0.upper == .infinity : $0.upper == $1 })
        #expect(expected[1].contains { $0.isNaN })
    }

    @Test("Ranks hold with the confidence, and the next ones would not", arguments: [1, 5, 59, 400])
    func ranks(runs: Int) {
        for probability in [0.01, 0.25, 0.5, 0.95] {
            for confidence in [0.5, 0.9, 0.99] {
                let ranks = QuantileRanks(probability: probability, runs: runs, confidence: confidence)
                let below = BinomialDistribution(trials: runs, probability: probability)
                let risk = 0.5 * (1 - confidence)
                #expect(ranks.lower < ranks.upper)
                #expect(below.cumulative(ranks.lower - 1) <= risk && below.cumulative(ranks.lower) > risk)
                #expect(below.survival(ranks.upper - 1) <= risk && below.survival(ranks.upper - 2) > risk)
            }
        }
    }

    @Test("Missing runs move a quantile no further than its bounds, wherever they lie")
    func missingRuns() {
        let values = [3.0, 1, 4, 1.5, 9, 2.6]
        let column = SortedColumn(values + [.nan, .nan])
        #expect(column.runs == 8 && column.missing == 2 && column.values == values.sorted())
        for probability in [0.1, 0.3, 0.5, 0.8] {
            let estimate = column.estimate(quantile: probability, confidence: 0.5)
            for low in [-100.0, 2, 100] {
                for high in [-100.0, 2, 100] {
                    let filled = SortedColumn(values + [low, high]).estimate(quantile: probability, confidence: 0.5)
                    #expect(estimate.bounds.contains(filled.value))
                    #expect(filled.interval.lower >= estimate.intervalOfBounds.lower)
                    #expect(filled.interval.upper <= estimate.intervalOfBounds.upper)
                }
            }
        }
        // The median of all runs is known but for which of the middle ones it is.
        #expect(column.quantile(0.5, .below) == 0.5 * (1.5 + 2.6) && column.quantile(0.5, .above) == 3.5)
        #expect(column.quantile(0, .below) == -.infinity && column.quantile(1, .above) == .infinity)
        #expect(SortedColumn([]).quantile(0.5).isNaN)
    }

    @Test("The first order takes 59 runs for a one-sided bound at 95/95, and 93 for a two-sided one")
    func toleranceRuns() {
        #expect(ToleranceBound.fewestRuns(coverage: 0.95, confidence: 0.95, side: .upper) == 59)
        #expect(ToleranceBound.fewestRuns(coverage: 0.95, confidence: 0.95, side: .lower) == 59)
        #expect(ToleranceBound.fewestRuns(coverage: 0.95, confidence: 0.95, side: .both) == 93)
        #expect(ToleranceBound.fewestRuns(coverage: 0.9973, confidence: 0.90, side: .upper) == 852)
        #expect(ToleranceBound.order(runs: 58, coverage: 0.95, confidence: 0.95, side: .upper) == nil)
        #expect(ToleranceBound.order(runs: 92, coverage: 0.95, confidence: 0.95, side: .both) == nil)
        for order in 1...6 {
            for side in [ToleranceSide.upper, .both] {
                let runs = ToleranceBound.fewestRuns(coverage: 0.9, confidence: 0.95, order: order, side: side)
                #expect(ToleranceBound.order(runs: runs, coverage: 0.9, confidence: 0.95, side: side) == order)
                let oneLess = ToleranceBound.order(runs: runs - 1, coverage: 0.9, confidence: 0.95, side: side)
                #expect(oneLess == (order == 1 ? nil : order - 1))
            }
        }
    }

    @Test("A tolerance bound is an order statistic with the confidence P[Bin(n, β) ≤ n − r]")
    func toleranceBounds() throws {
        var random = CounterRandom(seed: 5)
        let values = (0..<200).map { _ in random.openUnit() }
        let column = SortedColumn(values)
        let upper = try #require(column.toleranceBound(coverage: 0.95, confidence: 0.95, side: .upper))
        #expect(upper.order == 5 && upper.interval == Interval(-.infinity, column.values[195]))
        let confidence = BinomialDistribution(trials: 200, probability: 0.95).cumulative(195)
        #expect(abs(upper.confidence - confidence) < 1e-14 && confidence >= 0.95)
        let lower = try #require(column.toleranceBound(coverage: 0.95, confidence: 0.95, side: .lower))
        #expect(lower.interval == Interval(column.values[4], .infinity))
        let both = try #require(column.toleranceBound(coverage: 0.95, confidence: 0.95, side: .both))
        #expect(both.order == 2 && both.interval == Interval(column.values[1], column.values[198]))

        // Lost runs count as beyond the bound.
        let lossy = SortedColumn(values.dropLast(3) + [.nan, .nan, .nan])
        let bound = try #require(lossy.toleranceBound(coverage: 0.95, confidence: 0.95, side: .upper))
        #expect(bound.order == 5 && bound.interval.upper == lossy.values[195])
        let open = SortedColumn(values.dropLast(5) + Array(repeating: .nan, count: 5))
        #expect(open.toleranceBound(coverage: 0.95, confidence: 0.95, side: .upper)?.interval.upper == .infinity)
        #expect(SortedColumn(Array(values.prefix(58))).toleranceBound(coverage: 0.95, confidence: 0.95, side: .upper) == nil)
    }

    @Test("Bounds of a normal output hold as often as they say")
    func toleranceIsValid() throws {
        var held = 0
        for study in 0..<1_000 {
            var random = CounterRandom(seed: 6, key: [UInt64(study)])
            let column = SortedColumn((0..<93).map { _ in NormalDistribution.quantile(random.openUnit()) })
            let bound = try #require(column.toleranceBound(coverage: 0.95, confidence: 0.95, side: .both)).interval
            if NormalDistribution.cumulative(bound.upper) - NormalDistribution.cumulative(bound.lower) >= 0.95 { held += 1 }
        }
        // 950 of 1,000 or a little more are expected; 929 is three standard deviations below.
        #expect(held >= 929 && held < 1_000)
    }
}
