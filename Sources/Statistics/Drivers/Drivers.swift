/// What drives an output: measures of how each input of a finished study acts on one output, without more runs.
///
/// - Spearman's correlation sees monotonic effects. The partial rank correlation sees them without those of the other inputs;
///   the standardised regression coefficients, of values and of ranks, say how large they are, and R² what share they explain
///   (Helton and Davis, Reliability Engineering and System Safety 81, 2003).
/// - The first-order index from ranks is the share of the output's variance that an input explains alone (Gamboa, Gremaud,
///   Klein and Lagnoux, Bernoulli 28(4), 2022).
/// - PAWN sees any change of the output's distribution, also through interactions (Pianosi and Wagener, Environmental
///   Modelling & Software 108, 2018).
package enum Drivers {
    package struct Settings: Sendable, Equatable {
        /// What intervals are to cover.
        package var confidence = 0.95
        /// How many subsamples intervals are made of; 0 leaves them out.
        package var replicates = 200
        /// The most rows of a subsample; one of fewer rows than half the study costs less and keeps the interval's meaning.
        package var subsampleRows = 5_000
        /// The slices of an input's range in PAWN.
        package var slices = 10
        package var seed: UInt64 = 0

        package init() {}
    }

    /// Why a study cannot be analysed.
    package enum Failure: Error, Equatable {
        /// An input has another number of runs than the output.
        case unequalLengths(input: Int)
        /// A value of an input is infinite or not a number.
        case notFinite(input: Int, run: Int)
        /// Fewer than four runs have an output.
        case tooFewRows
        /// The output is the same in every run.
        case constantOutput
        /// A setting out of its range: a confidence in (0, 1), 2 to 1,000 slices, no negative counts.
        case settings
    }

    /// The inputs of a study, those that matter most first.
    ///
    /// An input counts as detected if one of its measures is further from what an input without effect has than chance would
    /// bring, with the settings' confidence over all inputs and measures together (Bonferroni). Detected inputs come first;
    /// within each part, inputs are in descending order of `Driver.importance`.
    ///
    /// Intervals are those of subsampling (Politis and Romano, Annals of Statistics 22(4), 1994): each replicate is a random
    /// half of the rows, or `subsampleRows` of them, and its deviations are scaled to the size of the study. A bootstrap with
    /// replacement would be wrong for the first-order index, because copies of a row become each other's neighbours (Lin and
    /// Han, Biometrika 111(3), 2024). The values themselves always come from all rows.
    ///
    /// - Parameters:
    ///   - inputs: d columns of n finite values.
    ///   - output: n values, NaN or infinite for a run without an answer. Such runs are left out and counted: no measure can
    ///     bound what they would change. Whether they differ from the others in their inputs is a question for `Separators`.
    package static func rank(
        inputs: [[Double]], output: [Double], settings: Settings = Settings()
    ) throws(Failure) -> Ranking {
        try rank(try StudyColumns(inputs: inputs, output: output), settings)
    }

    /// The same for several outputs of one study, whose inputs are put in order once.
    ///
    /// - Returns: for each output its ranking, or why there is none.
    package static func rank(
        inputs: [[Double]], outputs: [[Double]], settings: Settings = Settings()
    ) -> [Result<Ranking, Failure>] {
        var earlier: StudyColumns?
        return outputs.map { output in
            Result { () throws(Failure) in
                let study = try StudyColumns(inputs: inputs, output: output, like: earlier)
                earlier = study
                return try rank(study, settings)
            }
        }
    }

    private static func rank(_ study: StudyColumns, _ settings: Settings) throws(Failure) -> Ranking {
        guard settings.confidence > 0, settings.confidence < 1, 2...1_000 ~= settings.slices, settings.replicates >= 0,
            settings.subsampleRows > 0
        else { throw .settings }
        let inputs = study.inputs
        var measuring = Measuring(study, slices: settings.slices)
        let all = measuring.measures(of: nil)
        let resampled = subsamples(of: study, settings) { measuring.measures(of: $0) }

        func estimate(_ kind: KeyPath<Measures, [Double]>, _ input: Int, within bounds: Interval) -> ResampledEstimate? {
            resampled.estimate(all[keyPath: kind][input], replicates: { $0[keyPath: kind][input] }, within: bounds)
        }
        // Of each input six measures, of which five scatter to both sides of 0.
        let tail = (1 - settings.confidence) / Double(6 * max(inputs.count, 1))
        let deviations = NormalDistribution.upperQuantile(tail / 2)
        var levels = PAWN.LevelsWithoutEffect(study, probability: tail, seed: settings.seed)
        let drivers = inputs.indices.map { input in
            let slices = study.inputs[input].isConstant ? nil : measuring.pawnSlices(of: input)
            var driver = Driver(
                input: input,
                spearman: estimate(\.spearman, input, within: Interval(-1, 1)),
                partialRankCorrelation: estimate(\.partialRank, input, within: Interval(-1, 1)),
                regression: estimate(\.regression, input, within: Interval(-.infinity, .infinity)),
                rankRegression: estimate(\.rankRegression, input, within: Interval(-.infinity, .infinity)),
                firstOrder: estimate(\.firstOrder, input, within: Interval(-.infinity, 1)),
                pawn: estimate(\.pawn, input, within: Interval(0, 1)),
                pawnOfSlices: slices?.distances ?? [],
                pawnWithoutEffect: slices.map { levels.level(ofSlices: $0.sizes) }, isDetected: false)
            driver.isDetected = driver.isDetected(beyond: deviations)
            return driver
        }
        return Ranking(
            drivers: drivers.sorted(by: Driver.comesBefore),
            rSquared: all.rSquared, rankRSquared: all.rankRSquared, rows: study.rows, missing: study.missing)
    }

    private static func subsamples(
        of study: StudyColumns, _ settings: Settings, measure: ([Int]) -> Measures
    ) -> Subsampling<Measures> {
        Subsampling(
            of: study.rows, size: min(study.rows / 2, settings.subsampleRows), replicates: settings.replicates,
            seed: settings.seed, confidence: settings.confidence, measure: measure)
    }
}
