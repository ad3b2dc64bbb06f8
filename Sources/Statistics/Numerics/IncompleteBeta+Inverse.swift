import Glibc

extension IncompleteBeta {
    /// A point of [0, 1] and its distance from 1, each with its own digits.
    package struct Point: Sendable, Hashable {
        package var x: Double
        package var complement: Double
    }

    /// x with I_x(a, b) = `probability`, for a probability in [0, 1].
    package func inverse(_ probability: Double) -> Point { inverse(lower: probability, upper: 1 - probability) }

    /// x with 1 − I_x(a, b) = `probability`.
    package func inverseUpper(_ probability: Double) -> Point { inverse(lower: 1 - probability, upper: probability) }

    /// The equation is solved in logarithms of probability and of x (or of 1 − x), between which tails are nearly straight
    /// lines; each half is solved in the variable that is small there.
    private func inverse(lower: Double, upper: Double) -> Point {
        guard lower > 0 else { return Point(x: 0, complement: 1) }
        guard upper > 0 else { return Point(x: 1, complement: 0) }
        if log(lower) <= tails(crossing).logLower {
            let t = solve(log(lower), from: log(crossing))
            return Point(x: exp(t), complement: -expm1(t))
        }
        let mirror = IncompleteBeta(b, a)
        let t = mirror.solve(log(upper), from: log(mirror.crossing))
        return Point(x: -expm1(t), complement: exp(t))
    }

    /// t ≤ 0 with ln I = `target` at x = eᵗ: Newton's method, kept inside a shrinking bracket. As ln I is concave in t for
    /// b ≥ 1, the iteration comes from one side after its first step.
    private func solve(_ target: Double, from start: Double) -> Double {
        var (low, high) = (-Double.infinity, 0.0)
        var t = start
        for _ in 0..<200 {
            let (x, y) = (exp(t), -expm1(t))
            let tails = tails(x, complement: y)
            let excess = tails.logLower - target
            // d ln I / dt = front/(I (1 − x))
            let step = excess * y * exp(tails.logLowerRatio)
            if excess > 0 { high = t } else { low = t }
            var next = t - step
            if abs(step) <= 1e-15 * max(1, abs(t)) { return min(next, 0) }
            if !(next > low && next < high) { next = low.isFinite ? 0.5 * (low + high) : 2 * t - 1 }
            if next == t { return t }
            t = next
        }
        return t
    }
}
