import Testing

@testable import Statistics

@Suite("First-order indices from ranks")
struct RankFirstOrderTests {
    @Test("Equal inputs give the mean over all orders of their rows")
    func ties() {
        let output = [3.0, -1, 4, 1, -5, 9, 2]
        for group in [[0, 0, 0, 1, 2, 2, 3], [0, 1, 1, 1, 1, 2, 2], [0, 0, 0, 1, 1, 1, 1]] {
            // `group` is ascending, so that rows are sorted as they are.
            let orders = permutations(Array(0..<7)).filter { order in
                zip(order, order.dropFirst()).allSatisfy { group[$0] <= group[$1] }
            }
            let mean = output.reduce(0, +) / 7
            let variance = output.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let sum = orders.reduce(0.0) { sum, order in
                sum + (0..<7).reduce(0) { $0 + (output[order[$1]] - mean) * (output[order[($1 + 1) % 7]] - mean) }
            }
            let expected = sum / Double(orders.count) / variance
            let found = RankFirstOrder.estimate(sorted: Array(0..<7), group: group, output: output)
            #expect(abs(found - expected) < 1e-12, "\(group): \(found) in place of \(expected)")
        }
    }

    private func permutations(_ items: [Int]) -> [[Int]] {
        guard let first = items.first else { return [[]] }
        return permutations(Array(items.dropFirst())).flatMap { rest in
            (0...rest.count).map { place in rest[..<place] + [first] + rest[place...] }
        }
    }
}
