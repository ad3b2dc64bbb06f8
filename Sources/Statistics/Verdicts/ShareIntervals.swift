/// Bounds of the share of passes in all runs, by Clopper and Pearson, "The use of confidence or fiducial limits illustrated in
/// the case of the binomial", Biometrika 26 (1934). They hold at least as often as they say, for any true share, if the number
/// of runs was fixed beforehand.
package enum ClopperPearson {
    /// The one-sided lower bound, BetaInv(1 − c; n − k, k + 1) for k failures; 0 where no run passed.
    ///
    /// Traps unless passes are between 0 and runs, and the confidence strictly between 0 and 1; so do the others.
    package static func lowerBound(passes: Int, runs: Int, confidence: Double) -> Double {
        lowerBound(passes: passes, runs: runs, risk: 1 - confidence)
    }

    /// The one-sided upper bound, BetaInv(c; n − k + 1, k); 1 where no run failed.
    package static func upperBound(passes: Int, runs: Int, confidence: Double) -> Double {
        upperBound(passes: passes, runs: runs, risk: 1 - confidence)
    }

    /// The two-sided interval: each side takes half of 1 − c.
    package static func interval(passes: Int, runs: Int, confidence: Double) -> Interval {
        let risk = 0.5 * (1 - confidence)
        return Interval(
            lowerBound(passes: passes, runs: runs, risk: risk), upperBound(passes: passes, runs: runs, risk: risk))
    }

    /// The lower bound that is wrong with probability `risk` at most.
    static func lowerBound(passes: Int, runs: Int, risk: Double) -> Double {
        check(passes, runs, risk)
        guard passes > 0 else { return 0 }
        return IncompleteBeta(Double(passes), Double(runs - passes) + 1).inverse(risk).x
    }

    static func upperBound(passes: Int, runs: Int, risk: Double) -> Double {
        check(passes, runs, risk)
        guard passes < runs else { return 1 }
        return IncompleteBeta(Double(passes) + 1, Double(runs - passes)).inverseUpper(risk).x
    }

    private static func check(_ passes: Int, _ runs: Int, _ risk: Double) {
        precondition(passes >= 0 && passes <= runs, "\(passes) passes of \(runs) runs")
        precondition(risk > 0 && risk < 1, "a confidence lies strictly between 0 and 1")
    }
}

/// The score interval of a share: Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
/// the American Statistical Association 22 (1927). It is short and well centred, but not conservative: it is for display, and
/// no verdict rests on it.
package enum Wilson {
    /// The two-sided interval of the share of passes; all of [0, 1] without any run.
    ///
    /// Traps unless passes are between 0 and runs, and the confidence strictly between 0 and 1.
    package static func interval(passes: Int, runs: Int, confidence: Double) -> Interval {
        precondition(passes >= 0 && passes <= runs, "\(passes) passes of \(runs) runs")
        precondition(confidence > 0 && confidence < 1, "a confidence lies strictly between 0 and 1")
        guard runs > 0 else { return Interval(0, 1) }
        let z = NormalDistribution.upperQuantile(0.5 * (1 - confidence))
        let n = Double(runs)
        let share = Double(passes) / n
        let square = z * z / n
        let centre = share + 0.5 * square
        let half = z * (share * (1 - share) / n + 0.25 * square / n).squareRoot()
        return Interval(
            passes == 0 ? 0 : (centre - half) / (1 + square), passes == runs ? 1 : (centre + half) / (1 + square))
    }
}
