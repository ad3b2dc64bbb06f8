/// A value with its interval from resampling. Both limits and the error are nil without replicates, or where the measure does
/// not exist in most of them.
package struct ResampledEstimate: Sendable, Equatable {
    package var value: Double
    package var interval: Interval?
    package var standardError: Double?

    package init(value: Double, interval: Interval? = nil, standardError: Double? = nil) {
        self.value = value
        self.interval = interval
        self.standardError = standardError
    }
}

/// Replicates of some measures on random subsets of rows, and the intervals that follow from them.
struct Subsampling<Replicate> {
    private let replicates: [Replicate]
    private let confidence: Double
    /// From the deviations of m rows, drawn without replacement, to those of all n.
    private let scale: Double

    /// - Parameters:
    ///   - rows: n.
    ///   - size: the rows of one subset, below n.
    init(
        of rows: Int, size: Int, replicates: Int, seed: UInt64, confidence: Double, measure: ([Int]) -> Replicate
    ) {
        self.confidence = confidence
        scale = (Double(size) / Double(rows - size)).squareRoot()
        var deck = Array(0..<rows)
        self.replicates = (0..<replicates).map { replicate in
            var random = CounterRandom(seed: seed, key: [0x5355_4253, UInt64(replicate)])
            for position in 0..<size { deck.swapAt(position, position + random.below(rows - position)) }
            return measure(Array(deck[..<size]))
        }
    }

    /// The estimate from all rows, with quantiles of the replicates around their mean; nil if `value` is NaN.
    func estimate(
        _ value: Double, replicates measure: (Replicate) -> Double, within bounds: Interval
    ) -> ResampledEstimate? {
        guard !value.isNaN else { return nil }
        let known = replicates.map(measure).filter { !$0.isNaN }
        guard known.count >= 2, 2 * known.count > replicates.count else { return ResampledEstimate(value: value) }
        // The mean, not the value: what a smaller sample biases in the replicates is no part of the scatter.
        let mean = known.reduce(0, +) / Double(known.count)
        let middle = Interval(percentilesOf: known, confidence: confidence)
        let (lower, upper) = (value + scale * (middle.lower - mean), value + scale * (middle.upper - mean))
        return ResampledEstimate(
            value: value, interval: Interval(min(max(lower, bounds.lower), value), max(min(upper, bounds.upper), value)),
            standardError: scale * Moments(known).standardDeviation)
    }
}

extension Interval {
    /// Between the quantiles that hold the middle share `confidence` of the values.
    init(percentilesOf values: [Double], confidence: Double) {
        let sorted = SortedColumn(values)
        self.init(sorted.quantile((1 - confidence) / 2), sorted.quantile((1 + confidence) / 2))
    }
}
