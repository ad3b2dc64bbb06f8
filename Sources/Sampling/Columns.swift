import LynxModel

/// One parameter's values over many runs at once: the same as one by one, drawn several times faster.
extension Sampler {
    /// The values of a parameter in some runs, in their order; nil if there is no such parameter, or if its distribution is
    /// `discrete` or `constant`.
    ///
    /// - Parameter runs: within 0 ..< `self.runs`.
    public func numbers(of parameter: String, in runs: Range<Int>) -> [Double]? {
        precondition(runs.lowerBound >= 0 && runs.upperBound <= self.runs, "the run index lies outside the batch")
        guard let parameter = parameters[parameter], let axis = parameter.axis, parameter.quantile.isContinuous else { return nil }
        return [Double](unsafeUninitializedCapacity: runs.count) { buffer, count in
            for start in stride(from: 0, to: runs.count, by: Self.block) {
                let part = UnsafeMutableBufferPointer(rebasing: buffer[start..<min(start + Self.block, runs.count)])
                design.fill(part, of: axis, from: runs.lowerBound + start)
                parameter.quantile.apply(to: part)
            }
            count = runs.count
        }
    }

    /// So many values are drawn together: what lies between the steps stays in the first cache.
    private static let block = 1024
}

extension Quantile {
    var isContinuous: Bool {
        switch form {
        case .discrete, .constant: false
        default: true
        }
    }

    /// Replaces probabilities by their quantiles, of a continuous distribution.
    func apply(to values: UnsafeMutableBufferPointer<Double>) {
        if let range = uniformRange {
            for index in values.indices { values[index] = range.below(values[index]) }
            return
        }
        for index in values.indices {
            switch callAsFunction(values[index]) {
            case .number(let value): values[index] = value
            case .integer, .string, .bool: preconditionFailure("a continuous distribution gives numbers")
            }
        }
    }
}
