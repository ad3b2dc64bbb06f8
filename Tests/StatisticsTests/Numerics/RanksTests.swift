import Testing

@testable import Statistics

@Suite("Orders and ranks")
struct RanksTests {
    @Test("Equal values share the mean of their ranks")
    func ties() {
        #expect(Ranks.midRanks([3, 1, 3, 2, 3, 1]) == [5, 1.5, 5, 3, 5, 1.5])
        #expect(Ranks.midRanks([7, 7]) == [1.5, 1.5])
        #expect(Ranks.midRanks([]) == [])
    }

    @Test("An order is ascending, and keeps that of equal values")
    func order() {
        #expect(Ranks.order([2, -.infinity, 2, 1, .infinity, 1]) == [1, 3, 5, 0, 2, 4])
        #expect(Ranks.order([0.0, -0.0]) == [0, 1])
    }

    @Test("Ranks of distinct values are their places in the order")
    func distinct() {
        var random = CounterRandom(seed: 3)
        let values = (0..<500).map { _ in random.openUnit() }
        let ranks = Ranks.midRanks(values)
        for (place, index) in Ranks.order(values).enumerated() { #expect(ranks[index] == Double(place + 1)) }
    }

    @Test("Ties are visited in ascending order, each once")
    func visiting() {
        let values = [2.0, 1, 2, 0, 1, 2]
        var ties: [Range<Int>] = []
        Ranks.forEachTie(in: Ranks.order(values), of: values) { ties.append($0) }
        #expect(ties == [0..<1, 1..<3, 3..<6])
    }
}
