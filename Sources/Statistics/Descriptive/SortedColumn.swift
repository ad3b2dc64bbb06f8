/// The values of one output over all runs of a study in ascending order, and how many runs gave none: what quantiles, tolerance
/// bounds, distribution functions and histograms are read from. It holds 8 bytes for each value; of many columns, one is made
/// at a time.
package struct SortedColumn: Sendable, Hashable {
    /// Ascending, without NaN.
    package let values: [Double]
    /// The runs without an answer.
    package let missing: Int

    /// The runs, with and without an answer.
    package var runs: Int { values.count + missing }

    /// - Parameter column: one value for each run, in any order; NaN stands for a run without an answer.
    package init(_ column: [Double]) {
        let values = column.contains(where: \.isNaN) ? column.filter { !$0.isNaN } : column
        self.values = RadixSort.sorted(values)
        missing = column.count - values.count
    }

    /// Where runs without an answer are taken to lie.
    package enum MissingRuns: Sendable, Hashable {
        /// Nowhere: they are left out.
        case leftOut
        /// Below all values.
        case below
        /// Above all values.
        case above
    }

    /// How many runs take part if those without an answer are taken so.
    package func runs(_ missingRuns: MissingRuns) -> Int { missingRuns == .leftOut ? values.count : runs }

    /// The r-th smallest value, with r counted from 1: −∞ for an r below that or a run below all values, ∞ beyond the last
    /// value.
    package func orderStatistic(_ rank: Int, _ missingRuns: MissingRuns = .leftOut) -> Double {
        let rank = missingRuns == .below ? rank - missing : rank
        if rank < 1 { return -.infinity }
        return rank > values.count ? .infinity : values[rank - 1]
    }

    /// The number of values below `bound`.
    package func count(below bound: Double) -> Int { partition { $0 < bound } }

    /// The number of values up to and including `bound`.
    package func count(upTo bound: Double) -> Int { partition { $0 <= bound } }

    /// How many of the first values satisfy a condition that fails for all later ones.
    private func partition(_ holds: (Double) -> Bool) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(values[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
