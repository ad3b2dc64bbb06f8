import Glibc
import LynxDocument

extension FieldType where Value == Dispersion {
    static var dispersion: FieldType {
        mapping("a dispersion") { fields in
            let distribution = fields.required("distribution", .distribution, "How the parameter is distributed.")
            let units = fields.optional("units", .string, default: "", "The parameter's units, which the simulation is told.")
            let nominal = fields.optional("nominal", .parameterValue, "The value in the nominal run; the distribution's median if left out.")
            guard let distribution else { return nil }
            if let nominal, !distribution.allows(nominal: nominal) {
                fields.report(
                    "nominal",
                    "is no value that the distribution's parameter can have; give \(distribution.isOfNumbers ? "a number" : "one of its kind")"
                )
                return nil
            }
            return Dispersion(distribution: distribution, units: units, nominal: nominal)
        }.named("Dispersion")
    }
}

extension Distribution {
    fileprivate var isOfNumbers: Bool {
        switch self {
        case .constant, .discrete, .files: false
        default: true
        }
    }

    fileprivate func allows(nominal: ParameterValue) -> Bool {
        switch (self, nominal) {
        case (.files, .string): true
        case (.files, _): false
        case (.constant, _), (.discrete, _): true
        case (.integerUniform, .integer): true
        case (.integerUniform, _): false
        case (_, .number), (_, .integer): true
        default: false
        }
    }
}

extension FieldType where Value == Distribution {
    static var distribution: FieldType {
        variants(
            "a distribution", by: "type", "Which distribution it is.", naming: { (kind: Distribution.Kind) in "the distribution '\(kind.rawValue)'" },
            read: { kind, fields in kind.canBeTruncated ? fields.truncated(fields.distribution(kind)) : fields.distribution(kind) }
        ).named("Distribution")
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
            return pair(("mu", .number(), "The mean of ln x."), ("sigma", .number(above: 0), "The standard deviation of ln x.")).map {
                .lognormal(mu: $0, sigma: $1)
            }
        case .loguniform:
            return bounds(.number(above: 0)).map { .loguniform(min: $0.min, max: $0.max) }
        case .triangular:
            return triangular()
        case .exponential:
            return required("rate", .number(above: 0), "The density is rate·exp(−rate·x), for x ≥ 0.").map { .exponential(rate: $0) }
        case .weibull:
            return pair(("shape", .number(above: 0), "The exponent k."), ("scale", .number(above: 0), "The scale λ.")).map {
                .weibull(shape: $0, scale: $1)
            }
        case .rayleigh:
            return required("scale", .number(above: 0), "The most likely value.").map { .rayleigh(scale: $0) }
        case .gumbel:
            let place = place()
            return .gumbel(loc: place.loc, scale: place.scale)
        case .gamma:
            return gamma()
        case .studentT:
            let df = required("df", .number(above: 0, atMost: mostShape), "The degrees of freedom.")
            let place = place()
            return df.map { .studentT(df: $0, loc: place.loc, scale: place.scale) }
        case .beta:
            let shapes = pair(("alpha", .number(above: 0), "The first shape."), ("beta", .number(above: 0), "The second shape."))
            let bounds = bounds(defaults: (0, 1))
            guard let shapes, let bounds else { return nil }
            return .beta(alpha: shapes.0, beta: shapes.1, min: bounds.min, max: bounds.max)
        case .empirical:
            return empirical()
        case .mixture:
            return required("components", .list(of: .mixtureComponent, named: "components", minimum: 1), "What is mixed.").flatMap { mixture($0) }
        case .integerUniform:
            return integers()
        case .discrete:
            return discrete()
        case .files:
            return files()
        case .constant:
            return required("value", .parameterValue, "The value in every run.").map { .constant($0) }
        }
    }

    private typealias Number = (key: String, type: FieldType<Double>, documentation: String)

    private func pair(_ first: Number, _ second: Number) -> (Double, Double)? {
        let one = required(first.key, first.type, first.documentation)
        let other = required(second.key, second.type, second.documentation)
        guard let one, let other else { return nil }
        return (one, other)
    }

    private func bell() -> (mean: Double, stdDev: Double)? {
        pair(
            ("mean", .number(), "The mean, before any truncation."),
            ("std_dev", .number(above: 0), "The standard deviation, before any truncation.")
        ).map { (mean: $0, stdDev: $1) }
    }

    private func place() -> (loc: Double, scale: Double) {
        let loc = optional("loc", .number(), default: 0, "What is added to the standard distribution's values, after they are multiplied.")
        let scale = optional("scale", .number(above: 0), default: 1, "What the standard distribution's values are multiplied by.")
        return (loc, scale)
    }

    /// min < max, with a span that a double can hold. Without `defaults` both are required.
    private func bounds(_ type: FieldType<Double> = .number(), defaults: (min: Double, max: Double)? = nil) -> (min: Double, max: Double)? {
        func bound(_ key: String, _ value: Double?, _ documentation: String) -> Double? {
            guard let value else { return required(key, type, documentation) }
            return optional(key, type, default: value, documentation)
        }
        let min = bound("min", defaults?.min, "The lower end.")
        let max = bound("max", defaults?.max, "The upper end.")
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

    private func gamma() -> Distribution? {
        let shape = required("shape", .number(above: 0, atMost: mostShape), "The density is proportional to x^(shape − 1)·exp(−x/scale), for x ≥ 0.")
        let scale = optional("scale", .number(above: 0), "The mean is shape·scale; or give `rate`.")
        let rate = optional("rate", .number(above: 0), "1/scale, in its place.")
        switch (self["scale"]?.node.isNull ?? true, self["rate"]?.node.isNull ?? true) {
        case (true, true): report("scale", "is missing; give scale, or rate")
        case (false, false): report("rate", "is given beside scale; keep one of the two")
        default: break
        }
        guard let shape, let scale = scale ?? rate.map({ 1 / $0 }) else { return nil }
        return .gamma(shape: shape, scale: scale)
    }

    private func triangular() -> Distribution? {
        let bounds = bounds()
        let mode = required("mode", .number(), "The value of highest density.")
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

/// With more, the algorithms take too many steps; the normal distribution is as good as the same.
let mostShape = 1e6
