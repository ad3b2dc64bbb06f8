extension Distribution: Codable {
    private enum Key: String, CodingKey {
        case type, min, max, mean, mu, sigma, mode, rate, shape, scale, alpha, beta, df, loc, values, weights, value, interpolate
        case components, files, truncate
        case stdDev = "std_dev"
    }

    private struct Bounds: Codable {
        var min: Double?
        var max: Double?
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let base = try Self.untruncated(fields)
        let bounds = try fields.decodeIfPresent(Bounds.self, forKey: .truncate)
        self = bounds.map { .truncated(base, min: $0.min, max: $0.max) } ?? base
    }

    private static func untruncated(_ fields: KeyedDecodingContainer<Key>) throws -> Distribution {
        func number(_ key: Key) throws -> Double { try fields.decode(Double.self, forKey: key) }
        switch try fields.decode(Kind.self, forKey: .type) {
        case .uniform: return .uniform(min: try number(.min), max: try number(.max))
        case .normal: return .normal(mean: try number(.mean), stdDev: try number(.stdDev))
        case .truncatedNormal:
            return .truncatedNormal(
                mean: try number(.mean), stdDev: try number(.stdDev), min: try number(.min), max: try number(.max))
        case .lognormal: return .lognormal(mu: try number(.mu), sigma: try number(.sigma))
        case .loguniform: return .loguniform(min: try number(.min), max: try number(.max))
        case .triangular: return .triangular(min: try number(.min), mode: try number(.mode), max: try number(.max))
        case .exponential: return .exponential(rate: try number(.rate))
        case .weibull: return .weibull(shape: try number(.shape), scale: try number(.scale))
        case .rayleigh: return .rayleigh(scale: try number(.scale))
        case .gumbel: return .gumbel(loc: try number(.loc), scale: try number(.scale))
        case .gamma: return .gamma(shape: try number(.shape), scale: try number(.scale))
        case .beta:
            return .beta(
                alpha: try number(.alpha), beta: try number(.beta),
                min: try fields.decodeIfPresent(Double.self, forKey: .min) ?? 0,
                max: try fields.decodeIfPresent(Double.self, forKey: .max) ?? 1)
        case .studentT: return .studentT(df: try number(.df), loc: try number(.loc), scale: try number(.scale))
        case .empirical:
            return .empirical(
                values: try fields.decode([Double].self, forKey: .values),
                interpolate: try fields.decode(Bool.self, forKey: .interpolate))
        case .mixture: return .mixture(try fields.decode([MixtureComponent].self, forKey: .components))
        case .integerUniform:
            return .integerUniform(
                min: try fields.decode(Int64.self, forKey: .min), max: try fields.decode(Int64.self, forKey: .max))
        case .discrete:
            return .discrete(
                values: try fields.decode([ParameterValue].self, forKey: .values),
                weights: try fields.decodeIfPresent([Double].self, forKey: .weights))
        case .files: return .files(try fields.decode([String].self, forKey: .files))
        case .constant: return .constant(try fields.decode(ParameterValue.self, forKey: .value))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        func put(_ pairs: [(Key, Double)]) throws {
            for (key, value) in pairs { try fields.encode(value, forKey: key) }
        }
        if case .truncated(let base, let min, let max) = self {
            try base.encode(to: encoder)
            return try fields.encode(Bounds(min: min, max: max), forKey: .truncate)
        }
        try fields.encode(kind, forKey: .type)
        switch self {
        case .uniform(let min, let max), .loguniform(let min, let max): try put([(.min, min), (.max, max)])
        case .normal(let mean, let stdDev): try put([(.mean, mean), (.stdDev, stdDev)])
        case .truncatedNormal(let mean, let stdDev, let min, let max):
            try put([(.mean, mean), (.stdDev, stdDev), (.min, min), (.max, max)])
        case .lognormal(let mu, let sigma): try put([(.mu, mu), (.sigma, sigma)])
        case .triangular(let min, let mode, let max): try put([(.min, min), (.mode, mode), (.max, max)])
        case .exponential(let rate): try put([(.rate, rate)])
        case .weibull(let shape, let scale), .gamma(let shape, let scale): try put([(.shape, shape), (.scale, scale)])
        case .rayleigh(let scale): try put([(.scale, scale)])
        case .gumbel(let loc, let scale): try put([(.loc, loc), (.scale, scale)])
        case .beta(let alpha, let beta, let min, let max):
            try put([(.alpha, alpha), (.beta, beta), (.min, min), (.max, max)])
        case .studentT(let df, let loc, let scale): try put([(.df, df), (.loc, loc), (.scale, scale)])
        case .empirical(let values, let interpolate):
            try fields.encode(values, forKey: .values)
            try fields.encode(interpolate, forKey: .interpolate)
        case .mixture(let components): try fields.encode(components, forKey: .components)
        case .truncated: break
        case .integerUniform(let min, let max):
            try fields.encode(min, forKey: .min)
            try fields.encode(max, forKey: .max)
        case .discrete(let values, let weights):
            try fields.encode(values, forKey: .values)
            try fields.encodeIfPresent(weights, forKey: .weights)
        case .files(let paths): try fields.encode(paths, forKey: .files)
        case .constant(let value): try fields.encode(value, forKey: .value)
        }
    }
}
