/// How an estimate settles as runs are added, in the order of their indices: the mean of an output. The intervals hold for each
/// number of runs by itself, not for the curve as a whole, and are nothing to stop a study by.
package struct RunningMean: Sendable, Hashable {
    package struct Point: Sendable, Hashable {
        /// All runs so far, also those without an answer.
        package var runs: Int
        /// NaN while no run gave an answer.
        package var mean: Double
        /// Student's two-sided interval of the mean; unbounded for fewer than two answers.
        package var interval: Interval
        /// The runs without an answer.
        package var missing: Int
    }

    package let points: [Point]

    /// - Parameters:
    ///   - values: one for each run; NaN stands for a run without an answer.
    ///   - limit: there are at most so many points, evenly spread, the last of them at all runs.
    package init(_ values: [Double], confidence: Double, limit: Int = 200) {
        var moments = Moments()
        var taken = 0
        points = Thinning.counts(upTo: values.count, limit: limit).map { runs in
            moments.add(contentsOf: values.span.extracting(taken..<runs))
            taken = runs
            return Point(
                runs: runs, mean: moments.mean, interval: moments.meanInterval(confidence: confidence), missing: moments.missing)
        }
    }
}

/// The same for the share of runs that pass.
package struct RunningShare: Sendable, Hashable {
    package struct Point: Sendable, Hashable {
        package var tally: RunTally
        /// Clopper and Pearson's two-sided interval: the lower end counts runs without an answer as failures, the upper end as
        /// passes.
        package var interval: Interval
    }

    package let points: [Point]

    /// Over the longest prefix of runs that have ended.
    ///
    /// - Parameter limit: there are at most so many points, evenly spread, the last of them at all of these runs.
    package init(_ outcomes: [RunOutcome], confidence: Double, limit: Int = 200) {
        let ended = outcomes.prefix(PrefixRule.endedRuns(outcomes))
        var tally = RunTally()
        points = Thinning.counts(upTo: ended.count, limit: limit).map { runs in
            let more = PrefixRule.tally(Array(ended[tally.runs..<runs]))
            tally = RunTally(runs: runs, failures: tally.failures + more.failures, missing: tally.missing + more.missing)
            let most = tally.failures + tally.missing
            return Point(
                tally: tally,
                interval: Interval(
                    ClopperPearson.interval(passes: runs - most, runs: runs, confidence: confidence).lower,
                    ClopperPearson.interval(passes: runs - tally.failures, runs: runs, confidence: confidence).upper))
        }
    }
}

/// Numbers of runs at which a curve over a study is drawn.
enum Thinning {
    /// At most `limit` numbers from 1 to `total`, evenly spread, ascending, with `total` as the last.
    static func counts(upTo total: Int, limit: Int) -> [Int] {
        guard total > limit else { return total > 0 ? Array(1...total) : [] }
        return (1...max(limit, 1)).map { total * $0 / max(limit, 1) }
    }
}
