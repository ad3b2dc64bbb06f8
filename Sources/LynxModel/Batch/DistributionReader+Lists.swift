import LynxDocument

/// A value of a mixture takes as long as they are many.
private let mostComponents = 32

/// Distributions that are drawn from a list.
extension MappingReader {
    func discrete() -> Distribution? {
        let values = required("values", .list(of: .parameterValue, named: "values", minimum: 1), "What is drawn from.")
        let weights = optional(
            "weights", .list(of: .number(atLeast: 0), named: "weights"),
            "How likely each value is, relative to the others; equal if left out.")
        guard let values else { return nil }
        guard let weights else { return .discrete(values: values, weights: nil) }
        if weights.count != values.count {
            report("weights", "\(weights.count) given for \(values.count) values; give one weight per value")
            return nil
        }
        let total = weights.reduce(0, +)
        guard total > 0, total.isFinite else {
            report(
                "weights",
                total > 0 ? "has too large a sum; scale the weights down" : "are all zero; give at least one weight above 0")
            return nil
        }
        return .discrete(values: values, weights: weights)
    }

    func empirical() -> Distribution? {
        let values = required("values", .list(of: .number(), named: "numbers", minimum: 1), "The observed values.")
        let interpolate = optional(
            "interpolate", .bool, default: false,
            "Whether numbers between neighbouring values are drawn too, in place of the values alone.")
        guard let values else { return nil }
        if interpolate, values.count < 2 {
            report("values", "has one value, and none to interpolate to; give at least 2")
            return nil
        }
        return .empirical(values: values, interpolate: interpolate)
    }

    func integers() -> Distribution? {
        let range: FieldType<Int64> = .integer(-(1 << 52)...1 << 52)
        let min = required("min", range, "The lowest value.")
        let max = required("max", range, "The highest value, which is drawn too.")
        guard let min, let max else { return nil }
        guard min <= max else {
            report("max", "\(max) is below min (\(min)); give min ≤ max")
            return nil
        }
        return .integerUniform(min: min, max: max)
    }

    func mixture(_ components: [MixtureComponent]) -> Distribution? {
        if components.count > mostComponents {
            report("components", "has \(components.count) of them; at most \(mostComponents) are allowed")
            return nil
        }
        guard components.reduce(0, { $0 + $1.weight }).isFinite else {
            report("components", "have weights with too large a sum; scale them down")
            return nil
        }
        return .mixture(components)
    }

    func files() -> Distribution? {
        let paths = optional(
            "files", .list(of: .line(maximum: 4096), named: "paths", minimum: 1),
            "The paths, which the simulation is told as they are.")
        let pattern = optional(
            "pattern", .replacedInFiles("files"),
            "A shell's pattern of the paths, relative to the batch file; in batch files only, in place of `files`.")
        func isGiven(_ key: String) -> Bool { self[key]?.node.isNull == false }
        if pattern == nil, !isGiven("pattern"), !isGiven("files") {
            report("files", "is missing; give a list of paths, or in a batch file a pattern")
        }
        return paths.map { .files($0) }
    }
}

extension FieldType where Value == MixtureComponent {
    static var mixtureComponent: FieldType {
        mapping("a component") { fields in
            let weight = fields.required("weight", .number(above: 0), "How likely it is, relative to the others.")
            let part: FieldType<Distribution> = .distribution
            let distribution = fields.required(
                "distribution",
                part.checked { distribution in
                    if distribution.kind == .mixture { return "is a mixture itself; give its components here" }
                    return distribution.isContinuous
                        ? nil : "is \(distribution.kind.rawValue), and only continuous distributions are mixed"
                }, "Its distribution, which is continuous and no mixture.")
            guard let weight, let distribution else { return nil }
            return MixtureComponent(weight: weight, distribution: distribution)
        }
    }
}
