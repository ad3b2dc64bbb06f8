import Glibc
import Testing

@testable import Statistics

@Suite("Covariances and dispersion ellipses")
struct CovarianceTests {
    @Test("Covariances and correlations agree with numpy on real data")
    func reference() async throws {
        let columns = try await StatisticsReference.realData().survey
        let expected = try await StatisticsReference.ask("covariance", columns: columns)
        let covariance = Covariance(columns)
        let pairs = columns.indices.flatMap { i in columns.indices.map { (i, $0) } }
        expectAgreement(pairs.map { covariance[$0.0, $0.1] }, expected[0], within: 1e-12, least: 1)
        expectAgreement(pairs.map { covariance.correlation($0.0, $0.1) }, expected[1], within: 1e-12, least: 1)
        for (column, mean) in zip(columns, covariance.means) { #expect(abs(mean - Moments(column).mean) < 1e-12) }
    }

    @Test("Blocks of runs give what all runs give, and runs with an answer missing are left out", arguments: [1, 7, 512, 700])
    func streaming(size: Int) {
        var random = CounterRandom(seed: 10)
        var x = (0..<1_500).map { _ in 1e6 + random.openUnit() }
        var y = x.map { 3 * $0 + random.openUnit() }
        (x[5], x[6], y[6], y[1_400]) = (.nan, .nan, .nan, .nan)
        var (streamed, combined) = (Covariance(columns: 2), Covariance(columns: 2))
        for start in stride(from: 0, to: x.count, by: size) {
            let runs = start..<min(start + size, x.count)
            let block = [Array(x[runs]), Array(y[runs])]
            streamed.add(block)
            combined.combine(Covariance(block))
        }
        let complete = x.indices.filter { !x[$0].isNaN && !y[$0].isNaN }
        let whole = Covariance([complete.map { x[$0] }, complete.map { y[$0] }])
        for covariance in [streamed, combined] {
            #expect(covariance.count == 1_497 && covariance.missing == 3)
            for (i, j) in [(0, 0), (0, 1), (1, 1)] { #expect(abs(covariance[i, j] / whole[i, j] - 1) < 1e-9) }
            #expect(covariance[1, 0] == covariance[0, 1])
        }
        #expect(Covariance([[1], [2]])[0, 0].isNaN)
    }

    @Test("Ellipses have the axes, the direction and the distances that numpy finds")
    func ellipses() async throws {
        let columns = try await StatisticsReference.realData().households
        let expected = try await StatisticsReference.ask("ellipse", columns: columns)
        let ellipses = try #require(DispersionEllipses(columns[0], columns[1], sigmas: [1, 2, 3], confidence: 0.9))
        let distances = expected[2]
        for (k, ellipse) in zip([1.0, 2, 3], ellipses.ellipses) {
            expectAgreement([ellipse.semiMinor, ellipse.semiMajor], expected[0].map { k * $0 }, within: 1e-11)
            let inside = Double(distances.count { $0 <= k }) / Double(distances.count)
            #expect(ellipse.share == Interval(inside, inside))
            let estimate = SortedColumn(distances).estimate(quantile: ellipse.normalShare, confidence: 0.9)
            expectAgreement(
                [ellipse.distance.value, ellipse.distance.interval.lower], [estimate.value, estimate.interval.lower],
                within: 1e-10)
        }
        // numpy's axis may point the other way.
        #expect(abs(abs(cos(ellipses.angle)) - abs(expected[1][0])) < 1e-12)
        #expect(abs(tan(ellipses.angle) - expected[1][1] / expected[1][0]) < 1e-10)
    }

    @Test("One, two and three sigma of a bivariate normal distribution hold 39.3, 86.5 and 98.9 percent")
    func shares() throws {
        var random = CounterRandom(seed: 11)
        let x = (0..<20_000).map { _ in NormalDistribution.quantile(random.openUnit()) }
        let y = x.map { 0.8 * $0 + 2 * NormalDistribution.quantile(random.openUnit()) }
        let ellipses = try #require(DispersionEllipses(x, y)).ellipses
        for (ellipse, share) in zip(ellipses, [0.3935, 0.8647, 0.9889]) {
            #expect(abs(ellipse.normalShare - share) < 0.00005)
            #expect(abs(ellipse.share.lower - share) < 0.011)
            #expect(abs(ellipse.distance.value / ellipse.sigmas - 1) < 0.03)
            #expect(abs(DispersionEllipses.normalDistance(share: ellipse.normalShare) - ellipse.sigmas) < 1e-12)
        }
    }

    @Test("Missing runs lie inside and outside of an ellipse")
    func missing() throws {
        let x = [0.0, 1, 2, 3, 1, .nan, 4]
        let y = [1.0, 0, 2, 1, 3, 2, .nan]
        let ellipse = try #require(DispersionEllipses(x, y, sigmas: [100])).ellipses[0]
        #expect(ellipse.share == Interval(5.0 / 7, 1) && ellipse.distance.bounds.upper == .infinity)
    }

    @Test("Axes lie along the outputs where these are uncorrelated")
    func axes() throws {
        let wide = try #require(DispersionEllipses([-2, 2, 0, 0], [0, 0, 1, -1], sigmas: [1]))
        #expect(wide.angle == 0 && wide.ellipses[0].semiMajor > wide.ellipses[0].semiMinor)
        let tall = try #require(DispersionEllipses([0, 0, 1, -1], [-2, 2, 0, 0], sigmas: [1]))
        #expect(tall.angle == .pi / 2)
    }

    @Test("Points on a line, or fewer than three, have no ellipse")
    func degenerate() {
        let line = (0..<100).map { 0.1 * Double($0) }
        #expect(DispersionEllipses(line, line.map { 3 - 7 * $0 }) == nil)
        #expect(DispersionEllipses(line, line.map { _ in 1 }) == nil)
        #expect(DispersionEllipses([1, 2], [2, 1]) == nil)
        #expect(DispersionEllipses([], []) == nil)
    }
}
