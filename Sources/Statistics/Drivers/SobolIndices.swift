/// Sobol' indices of the outputs of a Saltelli design.
///
/// The design has N blocks. A block's runs are, in SALib's order: the point A, then for each input A with that input from B,
/// then — for second-order indices — for each input B with that input from A, and last the point B.
///
/// Estimators are SALib's: first-order indices of Saltelli et al., Computer Physics Communications 181(2), 2010; total-order
/// indices of Jansen, Computer Physics Communications 117, 1999; second-order indices of Saltelli, Computer Physics
/// Communications 145(2), 2002. All are of outputs standardised over every run, and divided by the variance over A and B.
package struct SobolIndices: Sendable, Equatable {
    /// The share of variance that each input explains alone.
    package var firstOrder: [ResampledEstimate]
    /// The share of variance that each input takes part in, with all its interactions.
    package var totalOrder: [ResampledEstimate]
    /// What two inputs explain beyond the sum of both; empty without the runs for it.
    package var secondOrder: [Interaction]
    /// Complete blocks, which the indices are of.
    package var blocks: Int
    /// Blocks left out because a run of theirs has no output. They are no random choice, and no index can bound what they
    /// would change.
    package var incompleteBlocks: Int

    package struct Interaction: Sendable, Equatable {
        package var inputs: (Int, Int)
        package var index: ResampledEstimate

        package static func == (a: Self, b: Self) -> Bool { a.inputs == b.inputs && a.index == b.index }
    }

    package struct Settings: Sendable, Equatable {
        package var confidence = 0.95
        /// Bootstrap samples of blocks, for percentile intervals; 0 leaves intervals out.
        package var replicates = 200
        package var seed: UInt64 = 0

        package init() {}
    }

    /// Why outputs cannot be analysed.
    package enum Failure: Error, Equatable {
        /// The number of outputs is no multiple of a block's runs, which are `runsInBlock`.
        case partOfABlock(runsInBlock: Int)
        /// Fewer than two complete blocks.
        case tooFewBlocks
        /// The output is the same in every run.
        case constantOutput
        /// A setting out of its range, or no inputs.
        case settings
    }

    /// The runs of one block.
    package static func runsInBlock(inputs: Int, secondOrder: Bool) -> Int { secondOrder ? 2 * inputs + 2 : inputs + 2 }

    /// - Parameters:
    ///   - outputs: by run, in the design's order; NaN or infinite where a run has none.
    ///   - inputs: the number of inputs that the design varies.
    ///   - secondOrder: whether the design has the runs for second-order indices.
    package init(
        outputs: [Double], inputs: Int, secondOrder: Bool = false, settings: Settings = Settings()
    ) throws(Failure) {
        guard inputs > 0, settings.confidence > 0, settings.confidence < 1, settings.replicates >= 0 else { throw .settings }
        let runs = Self.runsInBlock(inputs: inputs, secondOrder: secondOrder)
        guard outputs.count % runs == 0 else { throw .partOfABlock(runsInBlock: runs) }
        let starts = stride(from: 0, to: outputs.count, by: runs)
        let complete = starts.filter { outputs[$0..<$0 + runs].allSatisfy(\.isFinite) }
        guard complete.count >= 2 else { throw .tooFewBlocks }
        let values = complete.flatMap { outputs[$0..<$0 + runs] }
        guard let standardised = Self.standardise(values) else { throw .constantOutput }

        let design = SaltelliBlocks(outputs: standardised, inputs: inputs, secondOrder: secondOrder)
        let all = design.indices(of: 0..<complete.count)
        let replicates = (0..<settings.replicates).map { replicate in
            var random = CounterRandom(seed: settings.seed, key: [0x534F_424F, UInt64(replicate)])
            return design.indices(of: (0..<complete.count).map { _ in random.below(complete.count) })
        }
        func estimates(_ kind: KeyPath<SaltelliBlocks.Indices, [Double]>) -> [ResampledEstimate] {
            all[keyPath: kind].enumerated().map { position, value in
                let known = replicates.map { $0[keyPath: kind][position] }.filter { !$0.isNaN }
                guard known.count >= 2, 2 * known.count > replicates.count else { return ResampledEstimate(value: value) }
                return ResampledEstimate(
                    value: value, interval: Interval(percentilesOf: known, confidence: settings.confidence),
                    standardError: Moments(known).standardDeviation)
            }
        }
        firstOrder = estimates(\.first)
        totalOrder = estimates(\.total)
        self.secondOrder = zip(design.pairs, estimates(\.second)).map { Interaction(inputs: $0, index: $1) }
        blocks = complete.count
        incompleteBlocks = outputs.count / runs - complete.count
    }

    private static func standardise(_ values: [Double]) -> [Double]? {
        let count = Double(values.count)
        let magnitude = values.reduce(0) { max($0, abs($1)) }
        let scaled = values.map { magnitude > 0 ? $0 / magnitude : 0 }
        let mean = scaled.reduce(0, +) / count
        let deviation = (scaled.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        guard scaled.contains(where: { $0 != scaled[0] }), deviation > 0 else { return nil }
        return scaled.map { ($0 - mean) / deviation }
    }
}
