/// Every measure of every input from one set of rows; NaN where a measure does not exist.
struct Measures {
    var spearman: [Double]
    var partialRank: [Double]
    var regression: [Double]
    var rankRegression: [Double]
    var firstOrder: [Double]
    var pawn: [Double]
    var rSquared: Double?
    var rankRSquared: Double?
}

/// Computes measures of a study's rows, or of subsets of them, with memory of its own that is used again and again.
struct Measuring {
    private let study: StudyColumns
    private let sliceCount: Int
    private var order: SubsetOrder
    private var slice: [UInt16]
    /// The number of each row within the subset at hand.
    private var number: [Int]

    init(_ study: StudyColumns, slices: Int) {
        self.study = study
        sliceCount = slices
        order = SubsetOrder(rows: study.rows)
        slice = [UInt16](repeating: 0, count: study.rows)
        number = Array(0..<study.rows)
    }

    /// - Parameter subset: rows, each at most once; nil for all.
    mutating func measures(of subset: [Int]?) -> Measures {
        let rows = subset?.count ?? study.rows
        let width = study.inputs.count + 1
        if let subset {
            for (position, row) in subset.enumerated() { number[row] = position }
        } else {
            for row in 0..<rows { number[row] = row }
        }

        var ranks = [Double](repeating: 0, count: rows * width)
        let byOutput = order.sorted(subset, by: study.output)
        writeRanks(of: byOutput, group: study.output.group, column: width - 1, width: width, into: &ranks)
        var firstOrder: [Double] = []
        var pawn: [Double] = []
        for (column, input) in study.inputs.enumerated() {
            let byInput = order.sorted(subset, by: input)
            writeRanks(of: byInput, group: input.group, column: column, width: width, into: &ranks)
            guard input.group[byInput[0]] != input.group[byInput[rows - 1]] else {
                firstOrder.append(.nan)
                pawn.append(.nan)
                continue
            }
            firstOrder.append(
                RankFirstOrder.estimate(sorted: byInput, group: input.group, output: study.output.standardised))
            pawn.append(SortedColumn(slices(byInput: byInput, of: input, byOutput: byOutput).distances).quantile(0.5))
        }

        let linear = Regression(table: study.table, width: width, rows: subset)
        let ranked = Regression(table: ranks, width: width)
        return Measures(
            spearman: ranked.correlationWithOutput, partialRank: ranked.partialCorrelation, regression: linear.coefficients,
            rankRegression: ranked.coefficients, firstOrder: firstOrder, pawn: pawn,
            rSquared: linear.rSquared, rankRSquared: ranked.rSquared)
    }

    /// PAWN's slices of all rows that are not empty: their distances, and how many rows each has.
    mutating func pawnSlices(of input: Int) -> (distances: [Double], sizes: [Int]) {
        slices(byInput: study.inputs[input].order, of: study.inputs[input], byOutput: study.output.order)
    }

    /// Mid-ranks about their mean, row by row.
    private func writeRanks(of sorted: [Int], group: [Int], column: Int, width: Int, into ranks: inout [Double]) {
        let mean = Double(sorted.count + 1) / 2
        var start = 0
        while start < sorted.count {
            var end = start + 1
            while end < sorted.count, group[sorted[end]] == group[sorted[start]] { end += 1 }
            let rank = Double(start + 1 + end) / 2 - mean
            for position in start..<end { ranks[number[sorted[position]] * width + column] = rank }
            start = end
        }
    }

    private mutating func slices(
        byInput: [Int], of input: StudyColumns.Column, byOutput: [Int]
    ) -> (distances: [Double], sizes: [Int]) {
        let distinctValues = zip(byInput, byInput.dropFirst()).reduce(1) { $0 + (input.group[$1.0] != input.group[$1.1] ? 1 : 0) }
        let bounds = PAWN.slices(
            sliceCount, places: byInput.count, value: { input.sorted[input.place[byInput[$0]]] }, distinctValues: distinctValues)
        let sizes = zip(bounds, bounds.dropFirst()).map { $1 - $0 }
        for position in bounds[sizes.count]..<byInput.count { slice[byInput[position]] = UInt16(sizes.count) }
        for number in sizes.indices {
            for position in bounds[number]..<bounds[number + 1] { slice[byInput[position]] = UInt16(number) }
        }
        let distances = PAWN.distances(byOutput: byOutput, group: study.output.group, slice: slice, sizes: sizes)
        return (distances, sizes.filter { $0 > 0 })
    }
}
