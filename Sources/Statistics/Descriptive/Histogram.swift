import Glibc

/// How many runs have a value in each of a number of intervals of one width.
package struct Histogram: Sendable, Hashable {
    /// The ends of the intervals, one more than there are counts; ascending. An interval includes its lower end, the last one
    /// both. Empty if no value is finite.
    package let edges: [Double]
    package let counts: [Int]
    /// The runs at −∞ and at ∞, which are in no interval.
    package let negativeInfinities: Int
    package let positiveInfinities: Int
    package let missing: Int

    /// Intervals as `histogram(bins="auto")` of numpy 2.4 has them: their width is the smaller of Sturges' and
    /// of Freedman and Diaconis' ("On the histogram as a density estimator", 1981), the latter at least half of range/√n.
    ///
    /// - Parameter mostBins: there are no more intervals than so many, at least 1.
    package init(_ column: SortedColumn, mostBins: Int = 200) {
        let (first, last) = (column.count(upTo: -.infinity), column.count(below: .infinity))
        missing = column.missing
        negativeInfinities = first
        positiveInfinities = column.values.count - last
        guard first < last else {
            (edges, counts) = ([], [])
            return
        }
        var (low, high) = (column.values[first], column.values[last - 1])
        let finite = first == 0 && last == column.values.count ? column : SortedColumn(Array(column.values[first..<last]))
        let bins = min(Self.bins(finite), max(mostBins, 1))
        if low == high { (low, high) = (low - 0.5, high + 0.5) }
        let step = (high - low) / Double(bins)
        let edges = (0..<bins).map { Double($0) * step + low } + [high]
        let below = edges.dropLast().map(column.count(below:)) + [last]
        self.edges = edges
        counts = zip(below, below.dropFirst()).map { $1 - $0 }
    }

    private static func bins(_ column: SortedColumn) -> Int {
        let n = Double(column.values.count)
        let range = column.values[column.values.count - 1] - column.values[0]
        // Of a range that overflows, or that few neighbouring numbers fill, intervals would have no width.
        guard range > 0, range.isFinite else { return 1 }
        let finest = range / (4 * max(abs(column.values[0]), abs(column.values[column.values.count - 1])).ulp)
        let sturges = range / (log2(n) + 1)
        let freedmanDiaconis = 2 * (column.quantile(0.75) - column.quantile(0.25)) * pow(n, -1.0 / 3)
        let width = min(max(freedmanDiaconis, 0.5 * range / n.squareRoot()), sturges)
        return max(Int(min((range / width).rounded(.up), finest)), 1)
    }
}
