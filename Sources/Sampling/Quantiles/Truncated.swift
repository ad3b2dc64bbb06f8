/// A distribution conditioned on an interval.
struct Truncated: RealDistribution {
    private let base: any RealDistribution
    private let min: Double
    private let max: Double
    private let lower: Tails
    private let upper: Tails
    /// The probability that the base gives to the interval.
    let mass: Double

    /// - Parameters:
    ///   - min: −∞ for none.
    ///   - max: ∞ for none.
    init(_ base: any RealDistribution, min: Double, max: Double) {
        (self.base, self.min, self.max) = (base, min, max)
        lower = min == -.infinity ? .allAbove : base.tails(at: min)
        upper = max == .infinity ? .allBelow : base.tails(at: max)
        mass = Self.share(from: lower, to: upper)
    }

    /// In the tail where both are small, so that no digits are lost to the 1 that both are close to.
    private static func share(from low: Tails, to high: Tails) -> Double {
        low.below + high.below < low.above + high.above ? high.below - low.below : low.above - high.above
    }

    func quantile(_ p: Double) -> Double { value(p, 1 - p) }
    func quantile(above q: Double) -> Double { value(1 - q, q) }

    private func value(_ p: Double, _ q: Double) -> Double {
        guard mass > 0 else { return Swift.min(Swift.max(base.quantile(0.5), min), max) }
        let below = lower.below + p * mass
        let x = below < 0.5 ? base.quantile(below) : base.quantile(above: upper.above + q * mass)
        return Swift.min(Swift.max(x, min), max)
    }

    func tails(at x: Double) -> Tails {
        guard x > min else { return .allAbove }
        guard x < max else { return .allBelow }
        let here = base.tails(at: x)
        return Tails(below: Self.share(from: lower, to: here) / mass, above: Self.share(from: here, to: upper) / mass)
    }

    var knots: [Double] { [min].filter(\.isFinite) + base.knots.filter { $0 > min && $0 < max } + [max].filter(\.isFinite) }
}
