import Glibc

/// An estimate of a quantile. Its confidence interval consists of order statistics, and holds for any distribution.
package struct QuantileEstimate: Sendable, Hashable {
    /// The share of values below it.
    package var probability: Double
    /// From the runs with an answer; NaN if there is none.
    package var value: Double
    /// The two-sided interval from the runs with an answer. A side is infinite where there are too few of them.
    package var interval: Interval
    /// The estimates with all runs without an answer below, and above, all values.
    package var bounds: Interval
    /// The interval that holds wherever runs without an answer lie: its lower end takes them below, its upper end above.
    package var intervalOfBounds: Interval
}

extension SortedColumn {
    /// The quantile by linear interpolation between order statistics, type 7 of Hyndman and Fan, "Sample quantiles in
    /// statistical packages", The American Statistician 50 (1996), which is numpy's. NaN if no run takes part; infinite where
    /// the interpolation would need a run that is taken to lie below or above all values.
    ///
    /// Traps unless the probability is in [0, 1].
    package func quantile(_ probability: Double, _ missingRuns: MissingRuns = .leftOut) -> Double {
        precondition(probability >= 0 && probability <= 1, "a quantile's probability is in [0, 1]")
        let runs = runs(missingRuns)
        guard runs > 0 else { return .nan }
        let position = probability * Double(runs - 1)
        let rank = Int(position)
        let fraction = position - Double(rank)
        let low = orderStatistic(rank + 1, missingRuns)
        guard fraction > 0 else { return low }
        let high = orderStatistic(rank + 2, missingRuns)
        guard low.isFinite, high.isFinite else { return low == high || low == -.infinity ? low : high }
        let step = high - low
        return fraction < 0.5 ? low + step * fraction : high - step * (1 - fraction)
    }

    /// The quantile with its intervals.
    ///
    /// Traps unless the probability is in [0, 1], and the confidence strictly between 0 and 1.
    package func estimate(quantile probability: Double, confidence: Double) -> QuantileEstimate {
        let value = quantile(probability)
        let answered = QuantileRanks(probability: probability, runs: values.count, confidence: confidence)
        let interval = Interval(orderStatistic(answered.lower), orderStatistic(answered.upper))
        guard missing > 0 else {
            return QuantileEstimate(
                probability: probability, value: value, interval: interval, bounds: Interval(value, value),
                intervalOfBounds: interval)
        }
        let all = QuantileRanks(probability: probability, runs: runs, confidence: confidence)
        return QuantileEstimate(
            probability: probability, value: value, interval: interval,
            bounds: Interval(quantile(probability, .below), quantile(probability, .above)),
            intervalOfBounds: Interval(orderStatistic(all.lower, .below), orderStatistic(all.upper, .above)))
    }
}

/// The ranks of the order statistics that bound a quantile: it lies below the l-th smallest of n values with probability
/// P[Bin(n, p) ≤ l − 1], and above the u-th with P[Bin(n, p) ≥ u] at most (Wilks; David and Nagaraja, "Order Statistics", 7.1).
package struct QuantileRanks: Sendable, Hashable {
    /// From 0, where no value bounds the quantile from below, to n.
    package let lower: Int
    /// From 1 to n + 1, where no value bounds it from above.
    package let upper: Int

    /// The two-sided interval, of which each side is wrong with probability (1 − c)/2 at most.
    ///
    /// Traps unless the probability is in [0, 1], and the confidence strictly between 0 and 1.
    package init(probability: Double, runs: Int, confidence: Double) {
        precondition(confidence > 0 && confidence < 1, "a confidence lies strictly between 0 and 1")
        let risk = 0.5 * (1 - confidence)
        let distribution = BinomialDistribution(trials: runs, probability: probability)
        // Most likely so many values lie below the quantile; the ranks are a few standard deviations away.
        let middle = Int(Double(runs) * probability)
        let below = MonotoneSearch.first(from: 0, through: middle) { distribution.cumulative(middle - $0) <= risk }
        lower = below.map { middle - $0 + 1 } ?? 0
        upper = MonotoneSearch.first(from: middle, through: runs + 1) { distribution.survival($0 - 1) <= risk } ?? runs + 1
    }
}
