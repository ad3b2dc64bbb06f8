/// Tests of every input and every pair for one division of the runs into failed and passed.
struct SeparatorAnalysis {
    /// Two inputs, the one with the lower number first.
    struct Pair: Hashable {
        var first: Int
        var second: Int
    }

    struct SingleResult {
        var separation: Separation
        var pValue: Double
        var qValue = 1.0
    }

    struct PairResult {
        var form: PairForm
        var separation: Separation
        var gain: Double
        var pValue: Double
        var qValue = 1.0
    }

    let classes: Classes
    private let scores: [NormalScores]
    private let rate: Double
    /// By input; none for inputs that never change.
    private(set) var singles: [Int: SingleResult] = [:]
    /// Those that can be discoveries.
    private(set) var pairs: [Pair: PairResult] = [:]
    private(set) var tested = 0

    /// - Parameter correlations: of the normal scores of each pair, over all runs.
    init(
        inputs: [[Double]], scores: [NormalScores], correlations: [Pair: Double], classes: Classes, settings: Separators.Settings
    ) {
        self.classes = classes
        self.scores = scores
        rate = settings.falseDiscoveryRate
        guard !classes.failed.isEmpty, !classes.passed.isEmpty else { return }
        let changing = scores.indices.filter { !scores[$0].isConstant }
        for input in changing {
            let separation = separation { inputs[input][$0] }
            singles[input] = SingleResult(separation: separation, pValue: pValue(separation.distance))
        }

        var pairTests: [(pair: Pair, test: PairTest)] = []
        if settings.pairs, min(classes.failed.count, classes.passed.count) >= Separators.fewestRunsForPairs {
            let cases = changing.map { PairTest.Cases(scores[$0], classes) }
            for (i, first) in changing.enumerated() {
                for (j, second) in changing.enumerated().dropFirst(i + 1) {
                    let pair = Pair(first: first, second: second)
                    pairTests.append((pair, PairTest(cases[i], cases[j], correlation: correlations[pair] ?? 0)))
                }
            }
        }
        for (pair, test) in pairTests { pairs[pair] = result(of: test, for: pair) }
        control(pairTests)
    }

    func isDiscovery(_ input: Int) -> Bool { singles[input].map { $0.qValue <= rate } ?? false }

    func isDiscovery(_ pair: Pair) -> Bool { pairs[pair].map { $0.qValue <= rate } ?? false }

    func separation(of pair: Pair, by form: PairForm) -> Separation {
        let (a, b) = (scores[pair.first].values, scores[pair.second].values)
        return separation { form.score(a[$0], b[$0]) }
    }

    private func separation(by score: (Int) -> Double) -> Separation {
        Separation(failed: classes.failed.map(score), passed: classes.passed.map(score))
    }

    private func pValue(_ distance: Double) -> Double {
        KolmogorovSmirnov.pValue(distance: distance, classes.failed.count, classes.passed.count)
    }

    /// Nil where the pair cannot be a discovery, whatever else is tested.
    private func result(of test: PairTest, for pair: Pair) -> PairResult? {
        let forms = test.pValues.map { (form: $0.form, pValue: min(Double(test.pValues.count) * $0.pValue, 1)) }
            .filter { $0.pValue <= rate }
        let results = forms.map { (form: $0.form, pValue: $0.pValue, separation: separation(of: pair, by: $0.form)) }
        guard let best = results.max(by: { $0.separation.distance < $1.separation.distance }) else { return nil }
        let single = [pair.first, pair.second].compactMap { singles[$0]?.separation.distance }.reduce(0, max)
        let gain = best.separation.distance - single
        guard gain > 0 else { return nil }
        return PairResult(form: best.form, separation: best.separation, gain: gain, pValue: best.pValue)
    }

    /// Sets the q-values of all tests. Pairs without a result enter with a p-value of 1: whether any other test is a discovery
    /// does not depend on how far they are above the rate.
    private mutating func control(_ pairTests: [(pair: Pair, test: PairTest)]) {
        let inputs = singles.keys.sorted()
        let pValues = inputs.map { singles[$0]?.pValue ?? 1 } + pairTests.map { pairs[$0.pair]?.pValue ?? 1 }
        let qValues = FalseDiscoveries.qValues(pValues)
        for (input, qValue) in zip(inputs, qValues) { singles[input]?.qValue = qValue }
        for (test, qValue) in zip(pairTests, qValues.dropFirst(inputs.count)) { pairs[test.pair]?.qValue = qValue }
        tested = pValues.count
    }
}
