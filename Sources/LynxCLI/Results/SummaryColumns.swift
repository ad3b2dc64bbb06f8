/// Which few of the summary values are worth a column.
package enum SummaryColumns {
    package static let most = 4

    /// Values that differ between the runs and tell how they ended come first; bookkeeping has no column unless there is
    /// nothing else. Equals keep the order of the summaries.
    package static func choose(from runs: [SummaryValues], atMost limit: Int = most) -> [String] {
        var order: [String] = []
        var distinct: [String: Set<Double>] = [:]
        for run in runs {
            for name in run.names {
                if distinct[name] == nil { order.append(name) }
                distinct[name, default: []].insert(run.numbers[name]!)
            }
        }
        func score(_ name: String) -> Int {
            let words = Set(name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init))
            var score = 0
            if !words.isDisjoint(with: outcomes) { score += 4 }
            if !words.isDisjoint(with: bookkeeping) { score -= 8 }
            if runs.count > 1, distinct[name]!.count == 1 { score -= 3 }
            // The components of a vector say little one by one.
            if let last = words.first(where: { $0.count == 1 }), "xyz".contains(last) { score -= 2 }
            return score
        }
        let telling = order.filter { score($0) > -5 }
        let ranked = (telling.isEmpty ? order : telling).enumerated().map { (score: score($1), index: $0, name: $1) }
            .sorted { ($1.score, $0.index) < ($0.score, $1.index) }
            .prefix(limit)
        return ranked.sorted { $0.index < $1.index }.map(\.name)
    }

    private static let outcomes: Set<String> = ["final", "last", "end", "max", "min", "peak", "error", "miss", "total"]
    private static let bookkeeping: Set<String> = [
        "seed", "index", "run", "job", "batch", "attempt", "version", "schema", "count", "samples", "sample", "steps", "execution",
        "wall", "elapsed", "cpu", "duration", "time", "timestamp", "pid", "dt", "success",
    ]
}
