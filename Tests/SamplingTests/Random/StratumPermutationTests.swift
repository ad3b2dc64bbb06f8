import Testing

@testable import Sampling

@Suite("The permutation of strata")
struct StratumPermutationTests {
    private func permutation(_ count: Int, seed: UInt64, name: String = "x") -> StratumPermutation {
        StratumPermutation(count: count, stream: Stream(seed: seed, purpose: .strata, name: name))
    }

    @Test(
        "Every stratum comes exactly once",
        arguments: [1, 2, 3, 4, 5, 7, 16, 97, 255, 256, 257, 258, 289, 290, 1000, 1021, 4096, 4097, 65_537, 99_991])
    func bijective(count: Int) {
        for seed in 0..<UInt64(count < 5000 ? 20 : 2) {
            let permutation = permutation(count, seed: seed)
            var seen = [Bool](repeating: false, count: count)
            for index in 0..<count { seen[permutation(index)] = true }
            #expect(seen.allSatisfy { $0 }, "seed \(seed)")
        }
    }

    @Test("Each order of a few strata is equally likely", arguments: [2, 3, 4])
    func smallOrders(count: Int) async throws {
        var counts: [[Int]: Int] = [:]
        for seed in 0..<6000 as Range<UInt64> {
            let permutation = permutation(count, seed: seed)
            counts[(0..<count).map { permutation($0) }, default: 0] += 1
        }
        let orders = (1...count).reduce(1, *)
        #expect(counts.count == orders)
        let p = try await Scipy.chiSquare([(Array(counts.values), Array(repeating: 1, count: orders))])
        #expect(p[0] > 0.01)
    }

    /// 257 is the smallest size that the Feistel network serves.
    @Test("Each index is equally likely in each stratum, and neighbours go apart", arguments: [30, 257, 509])
    func wellMixed(count: Int) async throws {
        let trials = 20 * count
        var placesOfFirst = [Int](repeating: 0, count: count)
        var distances = [Int](repeating: 0, count: count)
        for seed in 0..<UInt64(trials) {
            let permutation = permutation(count, seed: seed)
            placesOfFirst[permutation(0)] += 1
            distances[(permutation(1) - permutation(0) + count) % count] += 1
        }
        #expect(distances[0] == 0)
        let p = try await Scipy.chiSquare([
            (placesOfFirst, Array(repeating: 1, count: count)),
            (Array(distances.dropFirst()), Array(repeating: 1, count: count - 1)),
        ])
        #expect(p.allSatisfy { $0 > 0.01 }, "\(p)")
    }

    @Test("A huge design needs no table")
    func huge() {
        let count = 1 << 61
        let permutation = permutation(count, seed: 3)
        let places = Set((0..<1000).map { permutation(count - 1 - $0) })
        #expect(places.count == 1000)
        #expect(places.allSatisfy { (0..<count).contains($0) })
    }
}
