/// Bounds of a given share of all values, shown with a confidence and valid for any distribution: order statistics, after
/// Wilks, "Determination of sample sizes for setting tolerance limits", Annals of Mathematical Statistics 12 (1941). The r-th
/// largest of n values bounds the share β with confidence P[Bin(n, β) ≤ n − r].
package struct ToleranceBound: Sendable, Hashable {
    /// r: how far the bound lies from the largest, or smallest, value; the first order is that value itself.
    package var order: Int
    /// Both ends, of which one is infinite for a one-sided bound, and one may be where runs without an answer leave it open:
    /// they are taken to lie beyond it.
    package var interval: Interval
    /// The confidence that the order has, at least the one asked for.
    package var confidence: Double
}

/// Which values a tolerance bound keeps out.
package enum ToleranceSide: Sendable, Hashable {
    case upper, lower
    /// As many values below as above.
    case both

    fileprivate var ends: Int { self == .both ? 2 : 1 }
}

extension ToleranceBound {
    /// The fewest runs from which a bound of an order can be had: 59 for the first one-sided order at 95/95, 93 for the
    /// two-sided.
    ///
    /// Traps unless coverage and confidence are strictly between 0 and 1, and the order is at least 1; so does the other.
    package static func fewestRuns(coverage: Double, confidence: Double, order: Int = 1, side: ToleranceSide) -> Int {
        check(coverage, confidence)
        precondition(order >= 1, "the first order is the lowest")
        return FixedPlan.smallestRuns(failures: order * side.ends - 1, failureShare: 1 - coverage, risk: 1 - confidence)
    }

    /// The highest order that so many runs allow, which bounds the share most closely; nil if they are too few for the first.
    package static func order(runs: Int, coverage: Double, confidence: Double, side: ToleranceSide) -> Int? {
        check(coverage, confidence)
        let beyond = FixedPlan.allowedFailures(runs: runs, failureShare: 1 - coverage, risk: 1 - confidence)
        let order = beyond.map { ($0 + 1) / side.ends } ?? 0
        return order > 0 ? order : nil
    }

    private static func check(_ coverage: Double, _ confidence: Double) {
        precondition(coverage > 0 && coverage < 1, "a coverage lies strictly between 0 and 1")
        precondition(confidence > 0 && confidence < 1, "a confidence lies strictly between 0 and 1")
    }
}

extension SortedColumn {
    /// The closest bound of a share of all values; nil if there are too few runs.
    ///
    /// Traps unless coverage and confidence are strictly between 0 and 1.
    package func toleranceBound(coverage: Double, confidence: Double, side: ToleranceSide) -> ToleranceBound? {
        let highest = ToleranceBound.order(runs: runs, coverage: coverage, confidence: confidence, side: side)
        guard let order = highest else { return nil }
        let beyond = BinomialDistribution(trials: runs, probability: 1 - coverage)
        return ToleranceBound(
            order: order,
            interval: Interval(
                side == .upper ? -.infinity : orderStatistic(order, .below),
                side == .lower ? .infinity : orderStatistic(runs - order + 1, .above)),
            confidence: beyond.survival(order * side.ends - 1))
    }
}
