/// The inverse distribution function of a normal distribution conditioned on an interval, which may lie wholly in a far
/// tail, where the distribution function itself underflows.
struct TruncatedNormal: RealDistribution {
    private let mean: Double
    private let stdDev: Double
    private let min: Double
    private let max: Double
    /// An interval above the mean is mirrored, so that small probabilities stay small instead of close to 1.
    private let mirrored: Bool
    private let scale: Scale

    private enum Scale {
        /// Φ at both ends, and 1 − Φ at both ends.
        case probability(lower: Double, upper: Double, aboveLower: Double, aboveUpper: Double)
        /// ln Φ at the upper end, and Φ(lower)/Φ(upper).
        case logarithm(upper: Double, ratio: Double)
        case point
    }

    init(mean: Double, stdDev: Double, min: Double, max: Double) {
        (self.mean, self.stdDev, self.min, self.max) = (mean, stdDev, min, max)
        let below = (min - mean) / stdDev
        let above = (max - mean) / stdDev
        mirrored = min > mean
        let (lower, upper) = mirrored ? (-above, -below) : (below, above)
        // No spread, or an end so far out that its square is no double: all mass is where the interval meets the mean.
        guard stdDev > 0, min < max, upper > -1e150 else {
            scale = .point
            return
        }
        if upper < -5 {
            let logUpper = StandardNormal.logCumulative(upper)
            let logRatio = lower == -.infinity ? -.infinity : StandardNormal.logCumulative(lower) - logUpper
            scale = .logarithm(upper: logUpper, ratio: Portable.exp(logRatio))
        } else {
            scale = .probability(
                lower: StandardNormal.cumulative(lower), upper: StandardNormal.cumulative(upper),
                aboveLower: StandardNormal.cumulative(-lower), aboveUpper: StandardNormal.cumulative(-upper))
        }
    }

    func quantile(_ p: Double) -> Double {
        let v = mirrored ? 1 - p : p
        return value(below: v, above: 1 - v)
    }

    func quantile(above q: Double) -> Double { mirrored ? value(below: q, above: 1 - q) : value(below: 1 - q, above: q) }

    /// Of the shares on both sides, in the mirror if there is one.
    private func value(below v: Double, above w: Double) -> Double {
        let z: Double
        switch scale {
        case .probability(let lower, let upper, let aboveLower, let aboveUpper):
            let below = lower + v * (upper - lower)
            z =
                below <= 0.5
                ? StandardNormal.quantile(below)
                : -StandardNormal.quantile(aboveUpper + w * (aboveLower - aboveUpper))
        case .logarithm(let upper, let ratio):
            z = StandardNormal.quantile(logOf: upper + Portable.log(v + ratio * w))
        case .point:
            z = 0
        }
        return Swift.min(Swift.max(mean + stdDev * (mirrored ? -z : z), min), max)
    }

    func tails(at x: Double) -> Tails {
        guard x > min else { return .allAbove }
        guard x < max else { return .allBelow }
        let z = (mirrored ? mean - x : x - mean) / stdDev
        let tails: Tails
        switch scale {
        case .probability(let lower, let upper, let aboveLower, let aboveUpper):
            let share = StandardNormal.tails(at: z)
            tails =
                share.below < 0.5
                ? Tails(below: (share.below - lower) / (upper - lower), above: (upper - share.below) / (upper - lower))
                : Tails(
                    below: (aboveLower - share.above) / (aboveLower - aboveUpper),
                    above: (share.above - aboveUpper) / (aboveLower - aboveUpper))
        case .logarithm(let upper, let ratio):
            let log = StandardNormal.logCumulative(z) - upper
            tails = Tails(below: (Portable.exp(log) - ratio) / (1 - ratio), above: -Portable.expm1(log) / (1 - ratio))
        case .point:
            return x < Swift.min(Swift.max(mean, min), max) ? .allAbove : .allBelow
        }
        return mirrored ? Tails(below: tails.above, above: tails.below) : tails
    }

    var knots: [Double] { [min, max] }
}
