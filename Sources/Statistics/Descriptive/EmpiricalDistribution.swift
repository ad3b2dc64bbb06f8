import Glibc

/// The share of runs up to each value.
package struct EmpiricalDistribution: Sendable, Hashable {
    package let column: SortedColumn

    package init(_ column: SortedColumn) { self.column = column }

    /// The share of the runs with an answer whose value is at most `value`; NaN if there is none.
    package func share(upTo value: Double) -> Double {
        Double(column.count(upTo: value)) / Double(column.values.count)
    }

    /// The share of all runs, with those without an answer above `value` and at most `value`. All of [0, 1] without any run.
    package func shareBounds(upTo value: Double) -> Interval {
        guard column.runs > 0 else { return Interval(0, 1) }
        let count = column.count(upTo: value)
        return Interval(Double(count) / Double(column.runs), Double(count + column.missing) / Double(column.runs))
    }

    /// How far the distribution of all runs lies from the shares at most, everywhere at once: Dvoretzky, Kiefer and Wolfowitz,
    /// with the constant of Massart, Annals of Probability 18 (1990). It is that for the runs with an answer.
    ///
    /// Traps unless the confidence is strictly between 0 and 1.
    package func band(confidence: Double) -> Double {
        precondition(confidence > 0 && confidence < 1, "a confidence lies strictly between 0 and 1")
        return min(1, (log(2 / (1 - confidence)) / (2 * Double(column.values.count))).squareRoot())
    }

    /// A step of the distribution: a value, and the share of runs with an answer up to it.
    package struct Point: Sendable, Hashable {
        package var value: Double
        package var share: Double
    }

    /// At most `limit` steps, evenly spread over the runs, with the smallest and the largest value among them.
    ///
    /// Traps if the limit is below 2.
    package func points(limit: Int) -> [Point] {
        precondition(limit >= 2, "a curve has two ends")
        let values = column.values
        guard !values.isEmpty else { return [] }
        var points: [Point] = []
        for rank in [1] + Thinning.counts(upTo: values.count, limit: limit - 1) {
            // Of equal values, the last has the share of them all.
            let value = values[rank - 1]
            if points.last?.value == value { continue }
            points.append(Point(value: value, share: share(upTo: value)))
        }
        return points
    }
}
