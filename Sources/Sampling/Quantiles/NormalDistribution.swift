struct NormalDistribution: RealDistribution {
    let mean: Double
    let stdDev: Double

    func quantile(_ p: Double) -> Double { mean + stdDev * StandardNormal.quantile(p) }
    func quantile(above q: Double) -> Double { mean - stdDev * StandardNormal.quantile(q) }
    func quantile(atNormal z: Double) -> Double { mean + stdDev * z }

    func tails(at x: Double) -> Tails { StandardNormal.tails(at: (x - mean) / stdDev) }
}

/// The distribution of a positive number whose logarithm is normal.
struct LognormalDistribution: RealDistribution {
    let mu: Double
    let sigma: Double

    func quantile(_ p: Double) -> Double { Portable.exp(mu + sigma * StandardNormal.quantile(p)) }
    func quantile(above q: Double) -> Double { Portable.exp(mu - sigma * StandardNormal.quantile(q)) }

    func tails(at x: Double) -> Tails {
        x > 0 ? StandardNormal.tails(at: (Portable.log(x) - mu) / sigma) : .allAbove
    }
}

extension StandardNormal {
    static func tails(at z: Double) -> Tails { Tails(below: cumulative(z), above: cumulative(-z)) }
}
