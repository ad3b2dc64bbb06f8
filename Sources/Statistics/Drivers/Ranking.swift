extension Drivers {
    /// What `Drivers.rank` finds.
    package struct Ranking: Sendable, Equatable {
        /// One for each input, those that matter most first.
        package var drivers: [Driver]
        /// The share of the output's variance that a linear model of all inputs explains.
        package var rSquared: Double?
        /// The same between ranks.
        package var rankRSquared: Double?
        /// The runs that the analysis is of.
        package var rows: Int
        /// The runs without an answer, which are left out.
        package var missing: Int
    }

    /// How one input acts on the output. A measure is nil where it does not exist: for an input that never changes; in the
    /// regressions also for one that is a linear combination of inputs before it, and with no more rows than inputs and one.
    package struct Driver: Sendable, Equatable {
        /// The input's number among the columns.
        package var input: Int
        package var spearman: ResampledEstimate?
        /// PRCC.
        package var partialRankCorrelation: ResampledEstimate?
        /// SRC: by how many of its standard deviations the output changes with one of the input.
        package var regression: ResampledEstimate?
        /// SRRC.
        package var rankRegression: ResampledEstimate?
        /// The share of variance that the input explains alone. Estimates of a share near 0 may be negative.
        package var firstOrder: ResampledEstimate?
        /// The median over the slices of the Kolmogorov–Smirnov distance between the output within a slice and in all rows.
        package var pawn: ResampledEstimate?
        /// The distance of each slice, ascending in the input; empty slices are left out.
        package var pawnOfSlices: [Double]
        /// An input without effect, but with slices of these sizes, would hardly have a PAWN index above this.
        package var pawnWithoutEffect: Double?
        /// Whether a measure tells the input from one without effect: see `Drivers.rank`.
        package var isDetected: Bool

        /// The share of the output's variance that the input seems to explain alone: the first-order index, or the square of
        /// the regression coefficient where that is larger. For independent inputs that square is a lower bound of the
        /// index, and of weak effects it is known far better.
        package var importance: Double {
            let linear = regression.map { $0.value * $0.value } ?? 0
            return max(firstOrder?.value ?? 0, linear, 0)
        }

        /// Whether any measure that scatters about 0 for an input without effect is further from it than `deviations` of its
        /// standard errors, or the PAWN index above its level.
        func isDetected(beyond deviations: Double) -> Bool {
            if let pawn, let pawnWithoutEffect, pawn.value > pawnWithoutEffect { return true }
            return [spearman, partialRankCorrelation, regression, rankRegression, firstOrder].contains { estimate in
                guard let estimate, let error = estimate.standardError else { return false }
                return abs(estimate.value) > deviations * error
            }
        }

        static func comesBefore(_ a: Driver, _ b: Driver) -> Bool {
            if a.isDetected != b.isDetected { return a.isDetected }
            if a.importance != b.importance { return a.importance > b.importance }
            return a.input < b.input
        }
    }
}
