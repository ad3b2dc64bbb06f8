/// The difference between the shares of passes of two independent studies, the second less the first, with the interval of
/// Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17 (1998), method
/// 10.
package struct ShareDifference: Sendable, Hashable {
    /// The difference of the shares: the lower end takes the second study's runs without an answer for failures and the first
    /// study's for passes, the upper end the other way round.
    package let estimate: Interval
    /// The two-sided interval, each end with runs without an answer taken so.
    package let interval: Interval

    /// Traps if either study has no runs, or unless the confidence is strictly between 0 and 1.
    package init(_ first: RunTally, _ second: RunTally, confidence: Double) {
        precondition(first.runs > 0 && second.runs > 0, "a difference of shares takes runs of both studies")
        let (one, two) = (Self.passes(first), Self.passes(second))
        let lowest = Self.newcombe((one.most, first.runs), (two.fewest, second.runs), confidence)
        let highest = Self.newcombe((one.fewest, first.runs), (two.most, second.runs), confidence)
        estimate = Interval(lowest.difference, highest.difference)
        interval = Interval(lowest.interval.lower, highest.interval.upper)
    }

    private static func passes(_ tally: RunTally) -> (fewest: Int, most: Int) {
        (tally.runs - tally.failures - tally.missing, tally.runs - tally.failures)
    }

    /// Each end is as far from the difference as the nearer ends of both shares' Wilson intervals, taken together, are from
    /// them.
    private static func newcombe(
        _ first: (passes: Int, runs: Int), _ second: (passes: Int, runs: Int), _ confidence: Double
    ) -> (difference: Double, interval: Interval) {
        let (p1, p2) = (Double(first.passes) / Double(first.runs), Double(second.passes) / Double(second.runs))
        let one = Wilson.interval(passes: first.passes, runs: first.runs, confidence: confidence)
        let two = Wilson.interval(passes: second.passes, runs: second.runs, confidence: confidence)
        func length(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
        let difference = p2 - p1
        return (
            difference,
            Interval(difference - length(p2 - two.lower, one.upper - p1), difference + length(two.upper - p2, p1 - one.lower))
        )
    }
}
