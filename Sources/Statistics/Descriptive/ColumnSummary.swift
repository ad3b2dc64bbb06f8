/// What is said of one output over a study: all of its descriptive statistics, from one sorted copy of the column.
package struct ColumnSummary: Sendable, Hashable {
    /// Count, missing runs, mean, spread, shape and range.
    package let moments: Moments
    /// Student's two-sided interval of the mean.
    package let meanInterval: Interval
    package let quantiles: [QuantileEstimate]
    /// The closest two-sided tolerance bound; nil if there are too few runs for one.
    package let tolerance: ToleranceBound?
    package let histogram: Histogram
    /// The distribution function, thinned.
    package let distribution: [EmpiricalDistribution.Point]

    /// What a summary contains.
    package struct Options: Sendable, Hashable {
        package var probabilities = [0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999]
        /// Of all intervals.
        package var confidence = 0.95
        /// The share of all runs within the tolerance bound.
        package var coverage = 0.95
        package var mostBins = 200
        package var distributionPoints = 200

        package init() {}
    }

    /// - Parameter column: one value for each run; NaN stands for a run without an answer.
    package init(_ column: [Double], options: Options = Options()) {
        let sorted = SortedColumn(column)
        moments = Moments(column)
        meanInterval = moments.meanInterval(confidence: options.confidence)
        quantiles = options.probabilities.map { sorted.estimate(quantile: $0, confidence: options.confidence) }
        tolerance = sorted.toleranceBound(coverage: options.coverage, confidence: options.confidence, side: .both)
        histogram = Histogram(sorted, mostBins: options.mostBins)
        distribution = EmpiricalDistribution(sorted).points(limit: options.distributionPoints)
    }
}

extension Moments {
    /// The mean of all runs, if those without an answer had values in a given range: all at its lower end, and all at its upper
    /// end. Without a range nothing bounds it once a run is missing.
    package func meanBounds(missingWithin range: Interval = Interval(-.infinity, .infinity)) -> Interval {
        guard missing > 0 else { return Interval(mean, mean) }
        let (n, m) = (Double(count), Double(missing))
        let total = count > 0 ? n * mean : 0
        return Interval((total + m * range.lower) / (n + m), (total + m * range.upper) / (n + m))
    }

    /// The standard deviation of all runs, if those without an answer had values in a given range. It is smallest with all of
    /// them at the mean, or as near to it as the range allows, and largest with some at one end and the rest at the other.
    package func standardDeviationBounds(missingWithin range: Interval = Interval(-.infinity, .infinity)) -> Interval {
        guard missing > 0, count > 0 else {
            return missing == 0 ? Interval(standardDeviation, standardDeviation) : Interval(0, .infinity)
        }
        func combined(_ values: [(value: Double, count: Int)]) -> Double {
            var all = self
            for (value, count) in values { all.combine(Moments(repeating: value, count: count)) }
            return all.standardDeviation
        }
        let nearest = min(max(mean, range.lower), range.upper)
        let least = combined([(nearest, missing)])
        guard range.lower.isFinite, range.upper.isFinite else { return Interval(least, .infinity) }
        // The variance is convex in each of the missing values, so that the largest is at a corner.
        let most = (0...missing).map { combined([(range.lower, $0), (range.upper, missing - $0)]) }.max()
        return Interval(least, most ?? .infinity)
    }
}
