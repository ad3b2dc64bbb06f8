/// What separates the runs that failed from those that passed: single inputs, and pairs of inputs that act together.
///
/// Of each input the distributions among failed and among passed runs are compared: their Kolmogorov–Smirnov distance, its
/// p-value, and the area under the ROC curve. Pairs are described at `PairSeparator`. Everything tested is one family, in which
/// the share of false discoveries is controlled by Benjamini and Hochberg's procedure.
///
/// Whether runs without an answer differ from the others is the same question, with those runs as the failed ones.
package enum Separators {
    package struct Settings: Sendable, Equatable {
        /// The share of discoveries that may be false, on average.
        package var falseDiscoveryRate = 0.05
        /// Whether pairs are tested too; they are d(d − 1)/2 more tests.
        package var pairs = true

        package init() {}
    }

    package enum Failure: Error, Equatable {
        /// An input has another number of runs than there are outcomes.
        case unequalLengths(input: Int)
        /// A value of an input is infinite or not a number.
        case notFinite(input: Int, run: Int)
        /// No run failed, or none passed: there is nothing to compare.
        case oneClass
        /// The rate lies outside (0, 1).
        case settings
    }

    /// Pairs are tested from this many runs of each class on.
    package static let fewestRunsForPairs = 5

    /// - Parameters:
    ///   - inputs: d columns of n finite values.
    ///   - outcomes: n outcomes. Pending runs are left out; missing ones are counted both ways.
    package static func find(
        inputs: [[Double]], outcomes: [RunOutcome], settings: Settings = Settings()
    ) throws(Failure) -> Report {
        guard settings.falseDiscoveryRate > 0, settings.falseDiscoveryRate < 1 else { throw .settings }
        for (number, input) in inputs.enumerated() {
            guard input.count == outcomes.count else { throw .unequalLengths(input: number) }
            if let run = input.firstIndex(where: { !$0.isFinite }) { throw .notFinite(input: number, run: run) }
        }
        let known = Classes(outcomes, missing: nil)
        guard !known.failed.isEmpty, !known.passed.isEmpty else { throw .oneClass }

        let table = NormalScores.table(outcomes.count)
        let scores = inputs.enumerated().map { NormalScores($1, table: table, number: $0) }
        let correlations = settings.pairs ? correlations(of: scores) : [:]
        func analysis(of classes: Classes) -> SeparatorAnalysis {
            SeparatorAnalysis(inputs: inputs, scores: scores, correlations: correlations, classes: classes, settings: settings)
        }
        let analyses = [analysis(of: known)] + known.withMissing(in: outcomes).map(analysis)
        return Report(analyses, missing: outcomes.count { $0 == .missing })
    }

    /// Of the spread scores, which all have mean 0 and the same variance.
    private static func correlations(of scores: [NormalScores]) -> [SeparatorAnalysis.Pair: Double] {
        var correlations: [SeparatorAnalysis.Pair: Double] = [:]
        for first in scores.indices {
            let a = scores[first].spread
            let squares = a.reduce(0) { $0 + $1 * $1 }
            for second in scores.indices.dropFirst(first + 1) {
                let b = scores[second].spread
                var products = 0.0
                for run in a.indices { products += a[run] * b[run] }
                correlations[SeparatorAnalysis.Pair(first: first, second: second)] = products / squares
            }
        }
        return correlations
    }
}

/// The runs of both classes, by their number.
struct Classes {
    var failed: [Int]
    var passed: [Int]

    /// - Parameter missing: what runs without an answer are taken for; nil to leave them out.
    init(_ outcomes: [RunOutcome], missing: RunOutcome?) {
        func runs(_ wanted: RunOutcome) -> [Int] {
            outcomes.indices.filter { outcomes[$0] == wanted || (outcomes[$0] == .missing && missing == wanted) }
        }
        failed = runs(.fail)
        passed = runs(.pass)
    }

    /// All missing runs taken as failed, and as passed; nothing if none is missing.
    func withMissing(in outcomes: [RunOutcome]) -> [Classes] {
        guard outcomes.contains(.missing) else { return [] }
        return [Classes(outcomes, missing: .fail), Classes(outcomes, missing: .pass)]
    }
}
