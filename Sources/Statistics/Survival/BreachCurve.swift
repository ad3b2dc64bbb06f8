/// The probability of a breach against simulated time, as a step function.
package struct BreachCurve: Sendable, Equatable {
    package struct Step: Sendable, Equatable {
        /// A simulated time at which runs breached. The step's values hold from it on.
        package var time: Double
        /// Runs that had neither breached nor ended before.
        package var atRisk: Int
        package var breaches: Int
        /// That a run has breached by this time.
        package var probability: Double
        /// Of the probability, by Greenwood's formula or its like for one of several causes; nil where none is left at risk.
        package var standardError: Double?
        package var interval: Interval
    }

    /// Ascending in time; none before the first breach, where the probability is 0.
    package var steps: [Step]
    /// The simulated time of each run's breach or end, ascending.
    package var endTimes: [Double]
    package var confidence: Double

    /// That a run has breached by a time, with its interval; nil after the last known time, where nothing is known.
    ///
    /// Before the first breach the interval reaches up to Clopper and Pearson's limit for no breach among the runs still at risk.
    package func probability(at time: Double) -> (value: Double, interval: Interval)? {
        guard let last = endTimes.last, time <= last else { return nil }
        if let step = steps.last(where: { $0.time <= time }) { return (step.probability, step.interval) }
        return (0, Self.withoutBreach(atRisk: atRisk(at: time), confidence: confidence))
    }

    /// Runs that have neither breached nor ended before a time.
    package func atRisk(at time: Double) -> Int { endTimes.count { $0 >= time } }

    static func withoutBreach(atRisk: Int, confidence: Double) -> Interval {
        ClopperPearson.interval(passes: 0, runs: atRisk, confidence: confidence)
    }
}

/// A curve with what runs without an answer could make of it.
package struct BreachProbability: Sendable, Equatable {
    /// Of the runs that are known.
    package var known: BreachCurve
    /// Had every missing run breached at the start; equal to `known` if none is missing.
    package var ifMissingBreached: BreachCurve
    /// Had every missing run gone to the last known end without a breach; equal to `known` if none is missing.
    package var ifMissingDidNot: BreachCurve
    package var missing: Int
}
