/// The Cholesky factor of a correlation matrix, without the variables that are linear combinations of those before them.
struct CorrelationFactor {
    /// The variables that are kept, by their number in the matrix, ascending.
    let kept: [Int]
    /// The lower triangle, row after row, over the kept variables.
    private var rows: [[Double]] = []

    /// What of a variable's variance the ones before it have to leave unexplained for it to be kept. Rounding errors of the
    /// correlations lie orders of magnitude below.
    static let tolerance = 1e-10

    /// - Parameters:
    ///   - correlation: the matrix entry of row i and column j; only the lower triangle is read.
    ///   - variables: the numbers of the rows and columns to factorise, ascending; the diagonal there is 1.
    init(of variables: [Int], correlation: (_ i: Int, _ j: Int) -> Double) {
        var kept: [Int] = []
        for variable in variables {
            var row: [Double] = []
            row.reserveCapacity(kept.count + 1)
            var left = 1.0
            for (column, other) in kept.enumerated() {
                var entry = correlation(variable, other)
                for k in 0..<column { entry -= row[k] * rows[column][k] }
                entry /= rows[column][column]
                row.append(entry)
                left -= entry * entry
            }
            guard left > Self.tolerance else { continue }
            row.append(left.squareRoot())
            rows.append(row)
            kept.append(variable)
        }
        self.kept = kept
    }

    /// The solution x of Rx = b, both over the kept variables.
    func solve(_ b: [Double]) -> [Double] {
        var x = b
        for i in rows.indices {
            for k in 0..<i { x[i] -= rows[i][k] * x[k] }
            x[i] /= rows[i][i]
        }
        for i in rows.indices.reversed() {
            for k in (i + 1)..<rows.count { x[i] -= rows[k][i] * x[k] }
            x[i] /= rows[i][i]
        }
        return x
    }

    /// The diagonal of the matrix' inverse, over the kept variables: each one's variance inflation factor.
    func inverseDiagonal() -> [Double] {
        let size = rows.count
        var diagonal = [Double](repeating: 0, count: size)
        var column = [Double](repeating: 0, count: size)
        for j in 0..<size {
            // R⁻¹ = L⁻ᵀL⁻¹, so that its diagonal holds the squared lengths of the columns of L⁻¹.
            for i in j..<size {
                var entry = i == j ? 1.0 : 0
                for k in j..<i { entry -= rows[i][k] * column[k] }
                column[i] = entry / rows[i][i]
                diagonal[j] += column[i] * column[i]
            }
        }
        return diagonal
    }
}
