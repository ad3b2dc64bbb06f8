public import LynxModel

/// The type that all values of a parameter have.
public enum ParameterType: Hashable, Sendable {
    case integer
    case number
    case bool
    case text
    /// Some have one, some another.
    case mixed

    fileprivate init(_ values: some Sequence<ParameterValue>) {
        let types = Set(values.map { Self($0) })
        self = types.count == 1 ? types.first! : .mixed
    }

    fileprivate init(_ value: ParameterValue) {
        self =
            switch value {
            case .integer: .integer
            case .number: .number
            case .bool: .bool
            case .string: .text
            }
    }
}

extension Sampler {
    /// By name.
    public var parameterTypes: [String: ParameterType] {
        parameters.mapValues { parameter in
            switch parameter.quantile.form {
            case .real: .number
            case .integers: .integer
            case .constant(let value): ParameterType(value)
            case .steps(let steps): ParameterType(steps.values)
            }
        }.merging(columns.mapValues { ParameterType($0.values) }) { $1 }
    }

    /// The values of a parameter in some runs, in their order; nil if there is no such parameter. For floats `numbers` does
    /// the same faster.
    ///
    /// - Parameter runs: within 0 ..< `self.runs`.
    public func values(of parameter: String, in runs: Range<Int>) -> [ParameterValue]? {
        if let value = nominal?[parameter], runs.upperBound == self.runs + 1, !runs.isEmpty {
            return (runs.lowerBound == self.runs ? [] : values(of: parameter, in: runs.lowerBound..<self.runs) ?? []) + [value]
        }
        precondition(runs.lowerBound >= 0 && runs.upperBound <= self.runs, "the run index lies outside the batch")
        if let column = columns[parameter] { return runs.map { column[$0] } }
        if let numbers = numbers(of: parameter, in: runs) { return numbers.map { .number($0) } }
        guard let drawn = parameters[parameter] else { return nil }
        guard let axis = drawn.axis else { return Array(repeating: drawn.quantile(0.5), count: runs.count) }
        let probabilities = [Double](unsafeUninitializedCapacity: runs.count) { buffer, count in
            design.fill(buffer, of: axis, from: runs.lowerBound)
            count = runs.count
        }
        return probabilities.map { drawn.quantile($0) }
    }
}
