/// Whether an output is distributed alike in two independent studies: the largest distance of their empirical distribution
/// functions, and how probable one at least as large would be.
package struct KolmogorovSmirnovTest: Sendable, Hashable {
    /// D, from the runs with an answer; 0 if either study has none.
    package let distance: Double
    /// P[distance ≥ D] if both studies draw from one continuous distribution: exact for up to some thousand runs, and beyond
    /// that within a few percent of itself.
    package let pValue: Double
    /// The least and the largest distance that runs without an answer could lead to.
    package let distanceBounds: Interval
    /// The p-values of the largest and of the least distance.
    package let pValueBounds: Interval

    package init(_ first: SortedColumn, _ second: SortedColumn) {
        let (n1, n2) = (first.values.count, second.values.count)
        let apart = Self.distances(first, second)
        distance = n1 > 0 && n2 > 0 ? Double(apart.answered) / (Double(n1) * Double(n2)) : 0
        pValue = Self.pValue(distance, n1, n2)
        guard first.missing + second.missing > 0 else {
            distanceBounds = Interval(distance, distance)
            pValueBounds = Interval(pValue, pValue)
            return
        }
        let scale = Double(first.runs) * Double(second.runs)
        distanceBounds = scale > 0 ? Interval(Double(apart.least) / scale, Double(apart.largest) / scale) : Interval(0, 1)
        pValueBounds = Interval(
            Self.pValue(distanceBounds.upper, first.runs, second.runs),
            Self.pValue(distanceBounds.lower, first.runs, second.runs))
    }

    private static func pValue(_ distance: Double, _ n1: Int, _ n2: Int) -> Double {
        n1 > 0 && n2 > 0 ? KolmogorovSmirnov.pValue(distance: distance, n1, n2) : 1
    }

    /// The distances times the numbers of runs: from the runs with an answer, and the bounds from all runs.
    private static func distances(_ first: SortedColumn, _ second: SortedColumn) -> (answered: Int, least: Int, largest: Int) {
        let (x, y) = (first.values.span, second.values.span)
        let (n1, n2) = (first.runs, second.runs)
        var (i, j) = (0, 0)
        // With all runs without an answer of one study below all values.
        var (answered, least, largest) = (0, 0, max(first.missing * n2, second.missing * n1))
        while i < x.count || j < y.count {
            let value = min(i < x.count ? x[i] : .infinity, j < y.count ? y[j] : .infinity)
            while i < x.count, x[i] <= value { i += 1 }
            while j < y.count, y[j] <= value { j += 1 }
            answered = max(answered, abs(i * y.count - j * x.count))
            least = max(least, i * n2 - (j + second.missing) * n1, j * n1 - (i + first.missing) * n2)
            largest = max(largest, (i + first.missing) * n2 - j * n1, (j + second.missing) * n1 - i * n2)
        }
        return (answered, least, largest)
    }
}
