/// Whether the same runs pass in one study as in another: McNemar's exact test on the runs that pass in only one of the two
/// (McNemar, Psychometrika 12, 1947). Runs of two studies are pairs if both have the same seed and dispersions, and so the same
/// inputs.
package struct McNemar: Sendable, Hashable {
    /// Runs that pass in both studies.
    package let bothPass: Int
    /// Runs that fail in both.
    package let bothFail: Int
    /// b: runs that pass in the first study alone.
    package let onlyFirstPasses: Int
    /// c: runs that pass in the second study alone.
    package let onlySecondPasses: Int
    /// Runs without an answer in either study.
    package let missing: Int
    /// 2 P[Bin(b + c, ½) ≤ min(b, c)], at most 1, from the runs with both answers.
    package let pValue: Double
    /// The least and the largest p-value that runs without an answer could lead to, were their answers known.
    package let pValueBounds: Interval

    /// - Parameters:
    ///   - first, second: outcomes in the order of run indices. The pairs are those of the longest prefix of runs that have ended
    ///     in both.
    package init(_ first: [RunOutcome], _ second: [RunOutcome]) {
        let pairs = min(PrefixRule.endedRuns(first), PrefixRule.endedRuns(second))
        var (bothPass, bothFail, b, c) = (0, 0, 0, 0)
        // Pairs that may turn out to pass in the first alone, in the second alone, or in either.
        var (mayBeFirst, mayBeSecond, mayBeEither) = (0, 0, 0)
        for run in 0..<pairs {
            switch (first[run], second[run]) {
            case (.pass, .pass): bothPass += 1
            case (.fail, .fail): bothFail += 1
            case (.pass, .fail): b += 1
            case (.fail, .pass): c += 1
            case (.pass, _), (_, .fail): mayBeFirst += 1
            case (.fail, _), (_, .pass): mayBeSecond += 1
            default: mayBeEither += 1
            }
        }
        (self.bothPass, self.bothFail, onlyFirstPasses, onlySecondPasses) = (bothPass, bothFail, b, c)
        missing = mayBeFirst + mayBeSecond + mayBeEither
        pValue = Self.pValue(b, c)
        // The p-value falls as the larger of the two grows, and rises with the smaller one, until they are equal.
        let least = min(Self.pValue(b + mayBeFirst + mayBeEither, c), Self.pValue(b, c + mayBeSecond + mayBeEither))
        let largest =
            b > c
            ? Self.pValue(b, min(b, c + mayBeSecond + mayBeEither)) : Self.pValue(min(c, b + mayBeFirst + mayBeEither), c)
        pValueBounds = Interval(least, largest)
    }

    /// The p-value of b and c runs that pass in one study alone.
    package static func pValue(_ b: Int, _ c: Int) -> Double {
        min(1, 2 * BinomialDistribution(trials: b + c, probability: 0.5).cumulative(min(b, c)))
    }
}
