/// Density proportional to x^(shape − 1)·exp(−x/scale) on x ≥ 0.
///
/// As with the beta distribution, the equation is solved for ln x in logarithms of probability, and each tail in its own
/// probability: below `split` by the power series, above it by the continued fraction.
struct GammaDistribution: RealDistribution {
    private let gamma: IncompleteGamma
    private let scale: Double
    private let shareBelowSplit: Double

    init(shape: Double, scale: Double) {
        gamma = IncompleteGamma(shape)
        self.scale = scale
        shareBelowSplit = Portable.exp(gamma.logBelow(gamma.split).value)
    }

    func quantile(_ p: Double) -> Double { scale * Portable.exp(logQuantile(below: p, above: 1 - p)) }
    func quantile(above q: Double) -> Double { scale * Portable.exp(logQuantile(below: 1 - q, above: q)) }

    private func logQuantile(below p: Double, above q: Double) -> Double {
        let start = gamma.logQuantileNear(below: p, above: q)
        return p <= shareBelowSplit
            ? gamma.solve(gamma.logBelow, Portable.log(p), from: Swift.min(start, gamma.split), rising: true)
            : gamma.solve(gamma.logAbove, Portable.log(q), from: Swift.max(start, gamma.split), rising: false)
    }

    func tails(at x: Double) -> Tails {
        guard x > 0 else { return .allAbove }
        guard x < .infinity else { return .allBelow }
        let t = Portable.log(x / scale)
        return t <= gamma.split ? .below(Portable.exp(gamma.logBelow(t).value)) : .above(Portable.exp(gamma.logAbove(t).value))
    }

    var knots: [Double] { [0] }
}

/// The regularized incomplete gamma functions P and Q = 1 − P, in logarithms, at x = eᵗ.
private struct IncompleteGamma {
    private let a: Double
    private let logGammaA: Double
    /// Where the series gives way to the fraction.
    let split: Double

    init(_ a: Double) {
        self.a = a
        logGammaA = Portable.logGamma(a)
        split = Portable.log(a + 1)
    }

    /// A logarithm of probability at x = eᵗ, its derivative by t, and how far rounding may have moved it.
    typealias Point = (value: Double, slope: Double, noise: Double)

    /// Newton's method, kept inside a shrinking bracket.
    ///
    /// - Parameter rising: whether the root is sought below `split`, else above it.
    func solve(_ log: (Double) -> Point, _ target: Double, from start: Double, rising: Bool) -> Double {
        var (low, high) = rising ? (-Double.infinity, split) : (split, Double.infinity)
        var t = start
        var stride = 1.0
        for _ in 0..<200 {
            let (value, slope, noise) = log(t)
            let excess = value - target
            var next = t - excess / slope
            if abs(excess) <= noise || abs(next - t) <= Swift.max(t.ulp, 0x1p-53) { return next }
            if (excess > 0) == rising { high = t } else { low = t }
            if !(next > low && next < high) {
                if low.isFinite, high.isFinite {
                    next = 0.5 * (low + high)
                    guard next > low, next < high else { return t }
                } else {
                    next = high.isFinite ? high - stride : low + stride
                    stride *= 2
                }
            }
            t = next
        }
        return t
    }

    /// Wilson and Hilferty's approximation; where it fails, P ≈ xᵃ/Γ(a + 1) of small x.
    func logQuantileNear(below p: Double, above q: Double) -> Double {
        let power = (Portable.log(p) + logGammaA + Portable.log(a)) / a
        let z = p < 0.5 ? StandardNormal.quantile(p) : -StandardNormal.quantile(q)
        let root = 1 - 1 / (9 * a) + z / (3 * a.squareRoot())
        guard root > 0.2 else { return power }
        return Swift.max(Portable.log(a) + 3 * Portable.log(root), power)
    }

    /// ln(xᵃ e⁻ˣ / Γ(a)), and its noise.
    private func logPower(_ t: Double) -> (value: Double, noise: Double) {
        let x = Portable.exp(t)
        guard a >= 10 else { return (a * t - x - logGammaA, 0x1p-53 * (abs(a * t) + x + abs(logGammaA))) }
        // The large terms taken from each other by hand; d = (x − a)/a.
        let excess = a * Portable.log1pExcess((x - a) / a)
        return (
            0.5 * Portable.log(a) - Portable.halfLogTwoPi - Portable.stirlingError(a) - excess,
            0x1p-53 * (4 + 2 * excess + abs(x - a))
        )
    }

    /// By P = xᵃ e⁻ˣ / Γ(a + 1) · (1 + x/(a + 1) + x²/((a + 1)(a + 2)) + …).
    func logBelow(_ t: Double) -> Point {
        let x = Portable.exp(t)
        var (term, sum, n) = (1.0, 1.0, a)
        while term > 1e-17 * sum {
            n += 1
            term *= x / n
            sum += term
        }
        let power = logPower(t)
        return (power.value - Portable.log(a) + Portable.log(sum), a / sum, power.noise)
    }

    /// By Q = xᵃ e⁻ˣ / Γ(a) · 1/(x + 1 − a − 1·(1 − a)/(x + 3 − a − …)), forwards after Lentz.
    func logAbove(_ t: Double) -> Point {
        let tiny = 1e-300
        var b = Portable.exp(t) + 1 - a
        var c = 1 / tiny
        var d = 1 / (abs(b) < tiny ? tiny : b)
        var fraction = d
        var n = 1.0
        while n < 100_000 {
            let numerator = -n * (n - a)
            b += 2
            d = numerator * d + b
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = b + numerator / c
            c = abs(c) < tiny ? tiny : c
            let factor = d * c
            fraction *= factor
            // Nor does it go on with what is no number.
            if !(abs(factor - 1) >= 3e-16) { break }
            n += 1
        }
        let power = logPower(t)
        return (power.value + Portable.log(fraction), -1 / fraction, power.noise)
    }
}
