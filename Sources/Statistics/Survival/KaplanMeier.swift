import Glibc

extension Survival {
    static func kaplanMeierCurve(_ times: BreachTimes, confidence: Double, scale: IntervalScale) -> BreachCurve {
        let z = NormalDistribution.upperQuantile((1 - confidence) / 2)
        var survival = 1.0
        var greenwood = 0.0
        var steps: [BreachCurve.Step] = []
        for event in times.events {
            let atRisk = Double(event.atRisk)
            let left = Double(event.atRisk - event.breaches)
            survival *= left / atRisk
            greenwood += Double(event.breaches) / (atRisk * left)
            let error = event.atRisk > event.breaches ? survival * greenwood.squareRoot() : nil
            let interval = error.map { error -> Interval in
                switch scale {
                case .plain:
                    return Interval(max(1 - survival - z * error, 0), min(1 - survival + z * error, 1))
                case .logLog:
                    let half = exp(z * greenwood.squareRoot() / -log(survival))
                    return Interval(1 - pow(survival, 1 / half), 1 - pow(survival, half))
                }
            }
            steps.append(
                BreachCurve.Step(
                    time: event.time, atRisk: event.atRisk, breaches: event.breaches, probability: 1 - survival,
                    standardError: error,
                    interval: interval ?? Interval(lowerLimit(before: event, steps, times, confidence), 1)))
        }
        return BreachCurve(steps: steps, endTimes: times.endTimes, confidence: confidence)
    }

    /// A lower limit at a time when the last runs at risk breach: that of the step before. If they were all the runs there
    /// ever were, Clopper and Pearson's limit for breaches alone.
    private static func lowerLimit(
        before event: BreachTimes.Event, _ steps: [BreachCurve.Step], _ times: BreachTimes, _ confidence: Double
    ) -> Double {
        if let last = steps.last { return last.interval.lower }
        return ClopperPearson.interval(passes: event.atRisk, runs: event.atRisk, confidence: confidence).lower
    }
}
