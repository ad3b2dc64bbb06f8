/// The probability of a breach against simulated time.
package enum Survival {
    /// How intervals are made from Greenwood's standard error.
    package enum IntervalScale: Sendable, Equatable, CaseIterable {
        /// Symmetric in log(−log) of the probability: it stays within [0, 1] and keeps its coverage where probabilities are
        /// near 0 or 1 (Kalbfleisch and Prentice, "The Statistical Analysis of Failure Time Data", 2002, section 1.4).
        case logLog
        /// Symmetric in the probability itself, cut at 0 and 1.
        case plain
    }

    /// The probability of a breach of any condition: 1 − S(t), with S by Kaplan and Meier, Journal of the American
    /// Statistical Association 53, 1958, and Greenwood's variance.
    ///
    /// Where every run at risk has breached, S is 0 and Greenwood's formula has no value: the interval then reaches from the
    /// lower limit of the step before up to 1.
    ///
    /// - Parameter missing: the number of runs of which neither a breach nor an end is known.
    package static func kaplanMeier(
        _ times: BreachTimes, missing: Int = 0, confidence: Double = 0.95, scale: IntervalScale = .logLog
    ) throws(BreachTimes.Failure) -> BreachProbability {
        try bounded(times, missing: missing, confidence: confidence, cause: 0) {
            kaplanMeierCurve($0, confidence: confidence, scale: scale)
        }
    }

    /// The probability of a breach of each condition, where the first breach ends a run: the cumulative incidence by Aalen and
    /// Johansen, Scandinavian Journal of Statistics 5, 1978, with the variance of Marubini and Valsecchi, "Analysing Survival
    /// Data from Clinical Trials and Observational Studies", 1995, section 10.3. The probabilities of all causes sum to that of
    /// `kaplanMeier`; treating other causes as censoring would make each too large.
    ///
    /// - Returns: a curve for each cause.
    package static func cumulativeIncidence(
        _ times: BreachTimes, missing: Int = 0, confidence: Double = 0.95, scale: IntervalScale = .logLog
    ) throws(BreachTimes.Failure) -> [BreachProbability] {
        var curves: [BreachProbability] = []
        for cause in 0..<times.causes {
            curves.append(
                try bounded(times, missing: missing, confidence: confidence, cause: cause) {
                    incidenceCurve($0, of: cause, confidence: confidence, scale: scale)
                })
        }
        return curves
    }

    private static func bounded(
        _ times: BreachTimes, missing: Int, confidence: Double, cause: Int, curve: (BreachTimes) -> BreachCurve
    ) throws(BreachTimes.Failure) -> BreachProbability {
        guard missing >= 0, confidence > 0, confidence < 1 else { throw .settings }
        let known = curve(times)
        guard missing > 0 else {
            return BreachProbability(known: known, ifMissingBreached: known, ifMissingDidNot: known, missing: 0)
        }
        return BreachProbability(
            known: known, ifMissingBreached: curve(times.adding(missing, breachedBy: cause)),
            ifMissingDidNot: curve(times.addingWithoutBreach(missing)), missing: missing)
    }
}
