extension Portable {
    static let halfLogTwoPi = 0.9189385332046728

    /// ln Γ(z) for z > 0.
    static func logGamma(_ z: Double) -> Double {
        (z - 0.5) * log(z) - z + halfLogTwoPi + stirlingError(z)
    }

    /// ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b), without subtracting large numbers from each other when one or both
    /// of a and b are large.
    static func logBeta(_ a: Double, _ b: Double) -> Double {
        let (p, q) = a < b ? (a, b) : (b, a)
        if q < 10 { return logGamma(p) + logGamma(q) - logGamma(p + q) }
        let error = stirlingError(q) - stirlingError(p + q)
        if p < 10 { return logGamma(p) - (p + q - 0.5) * log1p(p / q) - p * log(q) + p + error }
        return halfLogTwoPi - 0.5 * log(q) + (p - 0.5) * log(p / (p + q)) - q * log1p(p / q) + stirlingError(p) + error
    }

    /// ln Γ(z) − [(z − ½) ln z − z + ½ ln 2π].
    static func stirlingError(_ z: Double) -> Double {
        if z < 10 {
            // Γ(z) = Γ(z + n) / z(z + 1)…(z + n − 1)
            var shifted = z
            var product = 1.0
            while shifted < 10 {
                product *= shifted
                shifted += 1
            }
            let stirling = (shifted - 0.5) * log(shifted) - shifted - ((z - 0.5) * log(z) - z)
            return stirling - log(product) + stirlingError(shifted)
        }
        // The asymptotic series, Abramowitz and Stegun 6.1.41; from z = 10 on, the first term left out is 3e-17.
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
}
