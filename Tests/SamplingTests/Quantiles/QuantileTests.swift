import LynxModel
import Testing

@testable import Sampling

@Suite("Quantile functions")
struct QuantileTests {
    private static let probabilities: [Double] = [
        1e-15, 1e-12, 1e-9, 1e-6, 1e-4, 0.001, 0.01, 0.02425, 0.05, 0.074999, 0.075001, 0.1, 0.2, 0.25, 0.3, 1.0 / 3, 0.4,
        0.4999999, 0.5, 0.5000001, 0.6, 0.7, 0.75, 0.8, 0.9, 0.925001, 0.95, 0.99, 0.999, 0.9999, 1 - 1e-6, 1 - 1e-9,
        1 - 1e-12,
    ]

    private static let extremes: [Distribution] = [
        .normal(mean: 0, stdDev: 1),
        .truncatedNormal(mean: 0, stdDev: 1, min: 0, max: 40),
        .truncatedNormal(mean: 0, stdDev: 1, min: -40, max: 0.5),
        .truncatedNormal(mean: 0, stdDev: 1, min: 4.5, max: 4.6),
        .truncatedNormal(mean: 0, stdDev: 1, min: 5.5, max: 100),
        .truncatedNormal(mean: 0, stdDev: 1, min: 200, max: 201),
        .lognormal(mu: -20, sigma: 5),
        .weibull(shape: 20, scale: 1),
        .weibull(shape: 0.05, scale: 1),
        .exponential(rate: 1e-8),
        .beta(alpha: 0.05, beta: 0.05, min: 0, max: 1),
        .beta(alpha: 0.05, beta: 10_000, min: 0, max: 1),
        .beta(alpha: 10_000, beta: 0.05, min: 0, max: 1),
        .beta(alpha: 0.05, beta: 3, min: 0, max: 1),
        .beta(alpha: 1, beta: 0.05, min: 0, max: 1),
        .beta(alpha: 1, beta: 1, min: 0, max: 1),
        .beta(alpha: 1.5, beta: 30, min: 0, max: 1),
        .beta(alpha: 9.5, beta: 10.5, min: 0, max: 1),
        .beta(alpha: 20, beta: 300, min: 0, max: 1),
        .beta(alpha: 10_000, beta: 1, min: 0, max: 1),
        .beta(alpha: 10_000, beta: 3, min: 0, max: 1),
        .beta(alpha: 5_000, beta: 10_000, min: 0, max: 1),
        .beta(alpha: 10_000, beta: 10_000, min: 0, max: 1),
    ]

    @Test("Quantiles agree with scipy's to nine digits, far into the tails")
    func quantiles() async throws {
        let distributions = continuousDistributions + Self.extremes
        let expected = try await Scipy.quantiles(distributions.map { ($0, Self.probabilities) })
        for (distribution, expected) in zip(distributions, expected) {
            let quantile = Quantile(distribution)
            for (probability, expected) in zip(Self.probabilities, expected) {
                let actual = quantile(probability).double
                // A beta distribution stretched across zero has the precision of its width.
                var floor = 1e-300
                if case .beta(_, _, let min, let max) = distribution, min < 0 { floor = 1e-14 * (max - min) }
                #expect(
                    abs(actual - expected) <= 1e-9 * abs(expected) + floor,
                    "\(distribution) at \(probability): \(actual), scipy \(expected)")
            }
        }
    }

    @Test("The normal quantile agrees with scipy's to fourteen digits")
    func normal() async throws {
        let probabilities = (1..<2000).map { Double($0) / 2000 } + (1...300).map { Portable.pow(10, Double(-$0)) }
        let expected = try await Scipy.quantiles([(.normal(mean: 0, stdDev: 1), probabilities)])[0]
        for (probability, expected) in zip(probabilities, expected) {
            let actual = StandardNormal.quantile(probability)
            #expect(abs(actual - expected) <= 1e-14 * abs(expected), "at \(probability): \(actual), scipy \(expected)")
        }
    }

    @Test("Bounded distributions never leave their bounds, also where their spread is next to nothing")
    func bounds() {
        let largest = Double.greatestFiniteMagnitude
        let cases: [(Distribution, ClosedRange<Double>)] = [
            (.uniform(min: 0.1, max: 0.1), 0.1...0.1),
            (.uniform(min: 1, max: 1 + 0x1p-52), 1...1),
            (.uniform(min: -largest, max: largest), -largest...largest.nextDown),
            (.truncatedNormal(mean: 7, stdDev: 0, min: 0, max: 5), 5...5),
            (.truncatedNormal(mean: 0, stdDev: 1e-9, min: 1, max: 2), 1...2),
            (.truncatedNormal(mean: 0, stdDev: 1, min: -1e300, max: -1e200), -1e300 ... -1e200),
            (.triangular(min: 3, mode: 3, max: 3), 3...3),
            (.beta(alpha: 0.05, beta: 0.05, min: -0.1, max: 0.7), -0.1...0.7),
            (.beta(alpha: 1e5, beta: 1e5, min: 1e6, max: 1e6 + 1e-9), 1e6...(1e6 + 1e-9)),
        ]
        for (distribution, range) in cases {
            let quantile = Quantile(distribution)
            for probability in [0x1p-53] + Self.probabilities + [1 - 0x1p-53] {
                let value = quantile(probability).double
                #expect(range.contains(value), "\(distribution) at \(probability): \(value)")
            }
        }
    }

    @Test("A discrete value without weight is never drawn, and the last one ends the list")
    func discrete() {
        let quantile = Quantile(.discrete(values: [.string("a"), .integer(2), .bool(true), .number(0.5)], weights: [0, 1, 3, 0]))
        #expect(quantile(0x1p-53) == .integer(2))
        #expect(quantile(0.2499) == .integer(2))
        #expect(quantile(0.25) == .bool(true))
        #expect(quantile(1 - 0x1p-53) == .bool(true))
        let equal = Quantile(.discrete(values: [.integer(1), .integer(2), .integer(3)], weights: nil))
        #expect([0.1, 0.5, 0.9].map { equal($0) } == [.integer(1), .integer(2), .integer(3)])
    }

    @Test("Discrete numbers of which one is a float are all floats; beside texts each keeps its type")
    func oneType() {
        let mixed = Quantile(.discrete(values: [.number(0.5), .integer(1), .number(2)], weights: nil))
        #expect([0.1, 0.5, 0.9].map { mixed($0) } == [.number(0.5), .number(1), .number(2)])
        let beyond = Quantile(.discrete(values: [.number(0.5), .integer(.max)], weights: nil))
        #expect(beyond(0.9) == .integer(.max))
        let texts = Quantile(.discrete(values: [.number(0.5), .integer(1), .string("a")], weights: nil))
        #expect(texts(0.5) == .integer(1))
    }
}
