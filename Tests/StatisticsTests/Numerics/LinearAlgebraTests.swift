import Testing

@testable import Statistics

@Suite("The factor of a correlation matrix")
struct LinearAlgebraTests {
    private static let matrix: [[Double]] = [
        [1, 0.5, -0.2, 0.1], [0.5, 1, 0.3, 0], [-0.2, 0.3, 1, 0.7], [0.1, 0, 0.7, 1],
    ]

    @Test("A solution satisfies its equations")
    func solves() {
        let factor = CorrelationFactor(of: Array(0..<4)) { Self.matrix[$0][$1] }
        #expect(factor.kept == [0, 1, 2, 3])
        let right = [1.0, -2, 3, 0.5]
        let x = factor.solve(right)
        for (row, expected) in zip(Self.matrix, right) {
            #expect(abs(zip(row, x).reduce(0) { $0 + $1.0 * $1.1 } - expected) < 1e-13)
        }
    }

    @Test("The inverse's diagonal is that of the solutions for unit vectors")
    func inverse() {
        let factor = CorrelationFactor(of: Array(0..<4)) { Self.matrix[$0][$1] }
        for (i, entry) in factor.inverseDiagonal().enumerated() {
            let unit = (0..<4).map { $0 == i ? 1.0 : 0 }
            #expect(abs(factor.solve(unit)[i] - entry) < 1e-13)
        }
    }

    @Test("A variable that is a combination of those before it is left out")
    func dependent() {
        // The third is the sum of the first two, which are uncorrelated; the fourth is the first once more.
        let half = 0.5.squareRoot()
        let matrix = [[1, 0, half, 1], [0, 1, half, 0], [half, half, 1, half], [1, 0, half, 1]]
        let factor = CorrelationFactor(of: [0, 1, 2, 3]) { matrix[$0][$1] }
        #expect(factor.kept == [0, 1])
        #expect(CorrelationFactor(of: [2, 3]) { matrix[$0][$1] }.kept == [2, 3])
    }
}
