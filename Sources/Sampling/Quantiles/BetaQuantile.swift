/// The inverse of the regularized incomplete beta function, for shapes from about 0.01 to 1e5.
///
/// The equation is solved for ln x (or ln(1 − x)) in logarithms of probability, where tails and shapes that underflow
/// as plain numbers are nearly straight lines. Each half is solved in the variable that is small there.
struct BetaQuantile {
    private let left: Tail
    private let right: Tail
    /// The probability left of where the two halves meet.
    private let leftShare: Double

    init(alpha: Double, beta: Double) {
        let logBeta = Portable.logBeta(alpha, beta)
        left = Tail(a: alpha, b: beta, logBeta: logBeta)
        right = Tail(a: beta, b: alpha, logBeta: logBeta)
        leftShare = Portable.exp(left.logCumulative(left.end).value)
    }

    /// x in [0, 1] with I_x(alpha, beta) = u.
    func callAsFunction(_ u: Double) -> Double {
        u <= leftShare ? Portable.exp(left.solve(u)) : -Portable.expm1(right.solve(1 - u))
    }

    /// The same with 1 − x, each to its own relative precision; `above` is 1 − `below`.
    func parts(below: Double, above: Double) -> (x: Double, rest: Double) {
        let t = below <= leftShare ? left.solve(below) : right.solve(above)
        let (solved, other) = (Portable.exp(t), -Portable.expm1(t))
        return below <= leftShare ? (solved, other) : (other, solved)
    }

    /// I at x and 1 − I.
    ///
    /// - Parameter rest: 1 − x.
    func tails(at x: Double, rest: Double) -> Tails {
        guard x > 0 else { return .allAbove }
        guard rest > 0 else { return .allBelow }
        let t = Portable.log(x)
        return t <= left.end
            ? .below(Portable.exp(left.logCumulative(t).value))
            : .above(Portable.exp(right.logCumulative(Portable.log(rest)).value))
    }

    /// Beta(a, b) from 0 to where the continued fraction stops converging fast.
    private struct Tail {
        let a: Double
        let b: Double
        let logBeta: Double
        /// ln((a + 1)/(a + b + 2)), where the other tail takes over.
        let end: Double

        init(a: Double, b: Double, logBeta: Double) {
            (self.a, self.b, self.logBeta) = (a, b, logBeta)
            end = -Portable.log1p((b + 1) / (a + 1))
        }

        /// ln I at x = eᵗ, its derivative by t, and how far rounding may have moved it.
        func logCumulative(_ t: Double) -> (value: Double, slope: Double, noise: Double) {
            let x = Portable.exp(t)
            let fraction = continuedFraction(x)
            let (power, complement) = (a * t, b * Portable.log1p(-x))
            let value = power + complement - logBeta - Portable.log(a) + Portable.log(fraction)
            return (value, a / ((1 - x) * fraction), 0x1p-53 * (abs(power) + abs(complement) + abs(logBeta)))
        }

        /// t ≤ 0 with I at eᵗ = `p`: Newton's method, kept inside a shrinking bracket.
        func solve(_ p: Double) -> Double {
            let target = Portable.log(p)
            var (low, high) = (-Double.infinity, 0.0)
            var t = Swift.min(start(p, logP: target), end)
            for _ in 0..<200 {
                let (value, slope, noise) = logCumulative(t)
                let excess = value - target
                var next = t - excess / slope
                if abs(excess) <= noise || abs(next - t) <= 2e-15 * Swift.max(1, abs(t)) { return Swift.min(next, 0) }
                if excess > 0 { high = t } else { low = t }
                if !(next > low && next < high) { next = low.isFinite ? 0.5 * (low + high) : 2 * t - 1 }
                t = next
            }
            return t
        }

        private func start(_ p: Double, logP: Double) -> Double {
            // I ≈ xᵃ / (a B) for small x.
            let power = (logP + Portable.log(a) + logBeta) / a
            guard a > 1, b > 1 else { return power }
            // Carter's approximation (Abramowitz and Stegun 26.5.22) near the middle.
            let y = -StandardNormal.quantile(p)
            let (u, v) = (1 / (2 * a - 1), 1 / (2 * b - 1))
            let h = 2 / (u + v)
            let lambda = (y * y - 3) / 6
            let w = y * (h + lambda).squareRoot() / h - (v - u) * (lambda + 5.0 / 6 - 2 / (3 * h))
            let carter = -Portable.log1p(b / a * Portable.exp(2 * w))
            return carter.isFinite ? Swift.max(carter, power) : power
        }

        /// a B I / (xᵃ (1 − x)ᵇ), by Abramowitz and Stegun 26.5.8, evaluated forwards after Lentz.
        private func continuedFraction(_ x: Double) -> Double {
            let tiny = 1e-300
            var c = 1.0
            var d = 1 - (a + b) * x / (a + 1)
            d = 1 / (abs(d) < tiny ? tiny : d)
            var result = d
            var m = 1.0
            while m < 100_000 {
                let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                d = 1 + even * d
                d = 1 / (abs(d) < tiny ? tiny : d)
                c = 1 + even / c
                c = abs(c) < tiny ? tiny : c
                result *= d * c

                let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
                d = 1 + odd * d
                d = 1 / (abs(d) < tiny ? tiny : d)
                c = 1 + odd / c
                c = abs(c) < tiny ? tiny : c
                let factor = d * c
                result *= factor
                // Nor does it go on with what is no number.
                if !(abs(factor - 1) >= 3e-16) { break }
                m += 1
            }
            return result
        }
    }
}

/// Beta(alpha, beta) stretched onto an interval.
struct BetaDistribution: RealDistribution {
    private let beta: BetaQuantile
    private let range: UniformRange

    init(alpha: Double, beta: Double, range: UniformRange) {
        self.beta = BetaQuantile(alpha: alpha, beta: beta)
        self.range = range
    }

    func quantile(_ p: Double) -> Double { range.within(beta(p)) }

    func quantile(above q: Double) -> Double {
        let (x, rest) = beta.parts(below: 1 - q, above: q)
        return x < 0.5 ? range.within(x) : range.fromAbove(rest)
    }

    func tails(at x: Double) -> Tails {
        guard let shares = range.shares(of: x) else { return range.tails(at: x) }
        return beta.tails(at: shares.below, rest: shares.above)
    }

    var knots: [Double] { range.knots }
}
