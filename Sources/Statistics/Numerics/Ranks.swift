/// Orders and ranks of samples, with ties. No value may be NaN.
package enum Ranks {
    /// The indices that sort the values in ascending order; equal values stay in the order they came in.
    package static func order(_ values: [Double]) -> [Int] {
        // For few values the passes cost more than they save.
        if values.count > 4_000 { return RadixSort.order(values) }
        struct Entry {
            var value: Double
            var index: Int
        }
        var entries = values.enumerated().map { Entry(value: $0.element, index: $0.offset) }
        entries.sort { $0.value < $1.value || ($0.value == $1.value && $0.index < $1.index) }
        return entries.map(\.index)
    }

    /// Ranks from 1; equal values share the mean of the ranks that they take up.
    package static func midRanks(_ values: [Double]) -> [Double] {
        let order = order(values)
        var ranks = [Double](repeating: 0, count: values.count)
        forEachTie(in: order, of: values) { tie in
            let rank = Double(tie.lowerBound + 1 + tie.upperBound) / 2
            for position in tie { ranks[order[position]] = rank }
        }
        return ranks
    }

    /// Calls `body` with the positions of each set of equal values, in ascending order of the values.
    ///
    /// - Parameter order: what `order(_:)` says of the values.
    package static func forEachTie(in order: [Int], of values: [Double], _ body: (Range<Int>) -> Void) {
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            body(start..<end)
            start = end
        }
    }
}

/// An input's normal scores: Φ⁻¹((rank − ½) / n) over all runs, whatever their outcome.
struct NormalScores {
    /// Equal values have the score of their mean rank.
    let values: [Double]
    /// Equal values have their ranks in a random order, so that these scores are normal however often values repeat.
    let spread: [Double]
    let isConstant: Bool

    /// - Parameters:
    ///   - table: the scores of the ranks 1 to n.
    ///   - number: which input it is; each has a random order of its own.
    init(_ input: [Double], table: [Double], number: Int) {
        let order = Ranks.order(input)
        var values = [Double](repeating: 0, count: input.count)
        var spread = values
        var random = CounterRandom(seed: 0x5345_5041, key: [UInt64(number)])
        Ranks.forEachTie(in: order, of: input) { tie in
            let rank = Double(tie.lowerBound + 1 + tie.upperBound) / 2
            let score = tie.count == 1 ? table[tie.lowerBound] : NormalDistribution.quantile((rank - 0.5) / Double(input.count))
            let shuffled = tie.count == 1 ? [order[tie.lowerBound]] : order[tie].shuffled(using: &random)
            for (place, run) in zip(tie, shuffled) {
                values[run] = score
                spread[run] = table[place]
            }
        }
        self.values = values
        self.spread = spread
        isConstant = input.allSatisfy { $0 == input[0] }
    }

    static func table(_ count: Int) -> [Double] {
        (0..<count).map { NormalDistribution.quantile((Double($0) + 0.5) / Double(count)) }
    }
}
