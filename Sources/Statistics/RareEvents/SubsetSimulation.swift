/// Subset simulation: the probability of a rare failure as a product of larger ones, each of reaching the next threshold given
/// the one before. Au and Beck, "Estimation of small failure probabilities in high dimensions by subset simulation",
/// Probabilistic Engineering Mechanics 16(4), 2001.
///
/// Inputs are independent standard normal variables z; the caller maps them to its own, by x = F⁻¹(Φ(z)). A limit-state value
/// g(z) is at most 0 where the run fails, and smaller the worse.
///
/// The simulation runs nothing itself. It proposes a batch of points, all of which may run at the same time; the caller records
/// their limit-state values; and so on until `isFinished`. The first level is one batch of independent points; in each level
/// after it, every chain proposes one point in a batch. A simulation is plain data: it can be stored between two batches and
/// goes on from there with the same points, because a point is a function of the seed, of its level, chain and step, and of
/// where its chain is.
///
/// A run without an answer neither moves a chain nor starts one. `Result.probability` so takes it as not failing;
/// `Result.probabilityIfMissingFail` counts it against the design.
package struct SubsetSimulation: Sendable, Equatable, Codable {
    package struct Settings: Sendable, Equatable, Codable {
        /// The number of standard normal variables.
        package var dimensions: Int
        /// The samples of a level: runs in the first, and in those after it all but the ones that chains start from.
        package var samplesPerLevel = 1000
        /// The share of a level's samples that the next threshold is put at.
        package var levelProbability = 0.1
        /// Half the width of the uniform proposals around a chain's variable.
        package var proposalHalfWidth = 1.0
        /// Where to give up: at 20 levels probabilities are below 10⁻²⁰.
        package var maximumLevels = 20
        package var seed: UInt64

        package init(dimensions: Int, seed: UInt64) {
            self.dimensions = dimensions
            self.seed = seed
        }

        var isValid: Bool {
            dimensions > 0 && samplesPerLevel >= 10 && levelProbability > 0 && levelProbability <= 0.5
                && levelProbability * Double(samplesPerLevel) >= 2 && proposalHalfWidth > 0 && proposalHalfWidth.isFinite
                && maximumLevels > 0
        }

        /// The chains of a level, unless values repeat.
        var chainsPerLevel: Int { max(Int((levelProbability * Double(samplesPerLevel)).rounded()), 1) }
    }

    package enum Failure: Error, Equatable {
        /// A setting is out of its range: at least 10 samples a level, of which at least 2 start chains; a level
        /// probability in (0, ½].
        case settings
        /// There must be one value for each proposal.
        case values(expected: Int)
    }

    /// A point to run.
    package struct Proposal: Sendable, Equatable {
        /// From 0, the level of independent points.
        package var level: Int
        package var chain: Int
        /// From 0 in the first level, from 1 after it.
        package var step: Int
        /// Standard normal coordinates.
        package var point: [Double]
    }

    package let settings: Settings
    /// Levels that are complete.
    package internal(set) var levels: [Level] = []
    package internal(set) var ending: Ending?
    /// The level at hand.
    var current: Samples
    /// What a sample must be at or below to lie in the level's domain; nil in the first, which is the whole space.
    var threshold: Double?
    /// How far each family of chains moved the logarithm of the probability, to first order. A family is all that descends from
    /// one chain of the second level.
    var influences: [Double] = []

    package init(_ settings: Settings) throws(Failure) {
        guard settings.isValid else { throw .settings }
        self.settings = settings
        current = Samples(dimensions: settings.dimensions, chains: settings.samplesPerLevel)
    }

    package var isFinished: Bool { ending != nil }

    /// The level at hand, from 0.
    package var level: Int { levels.count }

    /// The points to run next; empty if and only if the simulation is finished. Chains whose proposal is where they are
    /// propose nothing.
    package var proposals: [Proposal] {
        isFinished ? [] : candidates.filter(\.moves).map(\.proposal)
    }

    /// Takes the limit-state values of `proposals`, in their order; NaN for a run without an answer.
    package mutating func record(_ values: [Double]) throws(Failure) {
        let candidates = isFinished ? [] : self.candidates
        let expected = candidates.count { $0.moves }
        guard values.count == expected else { throw .values(expected: expected) }
        guard !isFinished else { return }
        var answers = values.makeIterator()
        settle(candidates) { answers.next() ?? .nan }
        // Steps in which no chain moves need nobody's answer.
        while !isFinished {
            let next = self.candidates
            if next.contains(where: \.moves) { break }
            settle(next) { .nan }
        }
    }
}
