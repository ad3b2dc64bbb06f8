/// loc + scale·t, where t has Student's distribution with `df` degrees of freedom.
///
/// df/(df + t²) has the distribution Beta(df/2, ½).
struct StudentT: RealDistribution {
    private let df: Double
    private let loc: Double
    private let scale: Double
    private let beta: BetaQuantile

    init(df: Double, loc: Double, scale: Double) {
        (self.df, self.loc, self.scale) = (df, loc, scale)
        beta = BetaQuantile(alpha: df / 2, beta: 0.5)
    }

    func quantile(_ p: Double) -> Double { p < 0.5 ? loc - scale * magnitude(p) : loc + scale * magnitude(1 - p) }
    func quantile(above q: Double) -> Double { q < 0.5 ? loc + scale * magnitude(q) : loc - scale * magnitude(1 - q) }

    /// The t ≥ 0 that a share `tail` ≤ ½ of all draws lies above.
    private func magnitude(_ tail: Double) -> Double {
        guard tail < 0.5 else { return 0 }
        let (x, rest) = beta.parts(below: 2 * tail, above: 1 - 2 * tail)
        return (df * rest / x).squareRoot()
    }

    func tails(at x: Double) -> Tails {
        let t = (x - loc) / scale
        // In terms of the smaller quotient, so that no square overflows.
        let wide = t.magnitude > df.squareRoot()
        let r = wide ? df.squareRoot() / t : t / df.squareRoot()
        let (small, large) = (r * r / (1 + r * r), 1 / (1 + r * r))
        let tail = 0.5 * beta.tails(at: wide ? small : large, rest: wide ? large : small).below
        return t < 0 ? .below(tail) : .above(tail)
    }
}
