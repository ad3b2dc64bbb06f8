/// A probability distribution of one dispersed parameter, in the parameter's own units.
public enum Distribution: Hashable, Sendable {
    /// Constant density on [min, max).
    case uniform(min: Double, max: Double)
    case normal(mean: Double, stdDev: Double)
    /// A normal distribution conditioned on min ≤ x ≤ max; `mean` and `stdDev` are those before truncation.
    case truncatedNormal(mean: Double, stdDev: Double, min: Double, max: Double)
    /// `mu` and `sigma` are the mean and standard deviation of ln x.
    case lognormal(mu: Double, sigma: Double)
    /// ln x is uniform between ln min and ln max.
    case loguniform(min: Double, max: Double)
    case triangular(min: Double, mode: Double, max: Double)
    /// Density rate·exp(−rate·x) on x ≥ 0.
    case exponential(rate: Double)
    /// Weibull with shape k and scale λ on x ≥ 0.
    case weibull(shape: Double, scale: Double)
    /// Weibull with shape 2 and scale √2·`scale`: the length of a vector with two normal components of that standard deviation.
    case rayleigh(scale: Double)
    /// The distribution of largest values: distribution function exp(−exp(−(x − loc)/scale)).
    case gumbel(loc: Double, scale: Double)
    /// Density proportional to x^(shape − 1)·exp(−x/scale) on x ≥ 0.
    case gamma(shape: Double, scale: Double)
    /// Beta(alpha, beta) stretched onto [min, max].
    case beta(alpha: Double, beta: Double, min: Double, max: Double)
    /// loc + scale·t with `df` degrees of freedom.
    case studentT(df: Double, loc: Double, scale: Double)
    /// One of observed values, each equally likely; or, interpolated, any number between neighbours of them.
    case empirical(values: [Double], interpolate: Bool)
    /// Of its components, all continuous, each has a share of the draws proportional to its weight.
    case mixture([MixtureComponent])
    /// A continuous distribution conditioned on min ≤ x ≤ max; nil is no bound.
    indirect case truncated(Distribution, min: Double?, max: Double?)
    /// A whole number from min to max, each equally likely.
    case integerUniform(min: Int64, max: Int64)
    /// One of `values`, with probabilities proportional to `weights` (equal when nil).
    case discrete(values: [ParameterValue], weights: [Double]?)
    /// One of some paths, each equally likely.
    case files([String])
    case constant(ParameterValue)

    /// The `type` of the batch file; truncation is a field of its own, beside it.
    public enum Kind: String, CaseIterable, Codable, Sendable {
        case uniform, normal
        case truncatedNormal = "truncated_normal"
        case lognormal, loguniform, triangular, exponential, weibull, rayleigh, gumbel, gamma, beta
        case studentT = "student_t"
        case empirical, mixture
        case integerUniform = "integer_uniform"
        case discrete, files, constant
    }

    public var kind: Kind {
        switch self {
        case .uniform: .uniform
        case .normal: .normal
        case .truncatedNormal: .truncatedNormal
        case .lognormal: .lognormal
        case .loguniform: .loguniform
        case .triangular: .triangular
        case .exponential: .exponential
        case .weibull: .weibull
        case .rayleigh: .rayleigh
        case .gumbel: .gumbel
        case .gamma: .gamma
        case .beta: .beta
        case .studentT: .studentT
        case .empirical: .empirical
        case .mixture: .mixture
        case .truncated(let base, _, _): base.kind
        case .integerUniform: .integerUniform
        case .discrete: .discrete
        case .files: .files
        case .constant: .constant
        }
    }

    /// Whether its values are spread over the real numbers, so that it can be truncated, mixed and correlated.
    public var isContinuous: Bool {
        switch self {
        case .empirical(_, let interpolate): interpolate
        case .integerUniform, .discrete, .files, .constant: false
        default: true
        }
    }
}

public struct MixtureComponent: Codable, Hashable, Sendable {
    public var weight: Double
    public var distribution: Distribution

    public init(weight: Double, distribution: Distribution) {
        self.weight = weight
        self.distribution = distribution
    }
}
