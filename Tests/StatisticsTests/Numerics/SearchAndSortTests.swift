import Testing

@testable import Statistics

@Suite("Searching and sorting")
struct SearchAndSortTests {
    @Test("A monotone search finds the first number, or none", arguments: [0, 1, 5, 99, 100])
    func search(first: Int) {
        for start in [-3, 0, 7] {
            let found = MonotoneSearch.first(from: start, through: 99) { $0 >= first }
            #expect(found == (first > 99 ? nil : max(first, start)))
        }
        #expect(MonotoneSearch.first(from: 3, through: 2) { _ in true } == nil)
    }

    @Test("A monotone search to a distant limit asks few times")
    func distant() {
        var asked = 0
        let found = MonotoneSearch.first(from: 0, through: .max) {
            asked += 1
            return $0 >= 123_456_789
        }
        #expect(found == 123_456_789 && asked < 70)
    }

    @Test("Sorting by digits gives what sorting by comparisons gives", arguments: [0, 1, 1_999, 2_001, 30_000])
    func sorting(count: Int) {
        var random = CounterRandom(seed: UInt64(count))
        for scale in [.leastNormalMagnitude / 64, 1, 1e300] {
            var numbers = (0..<count).map { _ in scale * NormalDistribution.quantile(random.openUnit()) }
            for index in stride(from: 0, to: count, by: 97) { numbers[index] = [0, .infinity, -.infinity, scale][index % 4] }
            #expect(RadixSort.sorted(numbers) == numbers.sorted())
        }
        // All of one exponent, so that some digits order nothing.
        let near = (0..<count).map { _ in 1 + random.openUnit() * 1e-6 }
        #expect(RadixSort.sorted(near) == near.sorted())
    }

    @Test("Ordering by digits gives what a stable order by comparisons gives, also of both zeros", arguments: [0, 1, 3_000, 30_000])
    func ordering(count: Int) {
        var random = CounterRandom(seed: UInt64(count))
        let special: [Double] = [0, -0.0, 1, -1, .infinity, -.infinity, .leastNonzeroMagnitude]
        var numbers: [Double] = []
        for index in 0..<count {
            numbers.append(index % 7 == 0 ? special[index / 7 % 7] : NormalDistribution.quantile(random.openUnit()))
        }
        let expected = numbers.indices.sorted { (a: Int, b: Int) -> Bool in
            if numbers[a] == numbers[b] { return a < b }
            return numbers[a] < numbers[b]
        }
        #expect(RadixSort.order(numbers) == expected)
        #expect(Ranks.order(numbers) == expected)
    }
}
