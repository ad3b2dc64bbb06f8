import LynxModel

/// The inverse distribution function of one parameter, with everything precomputed that does not depend on the draw.
struct Quantile {
    let form: Form

    enum Form {
        case uniform(UniformRange)
        case normal(mean: Double, stdDev: Double)
        case truncatedNormal(TruncatedNormal)
        case lognormal(mu: Double, sigma: Double)
        case triangular(min: Double, mode: Double, max: Double, modeShare: Double)
        case exponential(rate: Double)
        case weibull(inverseShape: Double, scale: Double)
        case beta(BetaQuantile, UniformRange)
        case discrete(DiscreteQuantile)
        case constant(ParameterValue)
    }

    init(_ distribution: Distribution) {
        form =
            switch distribution {
            case .uniform(let min, let max): .uniform(UniformRange(min: min, max: max))
            case .normal(let mean, let stdDev): .normal(mean: mean, stdDev: stdDev)
            case .truncatedNormal(let mean, let stdDev, let min, let max):
                .truncatedNormal(TruncatedNormal(mean: mean, stdDev: stdDev, min: min, max: max))
            case .lognormal(let mu, let sigma): .lognormal(mu: mu, sigma: sigma)
            case .triangular(let min, let mode, let max):
                .triangular(min: min, mode: mode, max: max, modeShare: max > min ? (mode - min) / (max - min) : 0)
            case .exponential(let rate): .exponential(rate: rate)
            case .weibull(let shape, let scale): .weibull(inverseShape: 1 / shape, scale: scale)
            case .beta(let alpha, let beta, let min, let max):
                .beta(BetaQuantile(alpha: alpha, beta: beta), UniformRange(min: min, max: max))
            case .discrete(let values, let weights): .discrete(DiscreteQuantile(values: values, weights: weights))
            case .constant(let value): .constant(value)
            }
    }

    /// The range when the distribution is uniform.
    var uniformRange: UniformRange? {
        if case .uniform(let range) = form { range } else { nil }
    }

    var isConstant: Bool {
        if case .constant = form { true } else { false }
    }

    /// The value that a share `u` of all draws lies below; 0 < u < 1.
    func callAsFunction(_ u: Double) -> ParameterValue {
        switch form {
        case .uniform(let range): .number(range.below(u))
        case .normal(let mean, let stdDev): .number(mean + stdDev * StandardNormal.quantile(u))
        case .truncatedNormal(let normal): .number(normal.quantile(u))
        case .lognormal(let mu, let sigma): .number(Portable.exp(mu + sigma * StandardNormal.quantile(u)))
        case .triangular(let min, let mode, let max, let modeShare):
            .number(
                u < modeShare
                    ? min + (u * (max - min) * (mode - min)).squareRoot()
                    : max - ((1 - u) * (max - min) * (max - mode)).squareRoot())
        case .exponential(let rate): .number(-Portable.log1p(-u) / rate)
        case .weibull(let inverseShape, let scale): .number(scale * Portable.pow(-Portable.log1p(-u), inverseShape))
        case .beta(let beta, let range): .number(range.within(beta(u)))
        case .discrete(let discrete): discrete(u)
        case .constant(let value): value
        }
    }
}
