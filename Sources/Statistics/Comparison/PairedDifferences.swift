/// An output run by run in two studies with the same seed and dispersions: the second less the first.
package struct PairedDifferences: Sendable, Hashable {
    package let first: [Double]
    package let second: [Double]
    /// One for each pair; NaN where either run has no answer.
    package let differences: [Double]
    /// Of the differences; runs without an answer are its missing ones.
    package let moments: Moments

    /// - Parameters:
    ///   - first, second: values in the order of run indices; NaN stands for a run without an answer. Runs that only one of the
    ///     studies has make no pairs.
    package init(_ first: [Double], _ second: [Double]) {
        self.first = first
        self.second = second
        differences = zip(first, second).map { $1 - $0 }
        moments = Moments(differences)
    }

    /// The mean difference with its bootstrap interval.
    package func mean(confidence: Double, resamples: Int = 2_000, seed: UInt64) -> BootstrapMean {
        BootstrapMean(differences, confidence: confidence, resamples: resamples, seed: seed)
    }

    /// A run with what it gave in both studies.
    package struct Change: Sendable, Hashable {
        /// The index of the run, from 0.
        package var run: Int
        package var first: Double
        package var second: Double
        package var difference: Double
    }

    /// The runs that changed most, in either direction, largest first; of equal ones the first runs.
    package func largest(_ count: Int) -> [Change] {
        let sizes = SortedColumn(differences.map(\.magnitude)).values
        guard count > 0, let threshold = sizes.suffix(count).first else { return [] }
        var equal = sizes.suffix(count).count { $0 == threshold }
        let runs = differences.indices.filter { run in
            let size = differences[run].magnitude
            guard size == threshold else { return size > threshold }
            equal -= 1
            return equal >= 0
        }
        return runs.sorted { (differences[$1].magnitude, $0) < (differences[$0].magnitude, $1) }
            .map { Change(run: $0, first: first[$0], second: second[$0], difference: differences[$0]) }
    }
}
