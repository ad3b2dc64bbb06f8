import Glibc

/// Evidence for and against a requirement that may be looked at after every run, without a limit on the number of looks or of
/// failures: a mixture of likelihood ratios against q0, which by Ville's inequality ever exceeds 1/α with probability at most α
/// if its null hypothesis is true. Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 49 (2021); Waudby-Smith and
/// Ramdas, Journal of the Royal Statistical Society B 86 (2023).
package struct EProcess: Sendable, Hashable {
    /// The weight of each failure share q in the mixture: a beta distribution, cut at q0.
    package struct Prior: Sendable, Hashable {
        package let a: Double
        package let b: Double

        /// Traps unless both are positive.
        package init(a: Double, b: Double) {
            precondition(a > 0 && b > 0, "the shapes of a beta distribution are positive")
            (self.a, self.b) = (a, b)
        }

        /// a = ½ as in Jeffreys' prior, and b = 1/(10 q0), but at least ½: shares far below q0 and up to about ten times as
        /// large all have weight, shares near 1 have little, so that a single early failure does not yet speak against a
        /// requirement.
        ///
        /// At p = 0.9973 and c = 0.90 a design with a true share of 0.9995 takes 1,916 runs in the mean until it is accepted,
        /// beside the 1,918 of a table of looks up to 10 failures; one without failures takes 1,097.
        package static func standard(for requirement: ShareRequirement) -> Prior {
            Prior(a: 0.5, b: max(0.5, 0.1 / requirement.failureShare))
        }
    }

    package let requirement: ShareRequirement
    package let prior: Prior
    private let mixture: Mixture

    /// - Parameter prior: the standard one, unless given.
    package init(for requirement: ShareRequirement, prior: Prior? = nil) {
        let prior = prior ?? .standard(for: requirement)
        self.requirement = requirement
        self.prior = prior
        mixture = Mixture(failureShare: requirement.failureShare, prior: prior)
    }

    /// ln E for the requirement: the mixture is over q < q0, the null hypothesis is q ≥ q0. It falls with each failure and
    /// rises with each pass.
    ///
    /// Traps unless failures are between 0 and runs; so does the other.
    package func logEvidenceFor(runs: Int, failures: Int) -> Double { mixture.logFor(runs: runs, failures: failures) }

    /// ln E against the requirement: the mixture is over q > q0, the null hypothesis is q ≤ q0.
    package func logEvidenceAgainst(runs: Int, failures: Int) -> Double { mixture.logAgainst(runs: runs, failures: failures) }

    /// The smallest number of runs, `start` or more, that accept with so many failures at a level.
    ///
    /// - Parameter level: α, in place of the requirement's.
    package func smallestRuns(failures: Int, level: Double? = nil, from start: Int = 0) -> Int {
        let level = level ?? requirement.consumersRisk
        let limit = 1 << 52
        return MonotoneSearch.first(from: max(start, failures), through: limit) { runs in
            ShareRequirement.isWithin(exp(-logEvidenceFor(runs: runs, failures: failures)), level)
        } ?? limit
    }

    /// The rule in the form of a table, for studies with up to so many failures: it says how the process treats a design.
    package func boundary(mostFailures: Int) -> AcceptanceBoundary {
        var runs = 0
        return AcceptanceBoundary(
            smallestRuns: (0...mostFailures).map { failures in
                runs = smallestRuns(failures: failures, from: runs)
                return runs
            })
    }

    /// The lower bound of the share of passes that holds at all looks together with probability 1 − `level`: the largest share
    /// that the process would accept.
    package func lowerBound(runs: Int, failures: Int, level: Double) -> Double {
        guard failures < runs else { return 0 }
        let threshold = -log(level)
        // At a failure share of 1, a single pass is infinite evidence.
        return 1
            - Self.bisect(from: max(Double(failures) / Double(runs), 1e-18), to: 1) { share in
                Mixture(failureShare: share, prior: prior).logFor(runs: runs, failures: failures) < threshold
            }.outside
    }

    /// The upper bound of the share of passes that holds at all looks together with probability 1 − `level`.
    package func upperBound(runs: Int, failures: Int, level: Double) -> Double {
        guard failures > 0 else { return 1 }
        let threshold = -log(level)
        return 1
            - Self.bisect(from: 1e-18, to: Double(failures) / Double(runs)) { share in
                Mixture(failureShare: share, prior: prior).logAgainst(runs: runs, failures: failures) >= threshold
            }.inside
    }

    /// Where in an interval of positive numbers a condition ceases to hold: the last number tried for which it does, and the
    /// first for which it does not.
    private static func bisect(
        from low: Double, to high: Double, while holds: (Double) -> Bool
    ) -> (inside: Double, outside: Double) {
        var (low, high) = (low, high)
        while high / low > 1 + 1e-13 {
            let middle = (low * high).squareRoot()
            if middle <= low || middle >= high { break }
            if holds(middle) { low = middle } else { high = middle }
        }
        return (low, high)
    }

    /// B(a + k, b + n − k) I(a + k, b + n − k) / (B(a, b) I(a, b) q0ᵏ (1 − q0)ⁿ⁻ᵏ), with I the share of a beta distribution on
    /// one side of q0.
    private struct Mixture: Sendable, Hashable {
        let failureShare: Double
        let prior: Prior
        /// ln(q0ᵃ (1 − q0)ᵇ / (B(a, b) I(a, b))) for either side.
        let scaleFor: Double
        let scaleAgainst: Double

        init(failureShare: Double, prior: Prior) {
            self.failureShare = failureShare
            self.prior = prior
            let tails = IncompleteBeta(prior.a, prior.b).tails(failureShare)
            (scaleFor, scaleAgainst) = (-tails.logLowerRatio, -tails.logUpperRatio)
        }

        func logFor(runs: Int, failures: Int) -> Double { tails(runs, failures).logLowerRatio + scaleFor }

        func logAgainst(runs: Int, failures: Int) -> Double { tails(runs, failures).logUpperRatio + scaleAgainst }

        private func tails(_ runs: Int, _ failures: Int) -> IncompleteBeta.Tails {
            precondition(failures >= 0 && failures <= runs, "\(failures) failures of \(runs) runs")
            return IncompleteBeta(prior.a + Double(failures), prior.b + Double(runs - failures)).tails(failureShare)
        }
    }
}
