/// Density rate·exp(−rate·x) on x ≥ 0.
struct Exponential: RealDistribution {
    let rate: Double

    func quantile(_ p: Double) -> Double { -Portable.log1p(-p) / rate }
    func quantile(above q: Double) -> Double { -Portable.log(q) / rate }

    func tails(at x: Double) -> Tails { x > 0 ? .exponential(rate * x) : .allAbove }

    var knots: [Double] { [0] }
}

/// (x/scale)^shape is exponential with rate 1. With shape 2 that is Rayleigh's distribution.
struct Weibull: RealDistribution {
    private let shape: Double
    private let inverseShape: Double
    private let scale: Double

    init(shape: Double, scale: Double) {
        (self.shape, self.inverseShape, self.scale) = (shape, 1 / shape, scale)
    }

    func quantile(_ p: Double) -> Double { scale * Portable.pow(-Portable.log1p(-p), inverseShape) }
    func quantile(above q: Double) -> Double { scale * Portable.pow(-Portable.log(q), inverseShape) }

    func tails(at x: Double) -> Tails { x > 0 ? .exponential(Portable.pow(x / scale, shape)) : .allAbove }

    var knots: [Double] { [0] }
}

/// The distribution of largest values: exp(−(x − loc)/scale) is exponential with rate 1.
struct Gumbel: RealDistribution {
    let loc: Double
    let scale: Double

    func quantile(_ p: Double) -> Double { loc - scale * Portable.log(-Portable.log(p)) }
    func quantile(above q: Double) -> Double { loc - scale * Portable.log(-Portable.log1p(-q)) }

    func tails(at x: Double) -> Tails {
        let tails = Tails.exponential(Portable.exp(-(x - loc) / scale))
        return Tails(below: tails.above, above: tails.below)
    }
}

extension Tails {
    /// Of the exponential distribution with rate 1, at t ≥ 0.
    fileprivate static func exponential(_ t: Double) -> Tails { Tails(below: -Portable.expm1(-t), above: Portable.exp(-t)) }
}
