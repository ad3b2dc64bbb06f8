/// The exact table of looks: a study may be looked at after every run and is accepted as soon as it has N_k runs with k
/// failures so far, up to K failures. Each look is held to a level α′, chosen as large as the probability of ever accepting at
/// q0 allows: that is at most α in all.
package struct LooksTable: Sendable, Hashable {
    package let requirement: ShareRequirement
    /// α′: N_k is the smallest n with P[Bin(n, q0) ≤ k] ≤ α′.
    package let levelPerLook: Double
    package let boundary: AcceptanceBoundary

    /// K.
    package var mostFailures: Int { boundary.smallestRuns.count - 1 }

    /// Takes milliseconds for K up to 20, and grows with K³. Traps if `mostFailures` is negative.
    package init(for requirement: ShareRequirement, mostFailures: Int) {
        precondition(mostFailures >= 0, "a table of looks accepts with at least 0 failures")
        let risk = requirement.consumersRisk
        // K + 1 looks at α/(K + 1) each cannot exceed α together; a single one at α may.
        var (low, high) = (risk / Double(mostFailures + 1), risk)
        var boundary = Self.boundary(requirement, level: low, mostFailures: mostFailures, within: nil)
        var earliest = Self.boundary(requirement, level: high, mostFailures: mostFailures, within: nil)
        // The probability is a step function of the level, so that from some width on nothing changes any more.
        while high - low > 1e-13 * high, boundary != earliest {
            let middle = 0.5 * (low + high)
            let tried = Self.boundary(requirement, level: middle, mostFailures: mostFailures, within: (earliest, boundary))
            if ShareRequirement.isWithin(tried.acceptance(trueShare: requirement.share).probability, risk) {
                (low, boundary) = (middle, tried)
            } else {
                (high, earliest) = (middle, tried)
            }
        }
        self.requirement = requirement
        self.boundary = boundary
        levelPerLook = boundary == earliest ? high : low
    }

    private static func boundary(
        _ requirement: ShareRequirement, level: Double, mostFailures: Int,
        within known: (earliest: AcceptanceBoundary, latest: AcceptanceBoundary)?
    ) -> AcceptanceBoundary {
        var runs = 0
        return AcceptanceBoundary(
            smallestRuns: (0...mostFailures).map { failures in
                runs = FixedPlan.smallestRuns(
                    failures: failures, failureShare: requirement.failureShare, risk: level,
                    from: known?.earliest.smallestRuns[failures] ?? runs,
                    through: known?.latest.smallestRuns[failures] ?? 1 << 52)
                return runs
            })
    }
}
