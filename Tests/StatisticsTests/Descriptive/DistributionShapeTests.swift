import Glibc
import Testing

@testable import Statistics

@Suite("Histograms, distribution functions and running estimates")
struct DistributionShapeTests {
    @Test("Histograms are numpy's automatic ones on real data")
    func histograms() async throws {
        let data = try await StatisticsReference.realData()
        var random = CounterRandom(seed: 8)
        let skewed = (0..<5_000).map { _ in exp(2 * NormalDistribution.quantile(random.openUnit())) }
        let columns = data.survey + data.households + [data.sunspots, skewed, [3, 3, 3], [7]]
        let expected = try await StatisticsReference.ask("histogram", columns: columns)
        for (index, column) in columns.enumerated() {
            let histogram = Histogram(SortedColumn(column))
            #expect(histogram.counts.map(Double.init) == expected[2 * index])
            expectAgreement(histogram.edges, expected[2 * index + 1], within: 1e-14, least: 1)
        }
    }

    @Test("A histogram has a limited number of intervals and leaves no run out")
    func limits() {
        let (dense, sparse) = ((0..<10_000).map { Double($0) * 1e-4 }, (10_000..<20_000).map(Double.init))
        let wide = SortedColumn(dense + sparse + [.infinity, -.infinity, .nan])
        let histogram = Histogram(wide, mostBins: 10)
        #expect(histogram.counts.count == 10 && histogram.edges.count == 11)
        #expect(histogram.counts.reduce(0, +) == 20_000)
        #expect(histogram.negativeInfinities == 1 && histogram.positiveInfinities == 1 && histogram.missing == 1)
        #expect(Histogram(SortedColumn([.nan, .infinity])).counts.isEmpty)
        // Neighbouring numbers, and a range that overflows.
        let near = Histogram(SortedColumn((0..<1_000).map { $0 % 2 == 0 ? 1e16 : 1e16.nextUp }))
        #expect(near.counts.reduce(0, +) == 1_000 && zip(near.edges, near.edges.dropFirst()).allSatisfy { $0 < $1 })
        #expect(Histogram(SortedColumn([-1e308, 0, 1e308])).counts == [3])
    }

    @Test("Distribution functions are scipy's on real data, with bounds for missing runs")
    func distributionFunctions() async throws {
        let sunspots = try await StatisticsReference.realData().sunspots
        let points = [-1.0, 0, 5, 5.05, 60, 154.4, 500]
        let expected = try await StatisticsReference.ask("distribution", points, columns: [sunspots])
        let distribution = EmpiricalDistribution(SortedColumn(sunspots))
        expectAgreement(points.map { distribution.share(upTo: $0) }, expected[0], within: 1e-15)
        let lossy = EmpiricalDistribution(SortedColumn([1, 2, 3, .nan]))
        #expect(lossy.share(upTo: 2) == 2.0 / 3 && lossy.shareBounds(upTo: 2) == Interval(0.5, 0.75))
    }

    @Test("The band of Dvoretzky, Kiefer and Wolfowitz is Massart's")
    func band() {
        let distribution = EmpiricalDistribution(SortedColumn((0..<200).map(Double.init)))
        #expect(abs(distribution.band(confidence: 0.95) - 0.0960) < 0.0001)
        #expect(EmpiricalDistribution(SortedColumn([])).band(confidence: 0.9) == 1)
    }

    @Test("A thinned curve keeps both ends, ascends, and lies on the function")
    func thinning() {
        var random = CounterRandom(seed: 9)
        for count in [0, 1, 2, 19, 20, 21, 5_000] {
            let distribution = EmpiricalDistribution(SortedColumn((0..<count).map { _ in Double(random.below(400)) }))
            let points = distribution.points(limit: 20)
            #expect(points.count <= 20)
            let values = distribution.column.values
            #expect(points.first?.value == values.first && points.last?.value == values.last)
            #expect(zip(points, points.dropFirst()).allSatisfy { $0.value < $1.value && $0.share < $1.share })
            #expect(points.allSatisfy { $0.share == distribution.share(upTo: $0.value) })
        }
        #expect(Thinning.counts(upTo: 5, limit: 9) == [1, 2, 3, 4, 5] && Thinning.counts(upTo: 10, limit: 4) == [2, 5, 7, 10])
    }

    @Test("Running means are those of the first runs, and the last one that of all")
    func runningMean() async throws {
        var values = try await StatisticsReference.realData().sunspots
        values[4] = .nan
        let running = RunningMean(values, confidence: 0.9, limit: 50)
        #expect(running.points.count == 50 && running.points.last?.runs == values.count)
        for point in running.points {
            let moments = Moments(Array(values.prefix(point.runs)))
            #expect(abs(point.mean / moments.mean - 1) < 1e-13 && point.missing == moments.missing)
            let interval = moments.meanInterval(confidence: 0.9)
            #expect(abs(point.interval.lower - interval.lower) < 1e-10 && abs(point.interval.upper - interval.upper) < 1e-10)
        }
        #expect(RunningMean([.nan, 2], confidence: 0.9).points.map(\.runs) == [1, 2])
        #expect(RunningMean([], confidence: 0.9).points.isEmpty)
    }

    @Test("Running shares stop at the first pending run and count missing ones both ways")
    func runningShare() {
        var outcomes = [RunOutcome](repeating: .pass, count: 100)
        (outcomes[10], outcomes[20], outcomes[90]) = (.fail, .missing, .pending)
        let points = RunningShare(outcomes, confidence: 0.95, limit: 30).points
        #expect(points.count == 30 && points.last?.tally == RunTally(runs: 90, failures: 1, missing: 1))
        for point in points {
            #expect(point.tally == PrefixRule.tally(Array(outcomes.prefix(point.tally.runs))))
            #expect(point.interval.lower < point.tally.share.lower && point.interval.upper >= point.tally.share.upper)
        }
        #expect(points.last?.interval.lower == ClopperPearson.interval(passes: 88, runs: 90, confidence: 0.95).lower)
        #expect(points.last?.interval.upper == ClopperPearson.interval(passes: 89, runs: 90, confidence: 0.95).upper)
    }

    @Test("A summary holds what its parts say")
    func summary() async throws {
        var values = try await StatisticsReference.realData().sunspots
        values[7] = .nan
        var options = ColumnSummary.Options()
        options.probabilities = [0.5]
        options.confidence = 0.9
        let summary = ColumnSummary(values, options: options)
        let sorted = SortedColumn(values)
        #expect(summary.moments == Moments(values) && summary.histogram == Histogram(sorted))
        #expect(summary.quantiles == [sorted.estimate(quantile: 0.5, confidence: 0.9)])
        #expect(summary.tolerance == sorted.toleranceBound(coverage: 0.95, confidence: 0.9, side: .both))
        #expect(summary.meanInterval == summary.moments.meanInterval(confidence: 0.9))
        #expect(summary.distribution == EmpiricalDistribution(sorted).points(limit: 200))
    }
}
