/// Means, covariances and correlations of several outputs over a stream of runs, in memory that does not grow with it. A run
/// that lacks an answer in any of the columns is counted and left out of all of them, as pairs that lack different runs need
/// not have covariances that go together.
package struct Covariance: Sendable, Hashable {
    /// The number of columns.
    package let columns: Int
    /// The runs that have an answer in each column.
    package private(set) var count = 0
    /// The runs that do not.
    package private(set) var missing = 0
    package private(set) var means: [Double]
    /// Sums of products of distances from the means, the lower triangle row after row.
    private var products: [Double]

    /// Traps unless there is a column.
    package init(columns: Int) {
        precondition(columns > 0, "a covariance of \(columns) columns")
        self.columns = columns
        means = [Double](repeating: 0, count: columns)
        products = [Double](repeating: 0, count: columns * (columns + 1) / 2)
    }

    /// - Parameter columns: all of the same length, with a value for each run; NaN stands for a run without an answer.
    package init(_ columns: [[Double]]) {
        self.init(columns: columns.count)
        add(columns)
    }

    /// The covariance of two columns, with the divisor n − 1; of a column with itself, its variance. NaN for fewer than two
    /// runs.
    package subscript(_ i: Int, _ j: Int) -> Double {
        count > 1 ? products[Self.place(i, j)] / Double(count - 1) : .nan
    }

    /// Pearson's coefficient of correlation; NaN where a column does not vary.
    package func correlation(_ i: Int, _ j: Int) -> Double {
        let scale = products[Self.place(i, i)].squareRoot() * products[Self.place(j, j)].squareRoot()
        return max(-1, min(1, products[Self.place(i, j)] / scale))
    }

    /// Adds the next runs, a block of each column. Traps if the number of columns differs, or their lengths do.
    package mutating func add(_ block: [[Double]]) {
        precondition(block.count == columns, "\(block.count) columns for a covariance of \(columns)")
        let runs = block[0].count
        precondition(block.allSatisfy { $0.count == runs }, "columns of one study have one length")
        var start = 0
        while start < runs {
            let end = min(start + Self.blockRuns, runs)
            addBlock(block, start..<end)
            start = end
        }
    }

    /// Takes in what another accumulator of the same columns has seen, after Chan, Golub and LeVeque, "Updating formulae and a
    /// pairwise algorithm for computing sample variances" (Stanford STAN-CS-79-773).
    package mutating func combine(_ other: Covariance) {
        precondition(other.columns == columns, "covariances of \(columns) and \(other.columns) columns")
        missing += other.missing
        guard other.count > 0 else { return }
        let (a, b) = (Double(count), Double(other.count))
        let deltas = zip(other.means, means).map { $0 - $1 }
        for i in 0..<columns {
            for j in 0...i {
                let place = Self.place(i, j)
                products[place] += other.products[place] + deltas[i] * deltas[j] * (a * b / (a + b))
            }
        }
        for i in 0..<columns { means[i] += deltas[i] * (b / (a + b)) }
        count += other.count
    }

    private static let blockRuns = 512

    private static func place(_ i: Int, _ j: Int) -> Int {
        let (high, low) = i < j ? (j, i) : (i, j)
        return high * (high + 1) / 2 + low
    }

    private mutating func addBlock(_ block: [[Double]], _ runs: Range<Int>) {
        let complete = runs.filter { run in block.allSatisfy { !$0[run].isNaN } }
        var part = Covariance(columns: columns)
        part.missing = runs.count - complete.count
        part.count = complete.count
        let distances = block.enumerated().map { column, values in
            let taken = complete.map { values[$0] }
            let mean = taken.reduce(0, +) / Double(max(taken.count, 1))
            let rest = taken.reduce(0) { $0 + ($1 - mean) } / Double(max(taken.count, 1))
            part.means[column] = mean + rest
            return taken.map { $0 - part.means[column] }
        }
        for i in 0..<columns {
            for j in 0...i { part.products[Self.place(i, j)] = Self.product(distances[i], distances[j]) }
        }
        combine(part)
    }

    private static func product(_ x: [Double], _ y: [Double]) -> Double {
        let (x, y) = (x.span, y.span)
        var sums = SIMD4<Double>.zero
        var index = 0
        while index + 4 <= x.count {
            let left = SIMD4(x[index], x[index + 1], x[index + 2], x[index + 3])
            let right = SIMD4(y[index], y[index + 1], y[index + 2], y[index + 3])
            sums += left * right
            index += 4
        }
        var sum = sums.sum()
        for index in index..<x.count { sum += x[index] * y[index] }
        return sum
    }
}
