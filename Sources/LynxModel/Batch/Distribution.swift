/// A probability distribution of one dispersed parameter, in the parameter's own units.
public enum Distribution: Hashable, Sendable {
    /// Constant density on [min, max).
    case uniform(min: Double, max: Double)
    case normal(mean: Double, stdDev: Double)
    /// A normal distribution conditioned on min ≤ x ≤ max; `mean` and `stdDev` are those before truncation.
    case truncatedNormal(mean: Double, stdDev: Double, min: Double, max: Double)
    /// `mu` and `sigma` are the mean and standard deviation of ln x.
    case lognormal(mu: Double, sigma: Double)
    case triangular(min: Double, mode: Double, max: Double)
    /// Density rate·exp(−rate·x) on x ≥ 0.
    case exponential(rate: Double)
    /// Weibull with shape k and scale λ on x ≥ 0.
    case weibull(shape: Double, scale: Double)
    /// Beta(alpha, beta) stretched onto [min, max].
    case beta(alpha: Double, beta: Double, min: Double, max: Double)
    /// One of `values`, with probabilities proportional to `weights` (equal when nil).
    case discrete(values: [ParameterValue], weights: [Double]?)
    case constant(ParameterValue)

    /// The `type` of the batch file.
    public enum Kind: String, CaseIterable, Codable, Sendable {
        case uniform, normal
        case truncatedNormal = "truncated_normal"
        case lognormal, triangular, exponential, weibull, beta, discrete, constant
    }

    public var kind: Kind {
        switch self {
        case .uniform: .uniform
        case .normal: .normal
        case .truncatedNormal: .truncatedNormal
        case .lognormal: .lognormal
        case .triangular: .triangular
        case .exponential: .exponential
        case .weibull: .weibull
        case .beta: .beta
        case .discrete: .discrete
        case .constant: .constant
        }
    }
}

extension Distribution: Codable {
    private enum Key: String, CodingKey {
        case type, min, max, mean, mu, sigma, mode, rate, shape, scale, alpha, beta, values, weights, value
        case stdDev = "std_dev"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        func number(_ key: Key) throws -> Double { try fields.decode(Double.self, forKey: key) }
        switch try fields.decode(Kind.self, forKey: .type) {
        case .uniform: self = .uniform(min: try number(.min), max: try number(.max))
        case .normal: self = .normal(mean: try number(.mean), stdDev: try number(.stdDev))
        case .truncatedNormal:
            self = .truncatedNormal(
                mean: try number(.mean), stdDev: try number(.stdDev), min: try number(.min), max: try number(.max))
        case .lognormal: self = .lognormal(mu: try number(.mu), sigma: try number(.sigma))
        case .triangular: self = .triangular(min: try number(.min), mode: try number(.mode), max: try number(.max))
        case .exponential: self = .exponential(rate: try number(.rate))
        case .weibull: self = .weibull(shape: try number(.shape), scale: try number(.scale))
        case .beta:
            self = .beta(
                alpha: try number(.alpha), beta: try number(.beta),
                min: try fields.decodeIfPresent(Double.self, forKey: .min) ?? 0,
                max: try fields.decodeIfPresent(Double.self, forKey: .max) ?? 1)
        case .discrete:
            self = .discrete(
                values: try fields.decode([ParameterValue].self, forKey: .values),
                weights: try fields.decodeIfPresent([Double].self, forKey: .weights))
        case .constant: self = .constant(try fields.decode(ParameterValue.self, forKey: .value))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        func put(_ pairs: [(Key, Double)]) throws {
            for (key, value) in pairs { try fields.encode(value, forKey: key) }
        }
        try fields.encode(kind, forKey: .type)
        switch self {
        case .uniform(let min, let max): try put([(.min, min), (.max, max)])
        case .normal(let mean, let stdDev): try put([(.mean, mean), (.stdDev, stdDev)])
        case .truncatedNormal(let mean, let stdDev, let min, let max):
            try put([(.mean, mean), (.stdDev, stdDev), (.min, min), (.max, max)])
        case .lognormal(let mu, let sigma): try put([(.mu, mu), (.sigma, sigma)])
        case .triangular(let min, let mode, let max): try put([(.min, min), (.mode, mode), (.max, max)])
        case .exponential(let rate): try put([(.rate, rate)])
        case .weibull(let shape, let scale): try put([(.shape, shape), (.scale, scale)])
        case .beta(let alpha, let beta, let min, let max):
            try put([(.alpha, alpha), (.beta, beta), (.min, min), (.max, max)])
        case .discrete(let values, let weights):
            try fields.encode(values, forKey: .values)
            try fields.encodeIfPresent(weights, forKey: .weights)
        case .constant(let value): try fields.encode(value, forKey: .value)
        }
    }
}
