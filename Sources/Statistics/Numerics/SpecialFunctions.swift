import Glibc

/// Logarithms of the gamma and beta functions, in the pieces from which densities are put together without losing digits.
package enum SpecialFunctions {
    static let halfLogTwoPi = 0.9189385332046728

    /// ln Γ(z) for z > 0.
    package static func logGamma(_ z: Double) -> Double {
        var sign: Int32 = 0
        return lgamma_r(z, &sign)
    }

    /// ln B(a, b) for a, b > 0, without subtracting large numbers from each other where one or both of them are large.
    package static func logBeta(_ a: Double, _ b: Double) -> Double {
        let (p, q) = a < b ? (a, b) : (b, a)
        if q < 10 { return logGamma(p) + logGamma(q) - logGamma(p + q) }
        // ln Γ(q) − ln Γ(p + q), by Stirling's formula for both.
        let ratio = stirlingError(q) - stirlingError(p + q) - (q - 0.5) * log1p(p / q) - p * log(p + q) + p
        if p < 10 { return logGamma(p) + ratio }
        return halfLogTwoPi - 0.5 * log(q) + (p - 0.5) * log(p / (p + q)) - q * log1p(p / q) + stirlingError(p) + stirlingError(q)
            - stirlingError(p + q)
    }

    /// What Stirling's formula (z − ½) ln z − z + ½ ln 2π leaves out of ln Γ(z), for z > 0.
    static func stirlingError(_ z: Double) -> Double {
        if z < 10 { return logGamma(z) - ((z - 0.5) * log(z) - z + halfLogTwoPi) }
        // The asymptotic series (Abramowitz and Stegun 6.1.41); at z = 10, the first term left out is 3e-17.
        let w = 1 / (z * z)
        var series = 1.0 / 156
        series = series * w - 691.0 / 360_360
        series = series * w + 1.0 / 1_188
        series = series * w - 1.0 / 1_680
        series = series * w + 1.0 / 1_260
        series = series * w - 1.0 / 360
        series = series * w + 1.0 / 12
        return series / z
    }

    /// t − ln(1 + t) for |t| ≤ ½, to full relative accuracy also near 0, where the two nearly cancel.
    static func logDeviance(_ t: Double) -> Double {
        // ln(1 + t) = 2 artanh r with r = t/(2 + t), and t − 2r = r t.
        let r = t / (2 + t)
        let square = r * r
        var power = square
        var sum = 0.0
        var odd = 3.0
        while power > 1e-18 {
            sum += power / odd
            power *= square
            odd += 2
        }
        return r * (t - 2 * sum)
    }

    /// ln(1 − eˣ) for x ≤ 0.
    static func logOneMinusExp(_ x: Double) -> Double {
        x > -0.6931471805599453 ? log(-expm1(x)) : log1p(-exp(x))
    }
}
