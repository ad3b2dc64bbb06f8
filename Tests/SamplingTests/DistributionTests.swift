import LynxModel
import Testing

@testable import Sampling

/// Whole samples against scipy's distributions. Seeds are fixed, so these never fail by chance.
@Suite("The distribution of samples")
struct DistributionTests {
    private static let runs = 20_000

    @Test("Samples follow their distribution", arguments: SamplingMethod.allCases)
    func continuous(method: SamplingMethod) async throws {
        let cases = continuousDistributions.enumerated().map { number, distribution in
            let sampler = sampler(["p\(number)": distribution], method: method, runs: Self.runs)
            return (distribution, (0..<Self.runs).map { sampler.parameters(at: $0)["p\(number)"]!.double })
        }
        for (item, p) in zip(cases, try await Scipy.kolmogorovSmirnov(cases)) {
            #expect(p > 0.01, "\(item.0): p = \(p)")
            #expect(item.1.allSatisfy { $0.isFinite })
        }
    }

    @Test("Discrete values come as often as their weights say", arguments: SamplingMethod.allCases.filter { $0 != .grid })
    func discrete(method: SamplingMethod) async throws {
        let values: [ParameterValue] = [.integer(1), .string("two"), .bool(false), .number(4.5), .integer(5)]
        let weights: [Double] = [0.5, 3, 1, 0.01, 7]
        let sampler = sampler(
            ["weighted": .discrete(values: values, weights: weights), "equal": .discrete(values: values, weights: nil)],
            method: method, runs: Self.runs)
        var counts: [String: [ParameterValue: Int]] = [:]
        for index in 0..<Self.runs {
            for (name, value) in sampler.parameters(at: index) { counts[name, default: [:]][value, default: 0] += 1 }
        }
        let p = try await Scipy.chiSquare([
            (values.map { counts["weighted"]![$0] ?? 0 }, weights), (values.map { counts["equal"]![$0] ?? 0 }, [1, 1, 1, 1, 1]),
        ])
        #expect(p.allSatisfy { $0 > 0.01 }, "\(p)")
        // A stratified draw is off by no more than the strata that a step of the distribution cuts.
        if method == .latinHypercube {
            for (value, weight) in zip(values, weights) {
                let expected = Double(Self.runs) * weight / weights.reduce(0, +)
                #expect(abs(Double(counts["weighted"]![value] ?? 0) - expected) <= 2)
            }
        }
    }

    @Test(
        "Whole numbers and paths come equally often, and observed values as often as they were observed",
        arguments: [SamplingMethod.monteCarlo, .latinHypercube])
    func equallyLikely(method: SamplingMethod) async throws {
        let observed = [1.5, 3, 1.5, -2]
        let sampler = sampler(
            [
                "integer": .integerUniform(min: -3, max: 4), "file": .files(["a.csv", "b.csv", "c.csv"]),
                "observed": .empirical(values: observed, interpolate: false),
            ], method: method, runs: Self.runs)
        var counts: [String: [ParameterValue: Int]] = [:]
        for index in 0..<Self.runs {
            for (name, value) in sampler.parameters(at: index) { counts[name, default: [:]][value, default: 0] += 1 }
        }
        let integers = (-3...4).map { counts["integer"]![.integer($0)] ?? 0 }
        let files = ["a.csv", "b.csv", "c.csv"].map { counts["file"]![.string($0)] ?? 0 }
        let values = [1.5, 3, -2].map { counts["observed"]![.number($0)] ?? 0 }
        #expect([integers, files, values].allSatisfy { $0.reduce(0, +) == Self.runs })
        let p = try await Scipy.chiSquare([
            (integers, [Double](repeating: 1, count: 8)), (files, [1, 1, 1]), (values, [2, 1, 1]),
        ])
        #expect(p.allSatisfy { $0 > 0.01 }, "\(p)")
    }

    @Test(
        "Parameters are independent of each other", arguments: [SamplingMethod.latinHypercube, .monteCarlo, .table], [500, 5_000])
    func independence(method: SamplingMethod, runs: Int) {
        let names = ["a", "b", "c", "mass", "mass2", "semi_major_axis_m", "eccentricity"]
        let sampler = sampler(
            Dictionary(uniqueKeysWithValues: names.map { ($0, .uniform(min: 0, max: 1)) }), method: method, runs: runs)
        let rows = (0..<runs).map { sampler.parameters(at: $0).mapValues(\.double) }
        // Four standard deviations of a correlation coefficient of independent values.
        let limit = 4 / Double(runs).squareRoot()
        for (position, first) in names.enumerated() {
            for second in names[(position + 1)...] {
                let products = rows.reduce(0) { $0 + ($1[first]! - 0.5) * ($1[second]! - 0.5) }
                #expect(abs(12 * products / Double(runs)) < limit, "\(first) and \(second)")
            }
            // Nor does a run tell of the next one, or of its own number.
            let serial = (1..<runs).reduce(0) { $0 + (rows[$1][first]! - 0.5) * (rows[$1 - 1][first]! - 0.5) }
            #expect(abs(12 * serial / Double(runs)) < limit, "\(first) from run to run")
            let trend = (0..<runs).reduce(0) { $0 + (rows[$1][first]! - 0.5) * (Double($1) / Double(runs) - 0.5) }
            #expect(abs(12 * trend / Double(runs)) < limit, "\(first) over the runs")
        }
    }
}
