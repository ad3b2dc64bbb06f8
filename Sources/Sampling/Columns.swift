import LynxModel

/// One parameter's values over many runs at once: the same as one by one, drawn several times faster.
extension Sampler {
    /// The values of a parameter in some runs, in their order; nil if there is no such parameter, or if its distribution is
    /// `discrete` or `constant`.
    ///
    /// - Parameter runs: within 0 ..< `self.runs`.
    public func numbers(of parameter: String, in runs: Range<Int>) -> [Double]? {
        precondition(runs.lowerBound >= 0 && runs.upperBound <= self.runs, "the run index lies outside the batch")
        guard let dimension = dimensions[parameter], dimension.isContinuous else { return nil }
        return [Double](unsafeUninitializedCapacity: runs.count) { buffer, count in
            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * Dimension.block) { scratch in
                for start in stride(from: 0, to: runs.count, by: Dimension.block) {
                    let part = UnsafeMutableBufferPointer(rebasing: buffer[start..<min(start + Dimension.block, runs.count)])
                    dimension.fill(part, from: runs.lowerBound + start, scratch)
                }
            }
            count = runs.count
        }
    }
}

extension Dimension {
    /// So many values are drawn together: what lies between the steps stays in the first cache.
    fileprivate static let block = 1024

    /// Puts the values of runs `first`, `first` + 1, … into the whole of `values`, in loops that do one thing each, so that
    /// the processor works on several runs at the same time.
    fileprivate func fill(
        _ values: UnsafeMutableBufferPointer<Double>, from first: Int, _ scratch: UnsafeMutableBufferPointer<UInt64>
    ) {
        for index in values.indices { values[index] = Philox.openUnit(jitter.bits(at: UInt64(first + index))) }
        if let strata {
            let indices = UnsafeMutableBufferPointer(rebasing: scratch[..<values.count])
            strata.fill(indices, from: first, UnsafeMutableBufferPointer(rebasing: scratch[Self.block...]))
            let (margin, room, count) = (self.margin, 1 - 2 * self.margin, self.count)
            for index in values.indices {
                values[index] = (Double(Int64(bitPattern: indices[index])) + (margin + room * values[index])) / count
            }
        }
        quantile.apply(to: values)
    }
}

extension StratumPermutation {
    /// The strata of runs `first`, `first` + 1, …, one for each element of `strata`.
    ///
    /// - Parameter scratch: at least as large as `strata`.
    func fill(
        _ strata: UnsafeMutableBufferPointer<UInt64>, from first: Int, _ scratch: UnsafeMutableBufferPointer<UInt64>
    ) {
        guard !usesTable else {
            for index in strata.indices { strata[index] = UInt64(self(first + index)) }
            return
        }
        withNetwork { network in
            // Row and column go on by themselves, without a division for each run.
            let (rows, columns) = (strata, scratch)
            var place = network.place(of: UInt64(first))
            for index in strata.indices {
                (rows[index], columns[index]) = (place.row, place.column)
                place = network.next(place)
            }
            // One pair of rounds over all of them after the other: within one run each step waits for the one before.
            for round in stride(from: 0, to: network.keys.count, by: 2) {
                for index in strata.indices {
                    var place = FeistelNetwork.Place(row: rows[index], column: columns[index])
                    network.mix(&place, round)
                    (rows[index], columns[index]) = (place.row, place.column)
                }
            }
            for index in strata.indices {
                var value = network.value(of: FeistelNetwork.Place(row: rows[index], column: columns[index]))
                while value >= network.count { value = network.encipher(network.place(of: value)) }
                strata[index] = value
            }
        }
    }
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
