import Foundation
import Testing

@testable import Sampling

/// The C library, whose last bit may differ from machine to machine, is a good enough judge of the bits before it.
@Suite("Portable elementary functions")
struct PortableTests {
    private static let magnitudes: [Double] = (-300...300).flatMap { power in
        [1.0, 1.37, 2.718, 7.77].map { $0 * Foundation.pow(10, Double(power)) }
    }

    private func differs(_ a: Double, _ b: Double, by ulps: Double) -> Bool {
        a != b && !(abs(a - b) <= ulps * b.ulp)
    }

    @Test("Logarithms are right to the last bits")
    func logarithms() {
        let positive =
            Self.magnitudes + (1...4000).map { Double($0) / 1000 } + [.leastNonzeroMagnitude, 0x1p-1030, 1 - 0x1p-53, 1 + 0x1p-52]
        #expect(positive.filter { differs(Portable.log($0), Foundation.log($0), by: 1.5) } == [])
        let aboveMinusOne = positive + positive.map { -$0 }.filter { $0 > -1 }
        #expect(aboveMinusOne.filter { differs(Portable.log1p($0), Foundation.log1p($0), by: 2) } == [])
        #expect(Portable.log(0) == -.infinity)
        #expect(Portable.log(-1).isNaN)
        #expect(Portable.log(.infinity) == .infinity)
        #expect(Portable.log1p(-1) == -.infinity)
    }

    @Test("Exponentials are right to the last bits, down to the smallest and up to the largest")
    func exponentials() {
        let exponents = (-7450...7100).map { Double($0) / 10 + 0.00123 }
        #expect(exponents.filter { differs(Portable.exp($0), Foundation.exp($0), by: 1.5) } == [])
        let small = (-3000...3000).map { Double($0) / 1000 + 1e-6 } + Self.magnitudes.filter { $0 < 1 }
        #expect(small.filter { differs(Portable.expm1($0), Foundation.expm1($0), by: 4) } == [])
        #expect(Portable.exp(0) == 1)
        #expect(Portable.exp(710) == .infinity)
        #expect(Portable.exp(-.infinity) == 0)
    }

    @Test("The logarithm of the beta function does not lose digits to large arguments")
    func logBeta() {
        for z in [0.05, 0.5, 1, 3.3, 9.99, 10, 55, 1e4] {
            let (expected, _): (Double, Int) = Foundation.lgamma(z)
            #expect(abs(Portable.logGamma(z) - expected) <= 1e-14 * max(1, abs(expected)), "z = \(z)")
        }
        // B(a, 1) = 1/a and B(a, 2) = 1/(a(a + 1)).
        for a in [0.05, 0.5, 3, 9, 11, 123.5, 1e4, 1e6] {
            #expect(abs(Portable.logBeta(a, 1) + Foundation.log(a)) <= 1e-14 * max(1, Foundation.log(a)), "a = \(a)")
            #expect(abs(Portable.logBeta(2, a) + Foundation.log(a * (a + 1))) <= 2e-14 * max(1, Foundation.log(a)), "a = \(a)")
        }
    }
}
