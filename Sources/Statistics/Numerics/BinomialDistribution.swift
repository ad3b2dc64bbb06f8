import Glibc

/// The number of failures among independent runs of which each fails with the same probability. Probabilities have their digits
/// in both tails; their logarithms have them also where the probabilities themselves underflow.
package struct BinomialDistribution: Sendable, Hashable {
    package let trials: Int
    package let probability: Double

    /// Traps unless there is no negative number of trials and the probability is in [0, 1].
    package init(trials: Int, probability: Double) {
        precondition(trials >= 0, "a binomial distribution of \(trials) trials")
        precondition(probability >= 0 && probability <= 1, "a probability of \(probability)")
        self.trials = trials
        self.probability = probability
    }

    /// P[X = k].
    package func mass(_ k: Int) -> Double { exp(logMass(k)) }

    /// P[X ≤ k].
    package func cumulative(_ k: Int) -> Double { exp(logCumulative(k)) }

    /// P[X > k].
    package func survival(_ k: Int) -> Double { exp(logSurvival(k)) }

    /// ln P[X = k].
    package func logMass(_ k: Int) -> Double {
        guard k >= 0, k <= trials else { return -.infinity }
        let n = Double(trials)
        if k == 0 { return n == 0 ? 0 : n * log1p(-probability) }
        if k == trials { return n * log(probability) }
        guard probability > 0, probability < 1 else { return -.infinity }
        let (failures, passes) = (Double(k), Double(trials - k))
        return IncompleteBeta(failures, passes).logFront(probability) - log(failures / n * passes)
    }

    /// ln P[X ≤ k].
    package func logCumulative(_ k: Int) -> Double {
        if k < 0 { return -.infinity }
        return k >= trials ? 0 : tails(k).logUpper
    }

    /// ln P[X > k].
    package func logSurvival(_ k: Int) -> Double {
        if k < 0 { return 0 }
        return k >= trials ? -.infinity : tails(k).logLower
    }

    /// P[X > k] = I_q(k + 1, n − k) (Abramowitz and Stegun 26.5.24).
    private func tails(_ k: Int) -> IncompleteBeta.Tails {
        IncompleteBeta(Double(k) + 1, Double(trials - k)).tails(probability)
    }
}
