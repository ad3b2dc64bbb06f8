import Testing

@testable import Sampling

@Suite("Correlation matrices")
struct CorrelationMatrixTests {
    /// Of random vectors in so many dimensions: singular if these are fewer than rows.
    private func random(_ count: Int, dimensions: Int, seed: UInt64) -> CorrelationMatrix {
        let stream = Stream(seed: seed, purpose: .jitter)
        let vectors = (0..<count).map { row in
            let vector = (0..<dimensions).map { StandardNormal.quantile(stream.unit(at: row * dimensions + $0)) }
            let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return vector.map { $0 / norm }
        }
        return CorrelationMatrix(
            vectors.indices.map { i in
                vectors.indices.map { j in i == j ? 1 : zip(vectors[i], vectors[j]).reduce(0) { $0 + $1.0 * $1.1 } }
            })
    }

    private func product(_ factor: [[Double]]) -> [[Double]] {
        factor.map { row in factor.map { other in zip(row, other).reduce(0) { $0 + $1.0 * $1.1 } } }
    }

    private func distance(_ a: [[Double]], _ b: [[Double]]) -> Double {
        zip(a.joined(), b.joined()).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    @Test(
        "The factor times its transpose is the matrix, singular ones included",
        arguments: [(2, 2), (5, 9), (20, 20), (6, 3), (10, 1)])
    func factor(count: Int, dimensions: Int) throws {
        for seed in 0..<20 as Range<UInt64> {
            let matrix = random(count, dimensions: dimensions, seed: seed)
            let factor = try #require(matrix.lowerFactor())
            #expect(distance(product(factor), matrix.rows) < 1e-6)
            for row in 0..<count { #expect(factor[row][(row + 1)...].allSatisfy { $0 == 0 }) }
        }
    }

    @Test("A parameter that depends on none before it has a row of its own alone")
    func block() throws {
        let factor = try #require(
            CorrelationMatrix([[1, 0.5, 0, 0], [0.5, 1, 0, 0], [0, 0, 1, -1], [0, 0, -1, 1]]).lowerFactor())
        #expect(factor[0] == [1, 0, 0, 0])
        #expect(factor[2] == [0, 0, 1, 0])
        #expect(factor[3] == [0, 0, -1, 0])
    }

    @Test("Eigenvectors are orthonormal, and rebuild the matrix", arguments: [2, 7, 25])
    func eigen(count: Int) {
        let matrix = random(count, dimensions: count, seed: 4)
        let (values, vectors) = matrix.eigen()
        #expect(distance(product(vectors), vectors.indices.map { row in vectors.indices.map { $0 == row ? 1 : 0 } }) < 1e-12)
        let rebuilt = matrix.rows.indices.map { i in
            matrix.rows.indices.map { j in zip(values, vectors).reduce(0) { $0 + $1.0 * $1.1[i] * $1.1[j] } }
        }
        #expect(distance(rebuilt, matrix.rows) < 1e-12)
    }

    @Test("The nearest matrix of Higham's example is his")
    func higham() {
        let nearest = CorrelationMatrix([[1, 1, 0], [1, 1, 1], [0, 1, 1]]).nearest()
        #expect(abs(nearest[0, 1] - 0.7607) < 5e-5 && abs(nearest[1, 2] - 0.7607) < 5e-5 && abs(nearest[0, 2] - 0.1573) < 5e-5)
    }

    @Test("The nearest matrix is a correlation matrix, and no other is nearer", arguments: [3, 6])
    func nearest(count: Int) throws {
        for seed in 0..<3 as Range<UInt64> {
            // What nobody could have measured.
            let stream = Stream(seed: seed, purpose: .strata)
            var wanted = CorrelationMatrix((0..<count).map { row in (0..<count).map { $0 == row ? 1 : 0 } })
            for row in 0..<count {
                for column in 0..<row { wanted[row, column] = 1.8 * stream.unit(at: row * count + column) - 0.9 }
            }
            let nearest = wanted.nearest()
            #expect(nearest.eigen().values.min()! > -1e-7)
            #expect((0..<count).allSatisfy { nearest[$0, $0] == 1 })
            let least = distance(nearest.rows, wanted.rows)
            for other in 0..<50 as Range<UInt64> {
                let candidate = random(count, dimensions: count, seed: 1000 + other)
                for share in [1, 0.1, 0.001] {
                    let between = zip(nearest.rows, candidate.rows).map { zip($0, $1).map { (1 - share) * $0 + share * $1 } }
                    #expect(distance(between, wanted.rows) >= least - 1e-8)
                }
            }
            #expect(nearest.lowerFactor() != nil)
        }
        let possible = random(count, dimensions: count, seed: 9)
        #expect(distance(possible.nearest().rows, possible.rows) < 1e-8)
    }

    @Test("A matrix written with few decimals is taken, and one that is really none is not")
    func rounded() {
        let exact = random(6, dimensions: 3, seed: 8)
        let written = CorrelationMatrix(exact.rows.map { $0.map { ($0 * 1e6).rounded() / 1e6 } })
        #expect(written.eigen().values.min()! < 0)
        #expect(written.lowerFactor() != nil)
        #expect(CorrelationMatrix([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]).lowerFactor() == nil)
        #expect(CorrelationMatrix([[1, 1.001], [1.001, 1]]).lowerFactor() == nil)
    }
}
