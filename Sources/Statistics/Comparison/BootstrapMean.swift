/// A mean with the interval that resampling gives it, bias-corrected and accelerated: Efron, "Better bootstrap confidence
/// intervals", Journal of the American Statistical Association 82 (1987). The same values, seed and number of resamples give
/// the same interval.
package struct BootstrapMean: Sendable, Hashable {
    /// The mean of the values that are not NaN; NaN if there is none.
    package let mean: Double
    /// Two-sided. Both ends are the mean where all values are equal, and infinite for fewer than two.
    package let interval: Interval
    /// The standard deviation of the resampled means.
    package let standardError: Double

    /// Takes as many random numbers as values times resamples: about a second for 100,000 values and 2,000 resamples.
    ///
    /// Traps unless the confidence is strictly between 0 and 1, and there are at least 2 resamples.
    ///
    /// - Parameter values: NaN stands for a run without an answer, and is left out.
    package init(_ values: [Double], confidence: Double, resamples: Int = 2_000, seed: UInt64) {
        precondition(confidence > 0 && confidence < 1, "a confidence lies strictly between 0 and 1")
        precondition(resamples >= 2, "an interval takes at least 2 resamples")
        let values = values.filter { !$0.isNaN }
        let moments = Moments(values)
        mean = moments.mean
        guard values.count > 1, moments.maximum > moments.minimum else {
            interval = values.count > 1 ? Interval(mean, mean) : Interval(-.infinity, .infinity)
            standardError = values.count > 1 ? 0 : .nan
            return
        }
        let means = SortedColumn(Self.resampledMeans(values, around: moments.mean, count: resamples, seed: seed))
        let (low, high) = Self.probabilities(means, moments: moments, confidence: confidence)
        interval = Interval(means.quantile(low), means.quantile(high))
        standardError = Moments(means.values).standardDeviation
    }

    private static func resampledMeans(_ values: [Double], around mean: Double, count: Int, seed: UInt64) -> [Double] {
        // Sums of distances from the mean keep the digits that sums of values far from 0 would lose.
        let distances = values.map { $0 - mean }
        return (0..<count).map { resample in
            var random = CounterRandom(seed: seed, key: [UInt64(resample)])
            let span = distances.span
            var sum = 0.0
            for _ in 0..<span.count { sum += span[random.below(span.count)] }
            return mean + sum / Double(span.count)
        }
    }

    /// Which quantiles of the resampled means are the ends of the interval.
    private static func probabilities(
        _ means: SortedColumn, moments: Moments, confidence: Double
    ) -> (low: Double, high: Double) {
        let count = Double(means.values.count)
        let below = 0.5 * Double(means.count(below: moments.mean) + means.count(upTo: moments.mean))
        let bias = NormalDistribution.quantile(min(max(below, 0.5), count - 0.5) / count)
        // The jackknife's estimate, which for a mean is its skewness over 6.
        let acceleration = moments.skewness / (6 * Double(moments.count).squareRoot())
        func corrected(_ z: Double) -> Double {
            let shifted = bias + z
            return NormalDistribution.cumulative(bias + shifted / (1 - acceleration * shifted))
        }
        let z = NormalDistribution.upperQuantile(0.5 * (1 - confidence))
        return (corrected(-z), corrected(z))
    }
}
