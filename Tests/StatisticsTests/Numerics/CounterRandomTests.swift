import Testing

@testable import Statistics

@Suite("Streams of random numbers")
struct CounterRandomTests {
    @Test("A stream is a function of its seed and key")
    func function() {
        var first = CounterRandom(seed: 5, key: [1, 2])
        var again = CounterRandom(seed: 5, key: [1, 2])
        #expect((0..<20).map { _ in first.next() } == (0..<20).map { _ in again.next() })
    }

    @Test("Streams of other seeds and keys share no number")
    func apart() {
        var seen: Set<UInt64> = []
        for seed in 0..<10 as Range<UInt64> {
            for key in [[], [0], [1], [0, 0], [0, 1], [1, 0], [0, 0, 0]] as [[UInt64]] {
                var random = CounterRandom(seed: seed, key: key)
                for _ in 0..<100 { seen.insert(random.next()) }
            }
        }
        #expect(seen.count == 10 * 7 * 100)
    }

    @Test("Numbers are uniform between 0 and 1, within a stream and from stream to stream")
    func uniform() {
        var within = CounterRandom(seed: 9)
        let samples = [
            (0..<20_000).map { _ in within.openUnit() },
            (0..<20_000 as Range<UInt64>).map { key in
                var random = CounterRandom(seed: 9, key: [key])
                return random.openUnit()
            },
        ]
        for sample in samples {
            #expect(sample.allSatisfy { $0 > 0 && $0 < 1 })
            let sorted = sample.sorted()
            let distance = sorted.enumerated().reduce(0) { max($0, abs($1.element - (Double($1.offset) + 0.5) / 20_000)) }
            #expect(KolmogorovSmirnov.pValue(distance: distance, 20_000) > 0.01)
            // Neighbours in the stream are as unrelated.
            let products = zip(sample, sample.dropFirst()).reduce(0) { $0 + ($1.0 - 0.5) * ($1.1 - 0.5) } / 20_000
            #expect(abs(products) < 3 / 12 / Double(20_000).squareRoot())
        }
    }

    @Test("Whole numbers below a bound are all equally frequent", arguments: [1, 2, 3, 7, 1000])
    func below(bound: Int) {
        var random = CounterRandom(seed: UInt64(bound))
        var counts = [Int](repeating: 0, count: bound)
        for _ in 0..<100 * bound { counts[random.below(bound)] += 1 }
        // Chi-square has bound − 1 degrees of freedom; 4 standard deviations above its mean is rarer than 1 in 1,000.
        let chiSquare = counts.reduce(0) { $0 + Double(($1 - 100) * ($1 - 100)) / 100 }
        #expect(chiSquare <= Double(bound - 1) + 4 * (2 * Double(bound - 1)).squareRoot())
    }
}
