import Glibc

extension SubsetSimulation {
    /// Why a simulation ended.
    package enum Ending: String, Sendable, Equatable, Codable {
        /// Enough samples of the last level fail: at least half as many as would start the chains of a further one.
        case failureReached
        /// No threshold is left between the samples of the last level: all have the same limit-state value, or too few have any.
        case stalled
        /// `Settings.maximumLevels` were not enough.
        case levelLimit
    }

    /// A level that is complete.
    package struct Level: Sendable, Equatable, Codable {
        /// The limit-state value to reach; 0 in the last level.
        package var threshold: Double
        /// Of reaching it, given the threshold before.
        package var probability: Double
        /// By how much the correlation within chains widens the variance of that probability: Au and Beck's γ, equation (29);
        /// 0 in the first level.
        package var gamma: Double
        package var samples: Int
        package var runs: Int
        /// Runs without an answer.
        package var missing: Int

        /// The squared coefficient of variation of the probability; nil where no sample reached the threshold.
        var squaredVariation: Double? {
            probability > 0 ? (1 - probability) / (probability * Double(samples)) * (1 + gamma) : nil
        }
    }

    package struct Result: Sendable, Equatable {
        package var ending: Ending
        /// Of failure, with missing runs taken as not failing; 0 where no sample of the last level failed.
        package var probability: Double
        /// Of the estimate, as if levels were independent: Au and Beck's lower bound. Nil, as the other two, where the
        /// probability is 0.
        package var coefficientOfVariation: Double?
        /// The same if levels depended on each other entirely: their upper bound.
        package var coefficientOfVariationBound: Double?
        /// The same between families of chains, each of which descends from one chain of the second level, so that the
        /// dependence of levels counts; after Lee and Whiteley, "Variance estimation in the particle filter", Biometrika
        /// 105(3), 2018. It lies between the two bounds.
        package var coefficientOfVariationOfFamilies: Double?
        /// The probability of reaching the threshold before the last, which that of failure is not above.
        package var probabilityOfLastLevel: Double
        /// Each level's missing runs all counted as failures, in proportion to the level's probability.
        package var probabilityIfMissingFail: Double
        package var levels: [Level]
        package var runs: Int
        package var missing: Int

        /// An interval of the probability, lognormal with `coefficientOfVariationOfFamilies`, to which the first-order
        /// deviation of the logarithm is equal. Where no sample failed, from 0 to the probability of the last level.
        package func interval(confidence: Double) -> Interval {
            guard let variation = coefficientOfVariationOfFamilies else { return Interval(0, probabilityOfLastLevel) }
            let factor = exp(NormalDistribution.upperQuantile((1 - confidence) / 2) * variation)
            return Interval(probability / factor, min(probability * factor, 1))
        }
    }

    /// Nil until the simulation is finished.
    package var result: Result? {
        guard let ending else { return nil }
        let before = levels.dropLast().reduce(1) { $0 * $1.probability }
        var reaching = 1.0
        var missing = 0.0
        for level in levels {
            if level.runs > 0 { missing += reaching * Double(level.missing) / Double(level.runs) }
            reaching *= level.probability
        }
        var result = Result(
            ending: ending, probability: reaching, probabilityOfLastLevel: before,
            probabilityIfMissingFail: min(reaching + missing, 1), levels: levels,
            runs: levels.reduce(0) { $0 + $1.runs }, missing: levels.reduce(0) { $0 + $1.missing })
        let squares = levels.compactMap(\.squaredVariation)
        guard squares.count == levels.count else { return result }
        let independent = squares.reduce(0, +).squareRoot()
        let dependent = squares.reduce(0) { $0 + $1.squareRoot() }
        result.coefficientOfVariation = independent
        result.coefficientOfVariationBound = dependent
        result.coefficientOfVariationOfFamilies = max(independent, min(variationOfFamilies ?? dependent, dependent))
        return result
    }

    /// Nil if all chains of the last level are of one family.
    private var variationOfFamilies: Double? {
        guard let first = levels.first?.squaredVariation else { return nil }
        guard levels.count > 1 else { return first.squareRoot() }
        let families = Double(Set(current.families).count)
        guard families > 1 else { return nil }
        let between = influences.reduce(0) { $0 + $1 * $1 } * families / (families - 1)
        return (first + between).squareRoot()
    }

    /// The points of the last level that fail, distributed as the inputs are given a failure; empty until the simulation is
    /// finished. Points that a chain stayed at are repeated.
    package var failingPoints: [[Double]] {
        guard isFinished else { return [] }
        return current.values.indices.filter { current.values[$0] <= 0 }.map { Array(current.point($0)) }
    }
}

extension SubsetSimulation.Level {
    init(_ samples: SubsetSimulation.Samples, threshold: Double) {
        let reached = samples.values.map { $0 <= threshold }
        let count = reached.count
        let probability = Double(reached.count { $0 }) / Double(count)
        self.init(
            threshold: threshold, probability: probability, gamma: 0, samples: count, runs: samples.runs,
            missing: samples.missing)
        guard probability > 0, probability < 1, samples.chains < count else { return }
        let variance = probability * (1 - probability)
        for lag in 1...(count - 1) / samples.chains {
            // A chain's sample and the one `lag` steps before it lie `lag` times the number of chains apart.
            let distance = lag * samples.chains
            let pairs = count - distance
            let both = (0..<pairs).count { reached[$0] && reached[$0 + distance] }
            let correlation = (Double(both) / Double(pairs) - probability * probability) / variance
            gamma += 2 * Double(pairs) / Double(count) * correlation
        }
        // An estimate of a sum of correlations; chains that alternate are no reason for a variance below half that of chance.
        gamma = max(gamma, -0.5)
    }
}
