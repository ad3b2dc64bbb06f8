import Glibc

/// The PAWN index: Pianosi and Wagener, Environmental Modelling & Software 108, 2018.
enum PAWN {
    /// Rows cut into slices by one input: bounds in the ascending order of the input, from the first slice's start to the
    /// last one's end.
    ///
    /// As in SALib, slices lie between the quantiles at 0, 1/S, … 1, interpolated linearly, and hold the values from the
    /// lower up to, but not including, the upper one. That leaves out the largest value, unless it is repeated: then
    /// leaving it out could hide a whole class of an input, and the last slice holds it. An input of no more than S
    /// distinct values has a slice for each.
    static func slices(_ count: Int, places: Int, value: (_ place: Int) -> Double, distinctValues: Int) -> [Int] {
        if distinctValues <= count {
            return [0] + (1..<places).filter { value($0) != value($0 - 1) } + [places]
        }
        let step = 1 / Double(count)
        var bounds = [0]
        for slice in 1...count {
            let edge = quantile(min(Double(slice) * step, 1), places: places, value: value)
            bounds.append(lowerBound(of: edge, places: places, value: value))
        }
        if bounds[count] < places - 1 { bounds[count] = places }
        return bounds
    }

    /// numpy's linear quantile, rounded as there.
    private static func quantile(_ p: Double, places: Int, value: (Int) -> Double) -> Double {
        let position = Double(places - 1) * p
        guard position < Double(places - 1) else { return value(places - 1) }
        let below = Int(position)
        let t = position - Double(below)
        let (a, b) = (value(below), value(below + 1))
        return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t
    }

    /// The first place whose value is not below `edge`.
    private static func lowerBound(of edge: Double, places: Int, value: (Int) -> Double) -> Int {
        var low = 0
        var high = places
        while low < high {
            let middle = (low + high) / 2
            if value(middle) < edge { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The Kolmogorov–Smirnov distance between the output in each slice and in all rows.
    ///
    /// - Parameters:
    ///   - byOutput: rows in ascending order of the output.
    ///   - group: one number for equal values of the output, by row.
    ///   - slice: the slice of each row, by row; the number of slices for a row in none.
    ///   - sizes: the rows in each slice; none for a slice to leave out.
    static func distances(byOutput: [Int], group: [Int], slice: [UInt16], sizes: [Int]) -> [Double] {
        let none = sizes.count
        let perRow = 1 / Double(byOutput.count)
        let perMember = sizes.map { $0 > 0 ? 1 / Double($0) : 0 } + [0]
        var seen = [Int](repeating: 0, count: none + 1)
        var distance = [Double](repeating: 0, count: none + 1)
        var start = 0
        while start < byOutput.count {
            var end = start + 1
            while end < byOutput.count, group[byOutput[end]] == group[byOutput[start]] { end += 1 }
            // Between two of a slice's outputs only the distribution of all rows grows: the distance is largest just
            // before one of them or at one.
            let below = Double(start) * perRow
            for position in start..<end {
                let s = Int(slice[byOutput[position]])
                distance[s] = max(distance[s], abs(Double(seen[s]) * perMember[s] - below))
            }
            for position in start..<end { seen[Int(slice[byOutput[position]])] += 1 }
            let upTo = Double(end) * perRow
            for position in start..<end {
                let s = Int(slice[byOutput[position]])
                distance[s] = max(distance[s], abs(Double(seen[s]) * perMember[s] - upTo))
            }
            start = end
        }
        return sizes.indices.filter { sizes[$0] > 0 }.map { distance[$0] }
    }
}

extension PAWN {
    /// What the index of an input without effect exceeds with a given probability. It depends on the sizes of the slices alone,
    /// which most inputs have in common.
    struct LevelsWithoutEffect {
        let study: StudyColumns
        let probability: Double
        let seed: UInt64
        private var levels: [[Int]: Double] = [:]

        init(_ study: StudyColumns, probability: Double, seed: UInt64) {
            self.study = study
            self.probability = probability
            self.seed = seed
        }

        mutating func level(ofSlices sizes: [Int]) -> Double {
            let rows = study.rows
            let equal = sizes.indices.map { ($0 + 1) * rows / sizes.count - $0 * rows / sizes.count }
            let areEqual = zip(sizes, equal).allSatisfy { abs($0 - $1) <= max($1 / 20, 1) }
            let sizes = areEqual ? equal : sizes
            if let known = levels[sizes] { return known }
            let level = sampled(sizes)
            levels[sizes] = level
            return level
        }

        /// From random cuts of the rows, whose indices are close to lognormal.
        private func sampled(_ sizes: [Int]) -> Double {
            var slice = sizes.enumerated().flatMap { [UInt16](repeating: UInt16($0), count: $1) }
            slice += [UInt16](repeating: UInt16(sizes.count), count: study.rows - slice.count)
            let logarithms = (0..<200).map { draw in
                var random = CounterRandom(seed: seed, key: [0x5041_574E, UInt64(draw)])
                for row in slice.indices.dropLast() { slice.swapAt(row, row + random.below(slice.count - row)) }
                let ofSlices = distances(byOutput: study.output.order, group: study.output.group, slice: slice, sizes: sizes)
                // Few rows of few different outputs can make it 0.
                return log(max(SortedColumn(ofSlices).quantile(0.5), 0.5 / Double(slice.count)))
            }
            let moments = Moments(logarithms)
            return min(exp(moments.mean + NormalDistribution.upperQuantile(probability) * moments.standardDeviation), 1)
        }
    }
}
