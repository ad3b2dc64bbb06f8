import Glibc

/// A plan that fixes the number of runs beforehand and accepts a design with up to so many failures among them: Hanson and
/// Beard, "Applying Monte Carlo simulation to launch vehicle design and requirements verification", Journal of Spacecraft and
/// Rockets 49(1), 2012, doi 10.2514/1.52910.
package struct FixedPlan: Sendable, Hashable {
    package var runs: Int
    package var allowedFailures: Int

    package init(runs: Int, allowedFailures: Int) {
        self.runs = runs
        self.allowedFailures = allowedFailures
    }

    /// The plan with the fewest runs that shows a requirement with up to `allowedFailures` failures: the smallest n with
    /// P[Bin(n, q0) ≤ k] ≤ α.
    package init(showing requirement: ShareRequirement, allowedFailures: Int) {
        self.init(
            runs: Self.smallestRuns(
                failures: allowedFailures, failureShare: requirement.failureShare, risk: requirement.consumersRisk),
            allowedFailures: allowedFailures)
    }

    /// The most failures with which `runs` runs show a requirement, or nil if even runs without any are too few.
    package static func allowedFailures(runs: Int, showing requirement: ShareRequirement) -> Int? {
        allowedFailures(runs: runs, failureShare: requirement.failureShare, risk: requirement.consumersRisk)
    }

    /// The probability that the plan accepts a design of which a share `trueShare` of all runs pass: P[Bin(n, 1 − p1) ≤ k].
    package func acceptanceProbability(trueShare: Double) -> Double {
        BinomialDistribution(trials: runs, probability: 1 - trueShare).cumulative(allowedFailures)
    }

    /// The producer's risk: the probability that a design with that true share, which is better than required, is not accepted.
    package func producersRisk(trueShare: Double) -> Double {
        BinomialDistribution(trials: runs, probability: 1 - trueShare).survival(allowedFailures)
    }

    /// The smallest n ≥ `start` with P[Bin(n, q0) ≤ k] ≤ risk.
    static func smallestRuns(
        failures: Int, failureShare: Double, risk: Double, from start: Int = 0, through limit: Int = 1 << 52
    ) -> Int {
        // For no sensible requirement is the limit reached: it would take a share within 1e-13 of 1.
        MonotoneSearch.first(from: max(start, failures + 1), through: limit) { runs in
            shows(failures: failures, runs: runs, failureShare: failureShare, risk: risk)
        } ?? limit
    }

    static func allowedFailures(runs: Int, failureShare: Double, risk: Double) -> Int? {
        guard runs > 0, shows(failures: 0, runs: runs, failureShare: failureShare, risk: risk) else { return nil }
        let tooMany = MonotoneSearch.first(from: 1, through: runs) { failures in
            !shows(failures: failures, runs: runs, failureShare: failureShare, risk: risk)
        }
        return (tooMany ?? runs) - 1
    }

    private static func shows(failures: Int, runs: Int, failureShare: Double, risk: Double) -> Bool {
        ShareRequirement.isWithin(BinomialDistribution(trials: runs, probability: failureShare).cumulative(failures), risk)
    }
}
