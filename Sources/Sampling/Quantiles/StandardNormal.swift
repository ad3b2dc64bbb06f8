/// The normal distribution of mean 0 and standard deviation 1.
enum StandardNormal {
    private static let logSqrtTwoPi = 0.9189385332046728
    private static let inverseSqrtTwoPi = 0.3989422804014327

    /// z with Φ(z) = p, for 0 < p < 1, to a relative error of about 1e-15: Wichura, "Algorithm AS 241: the percentage
    /// points of the normal distribution", Applied Statistics 37 (1988), routine PPND16.
    static func quantile(_ p: Double) -> Double {
        let q = p - 0.5
        if abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            return q * ratio(r, centre)
        }
        let r = (-Portable.log(q < 0 ? p : 1 - p)).squareRoot()
        let magnitude = r <= 5 ? ratio(r - 1.6, middle) : ratio(r - 5, tail)
        return q < 0 ? -magnitude : magnitude
    }

    /// Φ(z).
    static func cumulative(_ z: Double) -> Double {
        if z > 0 { return 1 - cumulative(-z) }
        if z < -2 { return inverseSqrtTwoPi * Portable.exp(-0.5 * z * z) / inverseMills(z) }
        // Φ(z) = ½ + φ(z)·Σ z²ᵏ⁺¹ / (2k + 1)!!
        var term = z
        var sum = z
        var odd = 1.0
        while abs(term) > 1e-18 {
            odd += 2
            term *= z * z / odd
            sum += term
        }
        return 0.5 + inverseSqrtTwoPi * Portable.exp(-0.5 * z * z) * sum
    }

    /// φ(z).
    static func density(_ z: Double) -> Double { inverseSqrtTwoPi * Portable.exp(-0.5 * z * z) }

    /// ln Φ(z), for any z below −2 however far.
    static func logCumulative(_ z: Double) -> Double {
        -0.5 * z * z - logSqrtTwoPi - Portable.log(inverseMills(z))
    }

    /// z below −2 with ln Φ(z) = `logP`, by Newton's method; ln Φ is concave, so that after one step it converges from
    /// one side.
    static func quantile(logOf logP: Double) -> Double {
        var z = logP > -600 ? quantile(Portable.exp(logP)) : -(-2 * logP).squareRoot()
        for _ in 0..<20 {
            let step = (logCumulative(z) - logP) / inverseMills(z)
            z = min(z - step, -2)
            if abs(step) <= 4e-16 * abs(z) { break }
        }
        return z
    }

    /// φ(z)/Φ(z) for z ≤ −2, by the continued fraction x + 1/(x + 2/(x + 3/…)) with x = −z (Abramowitz and Stegun 26.2.14).
    private static func inverseMills(_ z: Double) -> Double {
        let x = -z
        var fraction = x
        var term = (12 + 250 / (x * x)).rounded()
        while term >= 1 {
            fraction = x + term / fraction
            term -= 1
        }
        return fraction
    }

    /// A polynomial of degree 7 over another, coefficients from the constant term up.
    private typealias Rational = (
        (Double, Double, Double, Double, Double, Double, Double, Double),
        (Double, Double, Double, Double, Double, Double, Double)
    )

    @inline(__always)
    private static func ratio(_ r: Double, _ c: Rational) -> Double {
        let (n, d) = c
        let top = ((((((n.7 * r + n.6) * r + n.5) * r + n.4) * r + n.3) * r + n.2) * r + n.1) * r + n.0
        let bottom = ((((((d.6 * r + d.5) * r + d.4) * r + d.3) * r + d.2) * r + d.1) * r + d.0) * r + 1
        return top / bottom
    }

    private static let centre: Rational = (
        (
            3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
            4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3
        ),
        (
            4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
            3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3
        )
    )
    private static let middle: Rational = (
        (
            1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
            1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4
        ),
        (
            2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
            1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9
        )
    )
    private static let tail: Rational = (
        (
            6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
            2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7
        ),
        (
            5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
            1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15
        )
    )
}
