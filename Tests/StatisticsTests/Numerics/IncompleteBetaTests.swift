import Glibc
import Testing

@testable import Statistics

@Suite("The incomplete beta function")
struct IncompleteBetaTests {
    private static let shapes = [0.3, 0.5, 1, 2, 3.7, 10, 59, 200, 1_000, 12_345, 100_000, 1_000_000]

    /// Points from the middle of each distribution to far out.
    private static let points: [(a: Double, b: Double, x: Double)] = shapes.flatMap { a in
        shapes.flatMap { b in
            let mean = a / (a + b)
            let deviation = (mean * (1 - mean) / (a + b + 1)).squareRoot()
            return [-30.0, -8, -2.5, -0.3, 0.2, 1, 4, 20].compactMap { steps in
                let x = mean + steps * deviation
                return x > 0 && x < 1 ? (a, b, x) : nil
            }
        }
    }

    @Test("Both tails agree with sixty digits of mpmath, far out and for shapes up to a million")
    func tails() async throws {
        // mpmath takes its time for large shapes, so that a part of the points has to do.
        let points = Self.points.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        let expected = try await StatisticsReference.ask("log_beta_tails", points.flatMap { [$0.a, $0.b, $0.x] })
        let tails = points.map { IncompleteBeta($0.a, $0.b).tails($0.x) }
        // Tails that are about to underflow have logarithms of some hundreds, and 1e-13 of them in accuracy.
        expectAgreement(tails.map(\.logLower), expected[0], within: 1e-13, least: 2)
        expectAgreement(tails.map(\.logUpper), expected[1], within: 1e-13, least: 2)
        let ordinary = points.indices.filter { expected[0][$0] > -50 && expected[1][$0] > -50 }
        func shares(_ share: (IncompleteBeta, Double) -> Double) -> [Double] {
            ordinary.map { share(IncompleteBeta(points[$0].a, points[$0].b), points[$0].x) }
        }
        expectAgreement(shares { $0.lower($1) }, ordinary.map { exp(expected[0][$0]) }, within: 1e-12)
        expectAgreement(shares { $0.upper($1) }, ordinary.map { exp(expected[1][$0]) }, within: 1e-12)
    }

    @Test("Exchanging the shapes and x for 1 − x exchanges the tails")
    func symmetry() {
        for (a, b, x) in Self.points where x > 0.5 {
            // 1 − x is exact here.
            let (here, there) = (IncompleteBeta(a, b).tails(x), IncompleteBeta(b, a).tails(1 - x))
            #expect(abs(here.logLower - there.logUpper) <= 1e-12 * max(1, abs(here.logLower)), "\(a), \(b), \(x)")
            #expect(abs(here.logUpper - there.logLower) <= 1e-12 * max(1, abs(here.logUpper)), "\(a), \(b), \(x)")
        }
    }

    @Test("Quantiles agree with scipy's")
    func quantiles() async throws {
        // scipy's own quantiles lose digits where they are tiny, or shapes are far apart.
        let shapes = [0.5, 1, 2, 10, 59, 200, 1_000]
        let cases = shapes.flatMap { a in shapes.flatMap { b in [1e-12, 1e-5, 0.05, 0.3, 0.5, 0.9, 0.999].map { (a, b, $0) } } }
        let expected = try await StatisticsReference.ask("beta_quantiles", cases.flatMap { [$0.0, $0.1, $0.2] })
        expectAgreement(cases.map { IncompleteBeta($0.0, $0.1).inverse($0.2).x }, expected[0], within: 1e-12)
    }

    @Test("The inverse undoes the function, in the lower and in the upper tail, down to 1e-300")
    func inverse() {
        for a in Self.shapes {
            for b in Self.shapes {
                let distribution = IncompleteBeta(a, b)
                for probability in tailProbabilities {
                    let low = distribution.inverse(probability)
                    // Where x is at its largest number below 1, a step of x is more than the tolerance.
                    if low.x > 1e-290, low.complement > 1e-3 {
                        let there = distribution.tails(low.x, complement: low.complement).logLower
                        #expect(abs(there - log(probability)) <= 1e-11, "\(a), \(b) at \(probability)")
                    }
                    let high = distribution.inverseUpper(probability)
                    #expect(abs(high.x + high.complement - 1) <= 1e-15)
                    if high.complement > 1e-290, high.x > 1e-3 {
                        let there = distribution.tails(high.x, complement: high.complement).logUpper
                        #expect(abs(there - log(probability)) <= 1e-11, "\(a), \(b) above \(probability)")
                    }
                }
            }
        }
    }

    @Test("The ends of the interval have no share and all of it")
    func ends() {
        let distribution = IncompleteBeta(2, 3)
        #expect(distribution.lower(0) == 0 && distribution.upper(0) == 1)
        #expect(distribution.lower(1) == 1 && distribution.upper(1) == 0)
        #expect(distribution.inverse(0).x == 0 && distribution.inverse(1).x == 1)
        #expect(distribution.inverseUpper(0).x == 1 && distribution.inverseUpper(1).x == 0)
    }
}
