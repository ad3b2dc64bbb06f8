import LynxModel

/// One parameter's values over many runs at once: the same as one by one, drawn several times faster.
extension Sampler {
    /// The values of a parameter in some runs, in their order; nil if there is no such parameter, or if its values are not
    /// all floats, as with `discrete`, `integer_uniform`, `files` and `constant`.
    ///
    /// - Parameter runs: within 0 ..< `self.runs`.
    public func numbers(of parameter: String, in runs: Range<Int>) -> [Double]? {
        if let value = nominal?[parameter], runs.upperBound == self.runs + 1, !runs.isEmpty {
            guard case .number(let number) = value, let sample = numbers(of: parameter, in: runs.lowerBound..<self.runs) else { return nil }
            return sample + [number]
        }
        precondition(runs.lowerBound >= 0 && runs.upperBound <= self.runs, "the run index lies outside the batch")
        if let column = columns[parameter] { return column.numbers(in: runs) }
        guard let parameter = parameters[parameter], let axis = parameter.axis, let distribution = parameter.quantile.real else {
            return nil
        }
        return [Double](unsafeUninitializedCapacity: runs.count) { buffer, count in
            for start in stride(from: 0, to: runs.count, by: Self.block) {
                let part = UnsafeMutableBufferPointer(rebasing: buffer[start..<min(start + Self.block, runs.count)])
                if let terms = terms(of: axis) {
                    mix(part, terms, from: runs.lowerBound + start)
                    distribution.applyToNormals(part)
                } else {
                    design.fill(part, of: axis, from: runs.lowerBound + start)
                    distribution.apply(to: part)
                }
            }
            count = runs.count
        }
    }

    /// Puts the normal numbers of a correlated parameter into the whole of `values`.
    private func mix(_ values: UnsafeMutableBufferPointer<Double>, _ terms: [GaussianCopula.Term], from first: Int) {
        values.update(repeating: 0)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: values.count) { draws in
            for term in terms {
                design.fill(draws, of: term.axis, from: first)
                for index in values.indices { values[index] += term.weight * StandardNormal.quantile(draws[index]) }
            }
        }
    }

    /// So many values are drawn together: what lies between the steps stays in the first cache.
    private static let block = 1024
}

extension RealDistribution {
    /// Replaces normal numbers by the quantiles of their probabilities.
    fileprivate func applyToNormals(_ numbers: UnsafeMutableBufferPointer<Double>) {
        for index in numbers.indices { numbers[index] = quantile(atNormal: numbers[index]) }
    }
}
