/// Correlations and the linear regression of the last column on the others, over one set of rows.
struct Regression {
    /// Of each input with the output; NaN where an input never changes.
    private(set) var correlationWithOutput: [Double]
    /// Standardised coefficients; NaN for inputs that the regression leaves out.
    private(set) var coefficients: [Double]
    /// Of each input with the output, both without what the other inputs explain of them; NaN likewise.
    private(set) var partialCorrelation: [Double]
    /// Nil without a regression.
    private(set) var rSquared: Double?

    /// - Parameters:
    ///   - table: row after row, the output last. Columns should have a mean near 0, so that no digits are lost.
    ///   - width: the number of columns.
    ///   - rows: which rows; nil for all.
    init(table: [Double], width: Int, rows: [Int]? = nil) {
        let inputs = width - 1
        let rows = rows ?? Array(0..<table.count / width)
        let products = Self.products(table: table, width: width, rows: rows)
        func isConstant(_ column: Int) -> Bool { products.central[column * width + column] <= products.noise[column] }
        func correlation(_ i: Int, _ j: Int) -> Double {
            let (row, column) = (min(i, j), max(i, j))
            let variances = products.central[i * width + i].squareRoot() * products.central[j * width + j].squareRoot()
            return min(max(products.central[row * width + column] / variances, -1), 1)
        }

        let undefined = [Double](repeating: .nan, count: inputs)
        correlationWithOutput = undefined
        coefficients = undefined
        partialCorrelation = undefined
        guard !isConstant(inputs) else { return }
        let changing = (0..<inputs).filter { !isConstant($0) }
        for input in changing { correlationWithOutput[input] = correlation(input, inputs) }
        // One row more than coefficients, or the model passes through every row.
        guard rows.count > changing.count + 1, !changing.isEmpty else { return }

        let factor = CorrelationFactor(of: changing, correlation: correlation)
        let solution = factor.solve(factor.kept.map { correlationWithOutput[$0] })
        let explained = zip(factor.kept, solution).reduce(0) { $0 + correlationWithOutput[$1.0] * $1.1 }
        let unexplained = max(1 - explained, 0)
        for ((input, coefficient), inflation) in zip(zip(factor.kept, solution), factor.inverseDiagonal()) {
            coefficients[input] = coefficient
            let square = coefficient * coefficient
            // r² = t² / (t² + degrees of freedom), with the coefficient's t statistic.
            let total = square + unexplained * inflation
            partialCorrelation[input] = total > 0 ? coefficient / total.squareRoot() : 0
        }
        rSquared = min(max(explained, 0), 1)
    }

    /// The products of all pairs of columns about their means, summed over rows: entry (i, j) with i ≤ j at i·width + j. And
    /// for each column what rounding errors alone could make of its square.
    private static func products(table: [Double], width: Int, rows: [Int]) -> (central: [Double], noise: [Double]) {
        var products = [Double](repeating: 0, count: width * width)
        var sums = [Double](repeating: 0, count: width)
        table.withUnsafeBufferPointer { table in
            products.withUnsafeMutableBufferPointer { products in
                sums.withUnsafeMutableBufferPointer { sums in
                    for row in rows {
                        let start = row * width
                        for i in 0..<width {
                            let value = table[start + i]
                            sums[i] += value
                            let line = i * width
                            for j in i..<width { products[line + j] += value * table[start + j] }
                        }
                    }
                }
            }
        }
        let count = Double(rows.count)
        let noise = (0..<width).map { products[$0 * width + $0] * count * 0x1p-52 }
        for i in 0..<width {
            for j in i..<width { products[i * width + j] -= sums[i] * sums[j] / count }
        }
        return (products, noise)
    }
}
