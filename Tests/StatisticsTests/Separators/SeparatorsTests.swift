import Testing

@testable import Statistics

@Suite("What separates failures")
struct SeparatorsTests {
    /// Six independent inputs, uniform between 0 and 1.
    private static func study(
        runs: Int = 600, seed: UInt64, fails: ([Double]) -> Bool
    ) -> (inputs: [[Double]], outcomes: [RunOutcome]) {
        var random = CounterRandom(seed: seed)
        let rows = (0..<runs).map { _ in (0..<6).map { _ in random.openUnit() } }
        return ((0..<6).map { input in rows.map { $0[input] } }, rows.map { fails($0) ? .fail : .pass })
    }

    struct Interaction: Sendable, CustomStringConvertible {
        var description: String
        var form: PairForm
        var fails: @Sendable ([Double]) -> Bool
    }

    static let interactions = [
        Interaction(description: "a large product", form: .sum) { $0[1] * $0[4] > 0.8 },
        Interaction(description: "a large product of deviations", form: .product) { ($0[1] - 0.5) * ($0[4] - 0.5) > 0.16 },
        Interaction(description: "a small difference", form: .absoluteDifference) { abs($0[1] - $0[4]) < 0.03 },
        Interaction(description: "two that cancel", form: .absoluteSum) { abs($0[1] + $0[4] - 1) < 0.03 },
        Interaction(description: "one large, the other small", form: .difference) { $0[1] - $0[4] > 0.75 },
        Interaction(description: "two extremes", form: .absoluteProduct) { min(abs($0[1] - 0.5), abs($0[4] - 0.5)) > 0.37 },
    ]

    @Test("A pair that acts together is found, with the form it acts in, and no other", arguments: interactions)
    func interaction(_ interaction: Interaction) throws {
        let (inputs, outcomes) = Self.study(seed: 3, fails: interaction.fails)
        let report = try Separators.find(inputs: inputs, outcomes: outcomes)
        #expect(report.tested == 21 && report.missing == 0)
        let pairs = report.pairs.filter(\.isDiscovery)
        #expect(pairs.map(\.inputs) == [[1, 4]])
        let pair = try #require(pairs.first)
        #expect(pair.form == interaction.form)
        #expect(pair.separation.distance > 0.8 && pair.gain > 0 && pair.qValue < 1e-3)
        #expect(pair.ifMissingFailed == nil)
        // The difference and the cancelling sum are small where runs fail.
        let small: [PairForm] = [.absoluteDifference, .absoluteSum]
        #expect(pair.separation.failuresLieAbove == !small.contains(pair.form))
    }

    @Test("An input that acts alone is found alone, with where failures lie")
    func single() throws {
        let (inputs, outcomes) = Self.study(seed: 5) { $0[2] < 0.06 }
        let report = try Separators.find(inputs: inputs, outcomes: outcomes)
        #expect(report.inputs.filter(\.isDiscovery).map(\.input) == [2])
        #expect(report.pairs.allSatisfy { !$0.isDiscovery })
        let found = report.inputs[0]
        #expect(found.separation.distance == 1 && found.separation.areaUnderROC == 0 && !found.separation.failuresLieAbove)
        #expect((0.05..<0.06).contains(found.separation.cut) && found.qValue == found.pValue * 21)
    }

    @Test("Failures by chance are nobody's, as often as the rate says")
    func chance() throws {
        var studies = 0
        for seed in 0..<40 as Range<UInt64> {
            var random = CounterRandom(seed: seed, key: [1])
            let inputs = (0..<4).map { number in
                // One of them has three values.
                (0..<150).map { _ in number == 0 ? Double(random.below(3)) : random.openUnit() }
            }
            let outcomes = (0..<150).map { _ in random.openUnit() < 0.15 ? RunOutcome.fail : .pass }
            var settings = Separators.Settings()
            settings.falseDiscoveryRate = 0.1
            let report = try Separators.find(inputs: inputs, outcomes: outcomes, settings: settings)
            if report.inputs.contains(where: \.isDiscovery) || report.pairs.contains(where: \.isDiscovery) { studies += 1 }
        }
        // At most 4 expected; 10 or more has a probability below 1 in 100.
        #expect(studies < 10)
    }

    @Test("The second of two correlated inputs makes no pair with the one that acts")
    func correlated() throws {
        var random = CounterRandom(seed: 8)
        func normal() -> Double { NormalDistribution.quantile(random.openUnit()) }
        let first = (0..<800).map { _ in normal() }
        let second = first.map { 0.8 * $0 + 0.6 * normal() }
        let third = first.map { _ in normal() }
        let report = try Separators.find(
            inputs: [first, second, third, first], outcomes: first.map { $0 > 1.5 ? .fail : .pass })
        #expect(report.pairs.allSatisfy { !$0.isDiscovery })
        #expect(report.inputs.filter(\.isDiscovery).map(\.input) == [0, 3, 1])
    }

    @Test("Missing runs are counted both ways, and take away what rests on them")
    func missing() throws {
        var (inputs, outcomes) = Self.study(seed: 5) { $0[2] < 0.03 }
        for run in outcomes.indices where (0.03..<0.05).contains(inputs[2][run]) { outcomes[run] = .missing }
        let clear = try Separators.find(inputs: inputs, outcomes: outcomes)
        let found = try #require(clear.inputs.first)
        #expect(found.input == 2 && found.isDiscovery && clear.missing == outcomes.count { $0 == .missing })
        #expect(found.ifMissingFailed!.distance == 1)
        #expect(found.ifMissingPassed!.distance == 1 && found.ifMissingPassed!.cut < found.ifMissingFailed!.cut)

        // So many missing runs that failures would lie on the other side, had all of them failed.
        for run in outcomes.indices where inputs[2][run] > 0.3 && run % 2 == 0 { outcomes[run] = .missing }
        let doubtful = try Separators.find(inputs: inputs, outcomes: outcomes)
        let doubted = try #require(doubtful.inputs.first { $0.input == 2 })
        #expect(doubted.qValue < 0.05 && !doubted.separation.failuresLieAbove)
        #expect(doubted.ifMissingFailed!.failuresLieAbove && !doubted.isDiscovery)
    }

    @Test("Pending runs are left out")
    func pending() throws {
        var (inputs, outcomes) = Self.study(seed: 5) { $0[2] < 0.06 }
        let whole = try Separators.find(inputs: inputs, outcomes: outcomes).inputs[0]
        for input in inputs.indices { inputs[input] += [0.01, 0.5] }
        outcomes += [.pending, .pending]
        let report = try Separators.find(inputs: inputs, outcomes: outcomes)
        #expect(report.inputs[0].separation == whole.separation && report.missing == 0)
    }

    @Test("With fewer than five failures only single inputs are tested, and inputs that never change are not")
    func few() throws {
        var (inputs, outcomes) = Self.study(seed: 5) { _ in false }
        for run in 0..<4 { outcomes[run] = .fail }
        inputs[0] = inputs[0].map { _ in 1 }
        let report = try Separators.find(inputs: inputs, outcomes: outcomes)
        #expect(report.tested == 5 && report.pairs.isEmpty && report.failed == 4)
        #expect(!report.inputs.map(\.input).contains(0))
    }

    @Test("What cannot be compared is named")
    func failures() {
        func failure(_ inputs: [[Double]], _ outcomes: [RunOutcome]) -> Separators.Failure? {
            do throws(Separators.Failure) {
                _ = try Separators.find(inputs: inputs, outcomes: outcomes)
                return nil
            } catch { return error }
        }
        #expect(failure([[1, 2], [3]], [.fail, .pass]) == .unequalLengths(input: 1))
        #expect(failure([[1, .infinity]], [.fail, .pass]) == .notFinite(input: 0, run: 1))
        #expect(failure([[1, 2]], [.missing, .pass]) == .oneClass)
        #expect(failure([[1, 2]], [.fail, .missing]) == .oneClass)
    }
}
