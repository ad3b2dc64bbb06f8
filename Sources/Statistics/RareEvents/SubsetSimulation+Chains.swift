import Glibc

extension SubsetSimulation {
    /// The samples of one level. The one at place i is that of chain i mod `chains` at step i div `chains`, so that the last
    /// step may be cut short.
    struct Samples: Sendable, Equatable, Codable {
        let dimensions: Int
        let chains: Int
        /// The family of each chain; none in the first level, whose samples are independent.
        var families: [Int] = []
        /// Sample after sample.
        var points: [Double] = []
        var values: [Double] = []
        /// Runs asked for, and those without an answer.
        var runs = 0
        var missing = 0

        init(dimensions: Int, chains: Int) {
            self.dimensions = dimensions
            self.chains = chains
        }

        func point(_ sample: Int) -> ArraySlice<Double> { points[sample * dimensions..<(sample + 1) * dimensions] }

        mutating func append(_ point: some Sequence<Double>, value: Double) {
            points.append(contentsOf: point)
            values.append(value)
        }
    }

    /// What a chain would do next.
    struct Candidate {
        var proposal: Proposal
        /// Whether it differs from where the chain is.
        var moves: Bool
    }

    /// The value of a sample without an answer, and of infinite ones: above any threshold, and finite, so that every form of
    /// storage can hold it.
    static let unknown = Double.greatestFiniteMagnitude

    /// One for each chain that goes on, in the order of chains.
    var candidates: [Candidate] {
        let step = current.values.count / current.chains
        let count = min(current.chains, settings.samplesPerLevel - current.values.count)
        return (0..<count).map { chain in
            var random = CounterRandom(seed: settings.seed, key: [UInt64(level), UInt64(chain), UInt64(step)])
            guard level > 0 else {
                let point = (0..<settings.dimensions).map { _ in NormalDistribution.quantile(random.openUnit()) }
                return Candidate(proposal: Proposal(level: 0, chain: chain, step: 0, point: point), moves: true)
            }
            let from = current.point((step - 1) * current.chains + chain)
            let point = from.map { modifiedMetropolis($0, &random) }
            return Candidate(
                proposal: Proposal(level: level, chain: chain, step: step, point: point),
                moves: !point.elementsEqual(from))
        }
    }

    /// Au and Beck's modified Metropolis algorithm: each variable moves by itself, or stays with the probability that keeps its
    /// distribution normal, so that moves stay likely however many variables there are.
    private func modifiedMetropolis(_ z: Double, _ random: inout CounterRandom) -> Double {
        let candidate = z + settings.proposalHalfWidth * (2 * random.openUnit() - 1)
        return log(random.openUnit()) < 0.5 * (z * z - candidate * candidate) ? candidate : z
    }

    /// Moves each chain on by a step, and to the next level when all are at their end.
    mutating func settle(_ candidates: [Candidate], answer: () -> Double) {
        for candidate in candidates {
            let previous = current.values.count - current.chains
            guard candidate.moves else {
                current.append(Array(current.point(previous)), value: current.values[previous])
                continue
            }
            let answer = answer()
            let value = answer.isNaN ? Self.unknown : min(max(answer, -Self.unknown), Self.unknown)
            current.runs += 1
            if answer.isNaN { current.missing += 1 }
            if let threshold, value > threshold {
                current.append(Array(current.point(previous)), value: current.values[previous])
            } else {
                current.append(candidate.proposal.point, value: value)
            }
        }
        if current.values.count == settings.samplesPerLevel { completeLevel() }
    }

    private mutating func completeLevel() {
        let next = nextThreshold
        let share = settings.chainsPerLevel
        // With half of them a further level would cost its runs and hardly sharpen the estimate.
        if 2 * current.values.count(where: { $0 <= 0 }) >= share {
            ending = .failureReached
        } else if next == nil {
            ending = .stalled
        } else if levels.count + 1 == settings.maximumLevels {
            ending = .levelLimit
        }
        let level = Level(current, threshold: isFinished ? 0 : next ?? 0)
        levels.append(level)
        addInfluences(of: level)
        if !isFinished { startLevel(at: level.threshold) }
    }

    /// The value that the wanted share of samples reaches. Where all samples reach it, because many have the same, the next
    /// one below, if at least a tenth of that share reaches it; nil if there is none, or if it is failure already.
    private var nextThreshold: Double? {
        let sorted = current.values.sorted()
        let quantile = sorted[settings.chainsPerLevel - 1]
        if quantile < sorted[sorted.count - 1] { return max(quantile, 0) }
        let reaching = sorted.count { $0 < quantile }
        guard 10 * reaching >= settings.chainsPerLevel, sorted[reaching - 1] > 0 else { return nil }
        return sorted[reaching - 1]
    }

    private mutating func startLevel(at threshold: Double) {
        let seeds = current.values.indices.filter { current.values[$0] <= threshold }
        var next = Samples(dimensions: settings.dimensions, chains: seeds.count)
        for seed in seeds { next.append(current.point(seed), value: current.values[seed]) }
        if levels.count == 1 {
            next.families = Array(seeds.indices)
            influences = [Double](repeating: 0, count: seeds.count)
        } else {
            next.families = seeds.map { current.families[$0 % current.chains] }
        }
        current = next
        self.threshold = threshold
    }

    private mutating func addInfluences(of level: Level) {
        guard level.probability > 0, !current.families.isEmpty else { return }
        let scale = 1 / (Double(level.samples) * level.probability)
        for (sample, value) in current.values.enumerated() {
            let reached = value <= level.threshold ? 1.0 : 0
            influences[current.families[sample % current.chains]] += (reached - level.probability) * scale
        }
    }
}
