/// Observed values, each equally likely.
struct ObservedValues: RealDistribution {
    /// Ascending.
    private let values: [Double]

    init(_ values: [Double]) {
        precondition(!values.isEmpty, "an empirical distribution has a value")
        self.values = values.sorted()
    }

    func quantile(_ p: Double) -> Double { values[place(p)] }
    func quantile(above q: Double) -> Double { values[values.count - 1 - place(q)] }

    private func place(_ p: Double) -> Int { Swift.min(Int(p * Double(values.count)), values.count - 1) }

    /// A value itself is not above itself.
    func tails(at x: Double) -> Tails {
        let above = values.count { $0 > x }
        return Tails(below: Double(values.count - above) / Double(values.count), above: Double(above) / Double(values.count))
    }
}

/// Observed values with straight lines between them, as numpy's and R's default quantiles are: the i-th of n values in
/// ascending order has the probability (i − 1)/(n − 1).
struct InterpolatedValues: RealDistribution {
    /// Ascending, at least two.
    private let values: [Double]
    private let lastIndex: Double

    init(_ values: [Double]) {
        precondition(values.count > 1, "a line needs two values")
        self.values = values.sorted()
        lastIndex = Double(values.count - 1)
    }

    func quantile(_ p: Double) -> Double {
        let place = p * lastIndex
        let index = Swift.min(Int(place), values.count - 2)
        return between(values[index], values[index + 1], place - Double(index))
    }

    func quantile(above q: Double) -> Double {
        let place = q * lastIndex
        let index = Swift.min(Int(place), values.count - 2)
        let last = values.count - 1
        return between(values[last - index], values[last - index - 1], place - Double(index))
    }

    private func between(_ start: Double, _ end: Double, _ share: Double) -> Double {
        let x = start * (1 - share) + end * share
        return start < end ? Swift.min(Swift.max(x, start), end) : Swift.min(Swift.max(x, end), start)
    }

    func tails(at x: Double) -> Tails {
        guard x > values[0] else { return .allAbove }
        guard x < values[values.count - 1] else { return .allBelow }
        // The last value that is not above x, and the next, which is.
        var (low, high) = (0, values.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if values[middle] <= x { low = middle } else { high = middle }
        }
        let width = values[high] / 2 - values[low] / 2
        return Tails(
            below: (Double(low) + (x / 2 - values[low] / 2) / width) / lastIndex,
            above: (Double(values.count - 1 - high) + (values[high] / 2 - x / 2) / width) / lastIndex)
    }

    var knots: [Double] { values }
}
