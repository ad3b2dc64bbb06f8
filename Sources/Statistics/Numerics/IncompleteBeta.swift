import Glibc

/// The regularized incomplete beta function I_x(a, b) for a, b from about 0.1 to 10⁸, both of its tails in logarithms.
///
/// The front factor is put together from deviances, after Loader, "Fast and accurate computation of binomial probabilities"
/// (2000), as xᵃ(1 − x)ᵇ and B(a, b) would each lose the digits that their ratio has; the rest is the continued fraction of
/// DiDonato and Morris, "Algorithm 708", ACM Transactions on Mathematical Software 18 (1992). The relative error of the tails
/// is about 1e-14, and 1e-13 where they are about to underflow.
package struct IncompleteBeta: Sendable, Hashable {
    package let a: Double
    package let b: Double

    /// ln I_x(a, b) and ln(1 − I_x(a, b)), and the logarithm of the front factor xᵃ(1 − x)ᵇ/B(a, b).
    package struct Tails: Sendable, Hashable {
        package var logLower: Double
        package var logUpper: Double
        package var logFront: Double
        /// ln(I_x / front factor), which keeps its digits where both are far below 1.
        package var logLowerRatio: Double
        /// ln((1 − I_x) / front factor).
        package var logUpperRatio: Double
    }

    private let logScale: Double
    /// Below this x the continued fraction of I_x converges fast; above it, that of 1 − I_x does.
    let crossing: Double

    /// Traps unless a and b are positive.
    package init(_ a: Double, _ b: Double) {
        precondition(a > 0 && b > 0, "the shapes of a beta distribution are positive")
        (self.a, self.b) = (a, b)
        let stirling = SpecialFunctions.stirlingError
        let shapes = 0.5 * log(a / (a + b) * b) - SpecialFunctions.halfLogTwoPi
        logScale = shapes + (stirling(a + b) - stirling(a) - stirling(b))
        crossing = (a + 1) / (a + b + 2)
    }

    /// I_x(a, b).
    package func lower(_ x: Double) -> Double { exp(tails(x).logLower) }

    /// 1 − I_x(a, b), also where it is far below the rounding of 1.
    package func upper(_ x: Double) -> Double { exp(tails(x).logUpper) }

    /// Both tails at x in [0, 1].
    ///
    /// - Parameter complement: 1 − x, for callers that know it better than the difference would.
    package func tails(_ x: Double, complement: Double? = nil) -> Tails {
        let y = complement ?? 1 - x
        guard x > 0 else {
            return Tails(
                logLower: -.infinity, logUpper: 0, logFront: -.infinity, logLowerRatio: -log(a), logUpperRatio: .infinity)
        }
        guard y > 0 else {
            return Tails(
                logLower: 0, logUpper: -.infinity, logFront: -.infinity, logLowerRatio: .infinity, logUpperRatio: -log(b))
        }
        let front = logFront(x, complement: complement)
        if x < crossing {
            let ratio = -log(Self.continuedFraction(a, b, x, y))
            let lower = min(front + ratio, 0)
            let upper = SpecialFunctions.logOneMinusExp(lower)
            return Tails(logLower: lower, logUpper: upper, logFront: front, logLowerRatio: ratio, logUpperRatio: upper - front)
        }
        let ratio = -log(Self.continuedFraction(b, a, y, x))
        let upper = min(front + ratio, 0)
        let lower = SpecialFunctions.logOneMinusExp(upper)
        return Tails(logLower: lower, logUpper: upper, logFront: front, logLowerRatio: lower - front, logUpperRatio: ratio)
    }

    /// ln(xᵃ yᵇ / B(a, b)) for x strictly between 0 and 1, and y the complement or what rounding leaves of 1 − x.
    func logFront(_ x: Double, complement: Double? = nil) -> Double {
        let y = complement ?? 1 - x
        let lost = complement == nil ? (1 - y) - x : 0
        return logScale - deviance(a, x, lost: 0) - deviance(b, y, lost: lost)
    }

    /// s (t − ln(1 + t)) with 1 + t = (a + b)x/s for the shape s, and x the sum of its two parts.
    private func deviance(_ shape: Double, _ x: Double, lost: Double) -> Double {
        let size = a + b
        let product = size * x
        let rounding = (-product).addingProduct(size, x) + size * lost
        let t = ((product - shape) + rounding) / shape
        return shape * (abs(t) < 0.5 ? SpecialFunctions.logDeviance(t) : t - log(product / shape))
    }

    /// The front factor over I_x for x = 1 − y, evaluated forwards after Lentz. All terms but those past m = b are positive.
    private static func continuedFraction(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
        let tiny = 1e-300
        // Positive below the crossing, and without the cancellation of a − (a + b)x near x = 1.
        let distance = a * y - b * x + 1
        var result = a * distance / (a + 1)
        if abs(result) < tiny { result = tiny }
        var c = result
        var d = 0.0
        var m = 1.0
        while m < 1_000_000 {
            let middle = a + 2 * m
            let fraction = m * (b - m) * x / (middle - 1)
            let numerator = (a + m - 1) * (a + b + m - 1) / (middle - 1) * x * fraction
            let denominator = m + fraction + (a + m) / (middle + 1) * (distance + m * (1 + y))
            d = denominator + numerator * d
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = denominator + numerator / c
            if abs(c) < tiny { c = tiny }
            let factor = c * d
            result *= factor
            if abs(factor - 1) < 3e-16 { break }
            m += 1
        }
        return result
    }
}
