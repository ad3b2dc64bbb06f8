/// A rule of the kind "accept as soon as there are N_k runs with k failures so far", for k up to K; after more failures, never.
package struct AcceptanceBoundary: Sendable, Hashable {
    /// N_0, N_1, … N_K, in ascending order.
    package let smallestRuns: [Int]

    /// Traps unless there is an N_0, and each N_k is at least its predecessor.
    package init(smallestRuns: [Int]) {
        precondition(!smallestRuns.isEmpty, "a boundary accepts at some number of runs")
        precondition(zip(smallestRuns, smallestRuns.dropFirst()).allSatisfy { $0 <= $1 }, "more failures take more runs")
        self.smallestRuns = smallestRuns
    }

    /// How a rule treats a design.
    package struct Acceptance: Sendable, Hashable {
        /// That the design is accepted at all.
        package var probability: Double
        /// The mean number of runs until then, if it is; nil where that cannot be.
        package var meanRuns: Double?
        /// That it is accepted with exactly 0, 1, … K failures.
        package var byFailures: [Double]
    }

    /// What becomes of a design of which a share `trueShare` of all runs pass.
    ///
    /// A dynamic programme over the number of failures: as the N_k ascend, a study is accepted with k failures exactly if it
    /// has k of them after N_k runs and was not accepted before. It takes on the order of K³ steps.
    package func acceptance(trueShare: Double) -> Acceptance {
        let failureShare = 1 - trueShare
        let levels = smallestRuns.count
        // That a study is not accepted so far and has this many failures; studies past K are dropped.
        var open = [Double](repeating: 0, count: levels)
        open[0] = 1
        var accepted: [Double] = []
        var runs = 0
        for (level, next) in smallestRuns.enumerated() {
            let more = Self.masses(trials: next - runs, probability: failureShare, count: levels)
            var moved = [Double](repeating: 0, count: levels)
            for failures in level..<levels {
                for before in level...failures { moved[failures] += open[before] * more[failures - before] }
            }
            accepted.append(moved[level])
            moved[level] = 0
            open = moved
            runs = next
        }
        let probability = accepted.reduce(0, +)
        let weighted = zip(accepted, smallestRuns).reduce(0) { $0 + $1.0 * Double($1.1) }
        return Acceptance(
            probability: probability, meanRuns: probability > 0 ? weighted / probability : nil, byFailures: accepted)
    }

    /// P[X = 0], P[X = 1], … of a binomial distribution.
    private static func masses(trials: Int, probability: Double, count: Int) -> [Double] {
        let distribution = BinomialDistribution(trials: trials, probability: probability)
        let none = distribution.mass(0)
        // From a first one that underflowed, no other follows.
        guard none > 1e-200 else { return (0..<count).map(distribution.mass) }
        var masses = [none]
        let odds = probability / (1 - probability)
        for k in 1..<max(count, 1) {
            masses.append(k > trials ? 0 : masses[k - 1] * odds * Double(trials - k + 1) / Double(k))
        }
        return masses
    }
}
