extension Portable {
    /// Half a turn.
    static let pi = 3.141592653589793

    /// sin x for |x| ≤ π/2, by its Taylor series.
    static func sin(_ x: Double) -> Double {
        var (term, sum, n) = (x, 0.0, 1.0)
        while abs(term) > 1e-18 * abs(x) {
            sum += term
            term *= -x * x / ((n + 1) * (n + 2))
            n += 2
        }
        return sum
    }

    /// The x between −π/2 and π/2 with sin x = `s`, for |s| ≤ 1.
    static func arcsin(_ s: Double) -> Double { RootFinder.rising(from: -pi / 2, to: pi / 2) { sin($0) - s } }
}
