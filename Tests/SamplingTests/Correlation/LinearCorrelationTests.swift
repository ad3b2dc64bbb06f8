import LynxModel
import Testing

@testable import Sampling

@Suite("Linear correlation of parameters", .timeLimit(.minutes(5)))
struct LinearCorrelationTests {
    private func correlation(_ first: Distribution, _ second: Distribution) throws -> LinearCorrelation {
        let one = try #require(StandardizedDistribution(first.continuous!))
        let other = try #require(StandardizedDistribution(second.continuous!))
        return try #require(LinearCorrelation(one, other))
    }

    private static let normals = [-1, -0.99, -0.9, -0.5, -0.1, 0, 0.2, 0.7, 0.95, 0.999, 1]

    @Test("Normal parameters are correlated as their normal numbers are")
    func normal() throws {
        let linear = try correlation(.normal(mean: 1e9, stdDev: 1), .normal(mean: -3, stdDev: 1e-7))
        for normal in Self.normals { #expect(abs(linear(normal: normal) - normal) < 1e-12) }
        #expect(abs(linear.reachable.lowerBound + 1) < 1e-12 && abs(linear.reachable.upperBound - 1) < 1e-12)
    }

    @Test("Uniform parameters have the correlation 6/π·asin(ρ/2)")
    func uniform() throws {
        let linear = try correlation(.uniform(min: 0, max: 1), .uniform(min: -5, max: 100))
        for normal in Self.normals {
            #expect(abs(linear(normal: normal) - 6 / Portable.pi * Portable.arcsin(normal / 2)) < 1e-12, "\(normal)")
        }
    }

    @Test("Lognormal parameters have the known correlation, and range of it", arguments: [(0.5, 0.5), (0.3, 1.5), (2, 1)])
    func lognormal(sigmas: (Double, Double)) throws {
        let (s, t) = sigmas
        let linear = try correlation(.lognormal(mu: 1, sigma: s), .lognormal(mu: -2, sigma: t))
        func exact(_ normal: Double) -> Double {
            Portable.expm1(normal * s * t) / (Portable.expm1(s * s) * Portable.expm1(t * t)).squareRoot()
        }
        for normal in Self.normals { #expect(abs(linear(normal: normal) - exact(normal)) < 1e-10, "\(normal)") }
        #expect(abs(linear.reachable.lowerBound - exact(-1)) < 1e-10)
        #expect(abs(linear.reachable.upperBound - exact(1)) < 1e-10)
        #expect(linear.normal(for: exact(-1) - 0.001) == nil)
        #expect(linear.normal(for: exact(1) + 0.001) == nil)
    }

    @Test("Other pairs agree with quadrature in two dimensions, and the way back leads to the normal correlation")
    func pairs() async throws {
        let pairs: [(Distribution, Distribution)] = [
            (.exponential(rate: 2), .uniform(min: 0, max: 1)),
            (.gamma(shape: 0.7, scale: 1), .weibull(shape: 0.8, scale: 5)),
            (.beta(alpha: 0.5, beta: 0.5, min: 0, max: 1), .triangular(min: 0, mode: 1, max: 4)),
            (.gumbel(loc: 1, scale: 2), .studentT(df: 5, loc: 0, scale: 1)),
            (.truncated(.normal(mean: 0, stdDev: 1), min: 1, max: nil), .rayleigh(scale: 2)),
            (.empirical(values: [1, 2, 2.5, 7, 7.5, 20], interpolate: true), .lognormal(mu: 0, sigma: 1)),
            (
                .mixture([
                    MixtureComponent(weight: 1, distribution: .uniform(min: 0, max: 1)),
                    MixtureComponent(weight: 2, distribution: .uniform(min: 10, max: 12)),
                ]), .empirical(values: [0, 1, 10, 11], interpolate: true)
            ),
        ]
        let normals = [-1, -0.95, -0.4, 0.3, 0.99, 1]
        let expected = try await Scipy.linearCorrelations(pairs.map { ($0, normals) })
        for (pair, expected) in zip(pairs, expected) {
            let linear = try correlation(pair.0, pair.1)
            for (normal, expected) in zip(normals, expected) {
                // A jump is what converges slowest, close to the ends.
                let slack = pair.0.kind == .mixture && abs(normal) > 0.95 ? 1e-6 : 1e-8
                #expect(
                    abs(linear(normal: normal) - expected) < slack,
                    "\(pair) at \(normal): \(linear(normal: normal)), scipy \(expected)")
                let back = try #require(linear.normal(for: linear(normal: normal)))
                #expect(abs(back - normal) < 1e-7, "\(pair)")
            }
        }
    }

    @Test("What moves together moves so in either order, and mirrored the other way")
    func symmetric() throws {
        let (first, second) = (Distribution.gamma(shape: 0.7, scale: 1), Distribution.triangular(min: 0, mode: 1, max: 4))
        let (there, back) = (try correlation(first, second), try correlation(second, first))
        for normal in Self.normals { #expect(abs(there(normal: normal) - back(normal: normal)) < 1e-12) }
        let alike = try correlation(first, first)
        #expect(abs(alike.reachable.upperBound - 1) < 1e-12)
    }

    @Test("There is none where a distribution has no standard deviation")
    func none() {
        #expect(!Distribution.studentT(df: 2, loc: 0, scale: 1).hasStandardDeviation)
        #expect(Distribution.studentT(df: 2.1, loc: 0, scale: 1).hasStandardDeviation)
        #expect(Distribution.truncated(.studentT(df: 1, loc: 0, scale: 1), min: -5, max: 5).hasStandardDeviation)
        #expect(!Distribution.truncated(.studentT(df: 1, loc: 0, scale: 1), min: -5, max: nil).hasStandardDeviation)
        #expect(StandardizedDistribution(Weibull(shape: 0.005, scale: 1)) == nil)
    }

    @Test(
        "Rank correlations become those of normal numbers as in OpenTURNS", arguments: [CorrelationSpec.Kind.spearman, .kendall])
    func ranks(kind: CorrelationSpec.Kind) async throws {
        let scale = CorrelationScale(kind) { (nil, nil) }
        let coefficients = [-0.99, -0.7, -0.25, 0.1, 0.5, 0.95]
        for (coefficient, expected) in zip(coefficients, try await Scipy.normalCorrelations(kind, coefficients)) {
            let normal = try #require(scale.normal(coefficient))
            #expect(abs(normal - expected) < 1e-14)
            #expect(abs(scale.coefficient(normal) - coefficient) < 1e-14)
        }
        #expect(abs(scale.normal(1)! - 1) < 1e-15)
        #expect(abs(scale.normal(-1)! + 1) < 1e-15)
    }
}
