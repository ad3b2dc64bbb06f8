import LynxModel

/// Runs whose values a user or a method has chosen: row i of a table is run i, and what the table has no column for is drawn independently.
struct Table: Design {
    private let others: MonteCarlo

    init(_ others: MonteCarlo) { self.others = others }

    func probability(of axis: Int, run: Int) -> Double { others.probability(of: axis, run: run) }

    func fill(_ values: UnsafeMutableBufferPointer<Double>, of axis: Int, from first: Int) {
        others.fill(values, of: axis, from: first)
    }
}

/// A column of a table. Of numbers of which one is a float, all are, as in a discrete distribution.
struct TableColumn {
    let values: [ParameterValue]

    init(_ values: [ParameterValue]) { self.values = DiscreteQuantile.ofOneType(values) }

    /// A table that is too short begins again.
    subscript(run: Int) -> ParameterValue { values[run % values.count] }

    /// In some runs; nil if any value is no float.
    func numbers(in runs: Range<Int>) -> [Double]? {
        let isNumeric = values.allSatisfy { if case .number = $0 { true } else { false } }
        guard isNumeric else { return nil }
        return runs.map { if case .number(let value) = self[$0] { value } else { .nan } }
    }
}
