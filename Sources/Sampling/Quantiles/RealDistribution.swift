import LynxModel

/// A distribution of one real number, as sampling needs it.
///
/// Both tails are served to their own relative precision: a probability close to 1 has lost the digits that say how close.
protocol RealDistribution: Sendable {
    /// The value that a share `p` of all draws lies below; 0 < p < 1.
    func quantile(_ p: Double) -> Double

    /// The value that a share `q` of all draws lies above; 0 < q < 1.
    func quantile(above q: Double) -> Double

    /// The shares of all draws below and above `x`, which may be any number or infinite.
    func tails(at x: Double) -> Tails

    /// Where an integral over the distribution is cut, in ascending order: its finite ends, and where it is not smooth or
    /// very steep.
    var knots: [Double] { get }

    /// How far two neighbouring values are apart at most, as a share of the range; 0 where that is unknown.
    var resolution: Double { get }

    /// Replaces probabilities by their quantiles.
    func apply(to probabilities: UnsafeMutableBufferPointer<Double>)
}

/// The two parts into which a number divides a distribution; they add up to 1.
struct Tails {
    var below: Double
    var above: Double

    static let allAbove = Tails(below: 0, above: 1)
    static let allBelow = Tails(below: 1, above: 0)

    /// The other part follows from the one that is given.
    static func below(_ share: Double) -> Tails { Tails(below: share, above: 1 - share) }
    static func above(_ share: Double) -> Tails { Tails(below: 1 - share, above: share) }
}

extension RealDistribution {
    var knots: [Double] { [] }
    var resolution: Double { 0 }

    func apply(to probabilities: UnsafeMutableBufferPointer<Double>) {
        for index in probabilities.indices { probabilities[index] = quantile(probabilities[index]) }
    }

    /// The quantile of Φ(z), which no z is too large for.
    func quantile(atNormal z: Double) -> Double {
        // Neither tail may come out empty, however far z lies out.
        z < 0
            ? quantile(Swift.max(StandardNormal.cumulative(z), .leastNormalMagnitude))
            : quantile(above: Swift.max(StandardNormal.cumulative(-z), .leastNormalMagnitude))
    }
}

extension Distribution {
    /// Nil for those whose values are not spread over the real numbers.
    var continuous: (any RealDistribution)? {
        switch self {
        case .uniform(let min, let max): UniformRange(min: min, max: max)
        case .normal(let mean, let stdDev): NormalDistribution(mean: mean, stdDev: stdDev)
        case .truncatedNormal(let mean, let stdDev, let min, let max):
            TruncatedNormal(mean: mean, stdDev: stdDev, min: min, max: max)
        case .lognormal(let mu, let sigma): LognormalDistribution(mu: mu, sigma: sigma)
        case .loguniform(let min, let max): Loguniform(min: min, max: max)
        case .triangular(let min, let mode, let max): Triangular(min: min, mode: mode, max: max)
        case .exponential(let rate): Exponential(rate: rate)
        case .weibull(let shape, let scale): Weibull(shape: shape, scale: scale)
        case .rayleigh(let scale): Weibull(shape: 2, scale: 2.0.squareRoot() * scale)
        case .gumbel(let loc, let scale): Gumbel(loc: loc, scale: scale)
        case .gamma(let shape, let scale): GammaDistribution(shape: shape, scale: scale)
        case .beta(let alpha, let beta, let min, let max):
            BetaDistribution(alpha: alpha, beta: beta, range: UniformRange(min: min, max: max))
        case .studentT(let df, let loc, let scale): StudentT(df: df, loc: loc, scale: scale)
        case .empirical(let values, let interpolate): interpolate ? InterpolatedValues(values) : nil
        case .mixture(let components): Mixture(components)
        case .truncated(let base, let min, let max):
            base.continuous.map { Truncated($0, min: min ?? -.infinity, max: max ?? .infinity) }
        case .discrete, .constant, .integerUniform, .files: nil
        }
    }
}
