import Glibc

extension FieldType where Value == Dispersion {
    static var dispersion: FieldType {
        .mapping("a dispersion") { fields in
            let distribution = fields.required("distribution", .distribution)
            let units = fields.optional("units", .string)
            guard let distribution else { return nil }
            return Dispersion(distribution: distribution, units: units ?? "")
        }
    }
}

extension FieldType where Value == Distribution {
    static var distribution: FieldType {
        .mapping("a distribution") { fields in
            guard let kind = fields.required("type", .choice() as FieldType<Distribution.Kind>) else {
                fields.acceptUnknownKeys()
                return nil
            }
            fields.describe(as: "the distribution '\(kind.rawValue)'")
            return fields.distribution(kind)
        }
    }
}

extension MappingReader {
    fileprivate func distribution(_ kind: Distribution.Kind) -> Distribution? {
        switch kind {
        case .uniform:
            return bounds().map { .uniform(min: $0.min, max: $0.max) }
        case .normal:
            return bell().map { .normal(mean: $0.mean, stdDev: $0.stdDev) }
        case .truncatedNormal:
            return truncatedNormal()
        case .lognormal:
            return pair("mu", .number(), "sigma", .number(above: 0)).map { .lognormal(mu: $0, sigma: $1) }
        case .triangular:
            return triangular()
        case .exponential:
            return required("rate", .number(above: 0)).map { .exponential(rate: $0) }
        case .weibull:
            return pair("shape", .number(above: 0), "scale", .number(above: 0)).map { .weibull(shape: $0, scale: $1) }
        case .beta:
            let shapes = pair("alpha", .number(above: 0), "beta", .number(above: 0))
            let bounds = bounds(defaults: (0, 1))
            guard let shapes, let bounds else { return nil }
            return .beta(alpha: shapes.0, beta: shapes.1, min: bounds.min, max: bounds.max)
        case .discrete:
            return discrete()
        case .constant:
            return required("value", .parameterValue).map { .constant($0) }
        }
    }

    private func pair(_ first: String, _ firstType: FieldType<Double>, _ second: String, _ secondType: FieldType<Double>) -> (Double, Double)? {
        let one = required(first, firstType)
        let other = required(second, secondType)
        guard let one, let other else { return nil }
        return (one, other)
    }

    private func bell() -> (mean: Double, stdDev: Double)? {
        pair("mean", .number(), "std_dev", .number(above: 0)).map { (mean: $0, stdDev: $1) }
    }

    /// min < max, with a span that a double can hold. Without `defaults` both are required.
    private func bounds(defaults: (Double, Double)? = nil) -> (min: Double, max: Double)? {
        let min = defaults == nil ? required("min", .number()) : optionalNumber("min", default: defaults!.0)
        let max = defaults == nil ? required("max", .number()) : optionalNumber("max", default: defaults!.1)
        guard let min, let max else { return nil }
        guard min < max else {
            report("max", "\(Shown.number(max)) is not above min (\(Shown.number(min))); give min < max")
            return nil
        }
        guard (max - min).isFinite else {
            report("max", "is too far from min for double precision; narrow the range")
            return nil
        }
        return (min, max)
    }

    /// Nil only when the field is there and wrong.
    private func optionalNumber(_ key: String, default value: Double) -> Double? {
        guard let field = self[key], !field.node.isNull else { return optional(key, .number()) ?? value }
        return optional(key, .number())
    }

    private func triangular() -> Distribution? {
        let bounds = bounds()
        let mode = required("mode", .number())
        guard let bounds, let mode else { return nil }
        guard (bounds.min...bounds.max).contains(mode) else {
            let range = "min (\(Shown.number(bounds.min))) to max (\(Shown.number(bounds.max)))"
            report("mode", "\(Shown.number(mode)) lies outside \(range); give min ≤ mode ≤ max")
            return nil
        }
        return .triangular(min: bounds.min, mode: mode, max: bounds.max)
    }

    private func truncatedNormal() -> Distribution? {
        let bell = bell()
        let bounds = bounds()
        guard let bell, let bounds else { return nil }
        let mass = NormalMass.between((bounds.min - bell.mean) / bell.stdDev, (bounds.max - bell.mean) / bell.stdDev)
        guard mass >= NormalMass.negligible else {
            let normal = "normal(mean \(Shown.number(bell.mean)), std_dev \(Shown.number(bell.stdDev)))"
            report("min", "the range from min to max holds almost nothing of \(normal); widen the range or move the mean")
            return nil
        }
        return .truncatedNormal(mean: bell.mean, stdDev: bell.stdDev, min: bounds.min, max: bounds.max)
    }

    private func discrete() -> Distribution? {
        let values = required("values", .list(of: .parameterValue, named: "values", minimum: 1))
        let weights = optional("weights", .list(of: .number(atLeast: 0), named: "weights"))
        guard let values else { return nil }
        guard let weights else { return .discrete(values: values, weights: nil) }
        if weights.count != values.count {
            report("weights", "\(weights.count) given for \(values.count) values; give one weight per value")
            return nil
        }
        let total = weights.reduce(0, +)
        guard total > 0, total.isFinite else {
            report("weights", total > 0 ? "has too large a sum; scale the weights down" : "are all zero; give at least one weight above 0")
            return nil
        }
        return .discrete(values: values, weights: weights)
    }
}

/// The probability that the standard normal distribution gives to an interval.
enum NormalMass {
    /// Less than this, in the tails, is a mistake in the bounds and not a study.
    static let negligible = 1e-12

    /// Accurate in both tails: it never subtracts two numbers close to 1.
    static func between(_ low: Double, _ high: Double) -> Double {
        if low > 0 { return between(-high, -low) }
        if high > 0 { return 1 - upperTail(-low) - upperTail(high) }
        return upperTail(-high) - upperTail(-low)
    }

    private static func upperTail(_ x: Double) -> Double { erfc(x / 2.0.squareRoot()) / 2 }
}
