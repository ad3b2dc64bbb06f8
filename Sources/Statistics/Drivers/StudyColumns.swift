/// The columns of a study, each sorted once, so that any subset of rows can be put in order without sorting.
struct StudyColumns {
    /// A column and its order.
    struct Column {
        /// The values, shifted and scaled to mean 0 and variance 1; only shifted where they never change.
        var standardised: [Double]
        /// The row at each place of the ascending order.
        var order: [Int]
        /// The place of each row.
        var place: [Int]
        /// Equal values have one number, larger ones a larger one; by row.
        var group: [Int]
        var distinctValues: Int
        /// Sorted values themselves.
        var sorted: [Double]

        var isConstant: Bool { distinctValues == 1 }
    }

    /// Runs with an output, which have a row each.
    let rows: Int
    let missing: Int
    let inputs: [Column]
    let output: Column
    /// Standardised values row after row, the output last in each.
    let table: [Double]
    /// The run of each row.
    private let runs: [Int]

    /// - Parameter other: of the same inputs with another output: where the same runs have an answer, its inputs are taken over.
    init(inputs: [[Double]], output: [Double], like other: StudyColumns? = nil) throws(Drivers.Failure) {
        for (number, input) in inputs.enumerated() {
            guard input.count == output.count else { throw .unequalLengths(input: number) }
            if let run = input.firstIndex(where: { !$0.isFinite }) { throw .notFinite(input: number, run: run) }
        }
        let answered = output.indices.filter { output[$0].isFinite }
        runs = answered
        rows = answered.count
        missing = output.count - rows
        guard rows >= 4 else { throw .tooFewRows }
        self.output = Column(answered.map { output[$0] })
        guard !self.output.isConstant else { throw .constantOutput }
        if let other, other.runs == answered {
            self.inputs = other.inputs
        } else {
            self.inputs = inputs.map { input in Column(answered.map { input[$0] }) }
        }
        let columns = self.inputs + [self.output]
        var table = [Double](repeating: 0, count: rows * columns.count)
        for (number, column) in columns.enumerated() {
            for row in 0..<rows { table[row * columns.count + number] = column.standardised[row] }
        }
        self.table = table
    }
}

extension StudyColumns.Column {
    init(_ values: [Double]) {
        let order = Ranks.order(values)
        var place = [Int](repeating: 0, count: values.count)
        for (position, row) in order.enumerated() { place[row] = position }
        var group = [Int](repeating: 0, count: values.count)
        var groups = 0
        Ranks.forEachTie(in: order, of: values) { tie in
            for position in tie { group[order[position]] = groups }
            groups += 1
        }
        self.order = order
        self.place = place
        self.group = group
        distinctValues = groups
        sorted = order.map { values[$0] }
        standardised = Self.standardise(values)
    }

    private static func standardise(_ values: [Double]) -> [Double] {
        let count = Double(values.count)
        // By the largest magnitude first, so that no square overflows.
        let magnitude = values.reduce(0) { max($0, abs($1)) }
        guard magnitude > 0 else { return values }
        let scaled = values.map { $0 / magnitude }
        let mean = scaled.reduce(0, +) / count
        let variance = scaled.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        let scale = variance > 0 ? 1 / variance.squareRoot() : 1
        return scaled.map { ($0 - mean) * scale }
    }
}

/// Puts subsets of rows in the order of a column, in time proportional to the subset.
struct SubsetOrder {
    private var bits: [UInt64]

    init(rows: Int) { bits = [UInt64](repeating: 0, count: (rows + 63) / 64) }

    /// The rows of `subset`, which has each at most once, in ascending order of the column; all rows for nil.
    mutating func sorted(_ subset: [Int]?, by column: StudyColumns.Column) -> [Int] {
        guard let subset else { return column.order }
        var sorted: [Int] = []
        sorted.reserveCapacity(subset.count)
        for row in subset {
            let place = column.place[row]
            bits[place &>> 6] |= 1 &<< UInt64(place & 63)
        }
        for word in bits.indices where bits[word] != 0 {
            var left = bits[word]
            while left != 0 {
                sorted.append(column.order[word &<< 6 + left.trailingZeroBitCount])
                left &= left &- 1
            }
            bits[word] = 0
        }
        return sorted
    }
}
