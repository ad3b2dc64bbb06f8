/// An interval and the map of [0, 1] onto it: the uniform distribution on [min, max).
struct UniformRange {
    let min: Double
    let max: Double
    private let width: Double

    init(min: Double, max: Double) {
        (self.min, self.max, self.width) = (min, max, max - min)
    }

    /// min + u (max − min), in [min, max].
    func within(_ u: Double) -> Double {
        // A width past the largest double is halved twice.
        let x = width.isFinite ? min + width * u : 2 * (min / 2 + (max / 2 - min / 2) * u)
        return Swift.min(Swift.max(x, min), max)
    }

    /// The same, in [min, max).
    func below(_ u: Double) -> Double {
        let x = within(u)
        return x < max || min == max ? x : max.nextDown
    }

    /// max − v (max − min), in [min, max): accurate near the upper end.
    func fromAbove(_ v: Double) -> Double {
        let x = width.isFinite ? max - width * v : 2 * (max / 2 - (max / 2 - min / 2) * v)
        return Swift.max(Swift.min(x, min == max ? max : max.nextDown), min)
    }

    /// The shares of the width below and above `x`; nil outside of the interval.
    func shares(of x: Double) -> Tails? {
        guard x > min, x < max else { return nil }
        let halved = max / 2 - min / 2
        return Tails(below: (x / 2 - min / 2) / halved, above: (max / 2 - x / 2) / halved)
    }
}

extension UniformRange: RealDistribution {
    func quantile(_ p: Double) -> Double { below(p) }
    func quantile(above q: Double) -> Double { fromAbove(q) }
    func tails(at x: Double) -> Tails { shares(of: x) ?? (x >= max ? .allBelow : .allAbove) }
    var knots: [Double] { [min, max] }

    /// How far two neighbouring doubles of this range are apart at most, as a share of its width.
    var resolution: Double {
        let spacing = Swift.max(min.magnitude, max.magnitude).ulp
        return width > 0 ? (width.isFinite ? spacing / width : 0x1p-52) : 0
    }
}

/// The distribution of a positive number whose logarithm is uniform.
struct Loguniform: RealDistribution {
    private let min: Double
    private let max: Double
    /// ln(max/min)
    private let width: Double

    init(min: Double, max: Double) {
        (self.min, self.max) = (min, max)
        // Of close ends the quotient says more than the difference of two logarithms.
        width = max / min < 2 ? Portable.log1p((max - min) / min) : Portable.log(max) - Portable.log(min)
    }

    func quantile(_ p: Double) -> Double { p < 0.5 ? fromMin(p) : fromMax(1 - p) }
    func quantile(above q: Double) -> Double { q < 0.5 ? fromMax(q) : fromMin(1 - q) }

    // From the nearer end, so that no ratio of two doubles is too large.
    private func fromMin(_ share: Double) -> Double { Swift.min(min * Portable.exp(share * width), max) }
    private func fromMax(_ share: Double) -> Double { Swift.max(max * Portable.exp(-share * width), min) }

    func tails(at x: Double) -> Tails {
        guard x > min else { return .allAbove }
        guard x < max else { return .allBelow }
        return Tails(below: Loguniform(min: min, max: x).width / width, above: Loguniform(min: x, max: max).width / width)
    }

    var knots: [Double] { [min, max] }
}
