/// The first-order index from ranks.
enum RankFirstOrder {
    /// Var(E[Y | X]) / Var(Y) by the rank estimator of Gamboa, Gremaud, Klein and Lagnoux, Bernoulli 28(4), 2022, after
    /// Chatterjee's correlation: rows sorted by the input, the mean product of neighbours' outputs, the last row's neighbour
    /// being the first.
    ///
    /// The order of rows with equal inputs is random there; here its expectation is taken, so that nothing is drawn.
    ///
    /// - Parameters:
    ///   - sorted: rows in ascending order of the input, which has at least two values.
    ///   - group: one number for equal values of the input, by row.
    ///   - output: by row.
    static func estimate(sorted: [Int], group: [Int], output: [Double]) -> Double {
        let count = Double(sorted.count)
        let mean = sorted.reduce(0) { $0 + output[$1] } / count
        var products = 0.0
        var squares = 0.0
        var first: Double?
        var previous = 0.0
        var start = 0
        while start < sorted.count {
            let row = sorted[start]
            let value = output[row] - mean
            var sum = value
            var sumOfSquares = value * value
            var end = start + 1
            while end < sorted.count, group[sorted[end]] == group[row] {
                let value = output[sorted[end]] - mean
                sum += value
                sumOfSquares += value * value
                end += 1
            }
            let size = Double(end - start)
            // size − 1 neighbours within, each product with the mean over all pairs; and one with the group before.
            products += (sum * sum - sumOfSquares) / size
            let meanOfGroup = sum / size
            if first == nil { first = meanOfGroup } else { products += previous * meanOfGroup }
            previous = meanOfGroup
            squares += sumOfSquares
            start = end
        }
        products += previous * (first ?? 0)
        return squares > 0 ? products / squares : .nan
    }
}
