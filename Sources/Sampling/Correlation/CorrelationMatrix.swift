/// A symmetric matrix with ones on its diagonal, which is a correlation matrix if no eigenvalue is negative.
struct CorrelationMatrix {
    private(set) var rows: [[Double]]

    var count: Int { rows.count }

    init(_ rows: [[Double]]) { self.rows = rows }

    subscript(_ row: Int, _ column: Int) -> Double {
        get { rows[row][column] }
        set {
            rows[row][column] = newValue
            rows[column][row] = newValue
        }
    }

    /// Coefficients written with six decimals may make a matrix indefinite by so much for each of its rows.
    private static let roundedOff = 1e-6

    /// L with L·Lᵀ = this matrix, lower triangular: the normal numbers L·ε have these correlations if those in ε are
    /// independent. Nil if it is not a correlation matrix, but for what rounding its coefficients may have done to it.
    func lowerFactor() -> [[Double]]? {
        if let factor = cholesky() { return factor }
        let (values, _) = eigen()
        return values.min()! >= -Self.roundedOff * Double(count) ? projected().cholesky(forced: true) : nil
    }

    /// The same for a matrix that is none: of its nearest correlation matrix.
    func nearestLowerFactor() -> [[Double]] { lowerFactor() ?? nearest().projected().cholesky(forced: true)! }

    /// Row by row; a row that depends on those above it has a zero on the diagonal.
    private func cholesky(forced: Bool = false) -> [[Double]]? {
        let negligible = 1e-12
        var factor = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        for row in 0..<count {
            for column in 0..<row {
                var sum = rows[row][column]
                for k in 0..<column { sum -= factor[row][k] * factor[column][k] }
                let pivot = factor[column][column]
                if pivot > 0 { factor[row][column] = sum / pivot } else if !forced, abs(sum) > 1e-6 { return nil }
            }
            let pivot = factor[row].reduce(1) { $0 - $1 * $1 }
            guard pivot > -negligible || forced else { return nil }
            if pivot > negligible {
                factor[row][row] = pivot.squareRoot()
            } else {
                let norm = factor[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
                factor[row] = factor[row].map { $0 / norm }
            }
        }
        return factor
    }

    /// With all negative eigenvalues put to zero, and scaled back to ones on the diagonal.
    private func projected() -> CorrelationMatrix {
        let clipped = positivePart()
        let scale = clipped.rows.indices.map { clipped.rows[$0][$0].squareRoot() }
        var result = self
        for row in rows.indices {
            for column in 0..<row { result[row, column] = clipped.rows[row][column] / (scale[row] * scale[column]) }
        }
        return result
    }

    /// The correlation matrix at the least distance from this one (the root of the sum of squares), by alternating
    /// projections with Dykstra's correction (Higham, IMA Journal of Numerical Analysis 22, 2002, Algorithm 3.3).
    func nearest() -> CorrelationMatrix {
        var estimate = self
        var correction = CorrelationMatrix([[Double]](repeating: [Double](repeating: 0, count: count), count: count))
        for _ in 0..<500 {
            var corrected = estimate
            for row in rows.indices { for column in 0...row { corrected[row, column] -= correction[row, column] } }
            let positive = corrected.positivePart()
            var change = 0.0
            for row in rows.indices {
                for column in 0...row {
                    correction[row, column] = positive[row, column] - corrected[row, column]
                    let value = row == column ? 1 : positive[row, column]
                    change = max(change, abs(value - estimate[row, column]), abs(value - positive[row, column]))
                    estimate[row, column] = value
                }
            }
            if change < 1e-9 { break }
        }
        return estimate
    }

    /// The nearest positive semidefinite matrix, whatever its diagonal.
    private func positivePart() -> CorrelationMatrix {
        let (values, vectors) = eigen()
        var result = self
        for row in rows.indices {
            for column in 0...row {
                var sum = 0.0
                for (value, vector) in zip(values, vectors) where value > 0 { sum += value * vector[row] * vector[column] }
                result[row, column] = sum
            }
        }
        return result
    }

    /// Eigenvalues, and an eigenvector of length 1 for each, by Jacobi's rotations (Golub and Van Loan, Matrix Computations,
    /// §8.5).
    func eigen() -> (values: [Double], vectors: [[Double]]) {
        var a = rows.flatMap(\.self)
        var vectors = [Double](repeating: 0, count: count * count)
        for row in 0..<count { vectors[row * count + row] = 1 }
        a.withUnsafeMutableBufferPointer { a in
            vectors.withUnsafeMutableBufferPointer { vectors in
                for _ in 0..<60 { if Self.sweep(a, vectors, count) { break } }
            }
        }
        return (rows.indices.map { a[$0 * count + $0] }, rows.indices.map { Array(vectors[$0 * count..<($0 + 1) * count]) })
    }

    /// A rotation for each element off the diagonal.
    ///
    /// - Returns: whether all of them were zero but for rounding.
    private static func sweep(
        _ a: UnsafeMutableBufferPointer<Double>, _ vectors: UnsafeMutableBufferPointer<Double>, _ count: Int
    ) -> Bool {
        var isDiagonal = true
        for p in 0..<count {
            for q in p + 1..<count where abs(a[p * count + q]) > 1e-16 {
                isDiagonal = false
                let theta = (a[q * count + q] - a[p * count + p]) / (2 * a[p * count + q])
                let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
                let c = 1 / (t * t + 1).squareRoot()
                rotate(a, from: p, q, stride: count, count, c, t * c)
                rotate(a, from: p * count, q * count, stride: 1, count, c, t * c)
                rotate(vectors, from: p * count, q * count, stride: 1, count, c, t * c)
            }
        }
        return isDiagonal
    }

    private static func rotate(
        _ elements: UnsafeMutableBufferPointer<Double>, from p: Int, _ q: Int, stride: Int, _ count: Int, _ c: Double, _ s: Double
    ) {
        for k in 0..<count {
            let (x, y) = (elements[p + k * stride], elements[q + k * stride])
            elements[p + k * stride] = c * x - s * y
            elements[q + k * stride] = s * x + c * y
        }
    }
}
