import LynxDocument
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
        .loguniform(min: 1e-300, max: 1e300),
        .rayleigh(scale: 1e-3),
        .gumbel(loc: 0, scale: 1),
        .gamma(shape: 0.05, scale: 1),
        .gamma(shape: 0.99, scale: 1),
        .gamma(shape: 9.99, scale: 1),
        .gamma(shape: 10, scale: 1),
        .gamma(shape: 150, scale: 1),
        .gamma(shape: 1e5, scale: 1),
        .studentT(df: 0.5, loc: 0, scale: 1),
        .studentT(df: 2, loc: 0, scale: 1),
        .studentT(df: 30, loc: 0, scale: 1),
        .studentT(df: 1e6, loc: 0, scale: 1),
        .empirical(values: [1, 1, 2, 2, 2, 7], interpolate: true),
    ]

    @Test("Quantiles agree with scipy's to nine digits, far into the tails")
    func quantiles() async throws {
        // Of mixtures scipy has no quantiles, and near the median those of Student's distribution have six digits.
        let distributions = (continuousDistributions + Self.extremes).filter { $0.kind != .mixture && $0.kind != .studentT }
        let expected = try await Scipy.quantiles(distributions.map { ($0, Self.probabilities) })
        for (distribution, expected) in zip(distributions, expected) {
            let quantile = Quantile(distribution)
            for (probability, expected) in zip(Self.probabilities, expected) {
                let actual = quantile(probability).double
                #expect(
                    abs(actual - expected) <= 1e-9 * abs(expected) + Self.floor(distribution),
                    "\(distribution) at \(probability): \(actual), scipy \(expected)")
            }
        }
    }

    @Test("Shares below and above a quantile are right, each to nine digits of its own, however far out it lies")
    func tails() async throws {
        let distributions = continuousDistributions + Self.extremes + [.gamma(shape: 1e6, scale: 1e-6)]
        let shares = [1e-15, 1e-9, 1e-6, 0.001, 0.05, 0.2, 0.5, 0.8]
        let values = distributions.map { distribution in
            shares.map { distribution.continuous!.quantile($0) }
                + ([1e-40, 1e-20] + shares).map { distribution.continuous!.quantile(above: $0) }
        }
        let expected = try await Scipy.tails(Array(zip(distributions, values)))
        for (number, distribution) in distributions.enumerated() {
            let real = try #require(distribution.continuous)
            let count = values[number].count
            for (place, x) in values[number].enumerated() {
                // What rounding of x itself does to its shares, which is much where a distribution is steep, and what the
                // subtraction from the end of a bounded one does.
                let around = [real.tails(at: x - 4 * x.ulp), real.tails(at: x + 4 * x.ulp)]
                let slack =
                    max(abs(around[0].below - around[1].below), abs(around[0].above - around[1].above))
                    + Self.subtraction(distribution)
                let tails = real.tails(at: x)
                for (actual, wanted) in [(tails.below, expected[number][place]), (tails.above, expected[number][count + place])] {
                    #expect(
                        abs(actual - wanted) <= 1e-9 * wanted + slack, "\(distribution) at \(x): \(actual), exactly \(wanted)")
                }
                // And it is the quantile of what it was asked for.
                let (asked, got) =
                    place < shares.count
                    ? (shares[place], expected[number][place])
                    : (([1e-40, 1e-20] + shares)[place - shares.count], expected[number][count + place])
                #expect(abs(got - asked) <= 1e-9 * asked + slack, "\(distribution) at \(x), asked for \(asked): \(got)")
            }
        }
    }

    private static func subtraction(_ distribution: Distribution) -> Double {
        switch distribution {
        case .truncated, .truncatedNormal: 1e-13
        case .mixture(let components): components.map { subtraction($0.distribution) }.max()!
        default: 1e-300
        }
    }

    /// What an error is measured by where a value is close to 0.
    private static func floor(_ distribution: Distribution) -> Double {
        switch distribution {
        // Stretched across zero, it has the precision of its width.
        case .beta(_, _, let min, let max) where min < 0: 1e-14 * (max - min)
        case .triangular, .mixture, .gumbel, .studentT, .normal, .truncated: 1e-14
        default: 1e-300
        }
    }

    @Test("A truncated distribution agrees with scipy's conditional one to twelve digits")
    func truncated() async throws {
        let distributions = truncatedDistributions.filter { $0.kind != .mixture } + Self.farTruncations
        let expected = try await Scipy.quantiles(distributions.map { ($0, Self.probabilities) })
        for (distribution, expected) in zip(distributions, expected) {
            let quantile = Quantile(distribution)
            for (probability, expected) in zip(Self.probabilities, expected) {
                let actual = quantile(probability).double
                #expect(
                    abs(actual - expected) <= 1e-12 * max(abs(expected), 1e-2),
                    "\(distribution) at \(probability): \(actual), scipy \(expected)")
            }
        }
    }

    private static let farTruncations: [Distribution] = [
        .truncated(.normal(mean: 0, stdDev: 1), min: 7, max: 7.1),
        .truncated(.normal(mean: 0, stdDev: 1), min: -30, max: -6.5),
        .truncated(.normal(mean: 0, stdDev: 1), min: 0.3, max: 0.3000001),
        .truncated(.gamma(shape: 150, scale: 1), min: 250, max: 251),
        .truncated(.gamma(shape: 150, scale: 1), min: nil, max: 90),
        .truncated(.exponential(rate: 1), min: 27, max: nil),
    ]

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

    @Test("Shapes at the ends of double precision have finite samples, or are said to have none")
    func extremeShapes() {
        let (tiny, huge) = (1e-300, 1e300)
        let distributions: [Distribution] = [
            .gamma(shape: tiny, scale: 1), .gamma(shape: 1e-10, scale: 1), .gamma(shape: 1e6, scale: huge),
            .studentT(df: tiny, loc: 0, scale: 1),
            .studentT(df: 0.1, loc: 0, scale: 1), .loguniform(min: .leastNonzeroMagnitude, max: .greatestFiniteMagnitude),
            .gumbel(loc: huge, scale: tiny),
            .weibull(shape: tiny, scale: 1), .rayleigh(scale: .greatestFiniteMagnitude),
            .beta(alpha: tiny, beta: huge, min: 0, max: 1),
            .beta(alpha: tiny, beta: tiny, min: 0, max: 1),
            .truncated(.studentT(df: 0.1, loc: 0, scale: 1), min: -huge, max: huge),
            .truncated(.gamma(shape: 1e6, scale: 1), min: 1, max: 2), .truncated(.uniform(min: 0, max: 1), min: 2, max: nil),
            .mixture([
                MixtureComponent(weight: tiny, distribution: .lognormal(mu: -600, sigma: 1)),
                MixtureComponent(weight: huge, distribution: .lognormal(mu: 600, sigma: 1)),
            ]),
        ]
        for distribution in distributions where distribution.hasRepresentableSamples {
            let quantile = Quantile(distribution)
            for probability in [0x1p-53, 0.001, 0.5, 0.999, 1 - 0x1p-53] {
                #expect(quantile(probability).double.isFinite, "\(distribution)")
            }
        }
        #expect(!Distribution.gamma(shape: tiny, scale: 1).hasRepresentableSamples)
        #expect(Distribution.loguniform(min: .leastNonzeroMagnitude, max: .greatestFiniteMagnitude).hasRepresentableSamples)
    }

    @Test("A truncation that leaves nothing is refused where it stands, also inside of a mixture")
    func emptyTruncations() {
        func problems(_ distribution: Distribution) -> [FieldProblem] { batch(["x": distribution]).samplingProblems }
        let path: [FieldProblem.Step] = ["config", "dispersions", "x", "distribution"]
        #expect(problems(.truncated(.gamma(shape: 2, scale: 1), min: 20, max: nil)) == [])
        #expect(
            problems(.truncated(.gamma(shape: 2, scale: 1), min: nil, max: -1))
                == [FieldProblem(path + ["truncate"], "leaves almost nothing of the distribution 'gamma'; widen the range")])
        let mixture = Distribution.mixture([
            MixtureComponent(weight: 1, distribution: .rayleigh(scale: 1)),
            MixtureComponent(weight: 1, distribution: .truncated(.normal(mean: 0, stdDev: 1), min: 9, max: 10)),
        ])
        #expect(
            problems(.truncated(mixture, min: 1, max: nil))
                == [
                    FieldProblem(
                        path + ["components", 1, "distribution", "truncate"],
                        "leaves almost nothing of the distribution 'normal'; widen the range")
                ])
        #expect(
            problems(.normal(mean: 0, stdDev: 1e308)) == [
                FieldProblem(path, "has samples beyond double precision; bring its parameters closer to 0")
            ])
    }

    @Test("A discrete value without weight is never drawn, and the last one ends the list")
    func discrete() {
        let quantile = Quantile(
            .discrete(values: [.string("a"), .integer(2), .bool(true), .number(0.5)], weights: [0, 1, 3, 0]))
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
