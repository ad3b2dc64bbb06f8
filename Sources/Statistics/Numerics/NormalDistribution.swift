import Glibc

/// The normal distribution of mean 0 and standard deviation 1.
package enum NormalDistribution {
    /// φ(z).
    package static func density(_ z: Double) -> Double { 0.3989422804014327 * exp(-0.5 * z * z) }

    /// Φ(z) = P[Z ≤ z].
    package static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z * 0.7071067811865476) }

    /// P[Z > z], with its digits also where it is far below the rounding of 1.
    package static func survival(_ z: Double) -> Double { cumulative(-z) }

    /// z with Φ(z) = `probability`, in [0, 1]; −∞ at 0 and ∞ at 1.
    package static func quantile(_ probability: Double) -> Double {
        guard probability > 0, probability < 1 else {
            return probability == 0 ? -.infinity : probability == 1 ? .infinity : .nan
        }
        return probability <= 0.5 ? lowerQuantile(probability) : -lowerQuantile(1 - probability)
    }

    /// z with P[Z > z] = `probability`.
    package static func upperQuantile(_ probability: Double) -> Double { -quantile(probability) }

    /// z ≤ 0 with Φ(z) = p ≤ ½: a rational start of error 4.5e-4 (Abramowitz and Stegun 26.2.23), of which each step of
    /// Halley's method takes the third power.
    private static func lowerQuantile(_ p: Double) -> Double {
        let t = (-2 * log(p)).squareRoot()
        let top = (0.010328 * t + 0.802853) * t + 2.515517
        let bottom = ((0.001308 * t + 0.189269) * t + 1.432788) * t + 1
        var z = top / bottom - t
        for _ in 0..<3 {
            // Near ½ the distance from it has more digits than p.
            let excess = p > 0.25 ? 0.5 * erf(z * 0.7071067811865476) - (p - 0.5) : cumulative(z) - p
            let step = excess / density(z)
            z -= step / (1 + 0.5 * z * step)
        }
        return z
    }
}

/// Student's t distribution.
package struct StudentDistribution: Sendable, Hashable {
    package let degreesOfFreedom: Double

    /// Traps unless the degrees of freedom, which need not be whole, are positive.
    package init(degreesOfFreedom: Double) {
        precondition(degreesOfFreedom > 0, "degrees of freedom are positive")
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// P[T ≤ t].
    package func cumulative(_ t: Double) -> Double { t > 0 ? 1 - tail(t) : tail(t) }

    /// P[T > t].
    package func survival(_ t: Double) -> Double { cumulative(-t) }

    /// t with P[T > t] = `probability`, for a probability strictly between 0 and 1.
    package func upperQuantile(_ probability: Double) -> Double {
        if probability > 0.5 { return -upperQuantile(1 - probability) }
        let point = IncompleteBeta(0.5 * degreesOfFreedom, 0.5).inverse(2 * probability)
        return (degreesOfFreedom * point.complement / point.x).squareRoot()
    }

    /// P[T > |t|] = ½ I_x(ν/2, ½) with x = ν/(ν + t²) (Abramowitz and Stegun 26.7.1).
    private func tail(_ t: Double) -> Double {
        let square = t * t
        guard square.isFinite else { return square.isNaN ? .nan : 0 }
        let sum = degreesOfFreedom + square
        let tails = IncompleteBeta(0.5 * degreesOfFreedom, 0.5).tails(degreesOfFreedom / sum, complement: square / sum)
        return 0.5 * exp(tails.logLower)
    }
}
