import Testing

@testable import Statistics

@Suite("Sobol' indices of a Saltelli design")
struct SobolIndicesTests {
    @Test("Indices are SALib's on the same runs, intervals as wide, and of many runs near the true values")
    func salib() async throws {
        let questions: [[Double]] = [[512, 0, 400], [512, 1, 400], [4096, 0, 2]]
        let answers = try await SensitivityReference.ask(questions.map { .init("sobol_indices", $0) })
        for (secondOrder, expected) in zip([false, true], answers) {
            var settings = SobolIndices.Settings()
            settings.replicates = 400
            let found = try SobolIndices(
                outputs: expected["outputs"]![0], inputs: 3, secondOrder: secondOrder, settings: settings)
            #expect(found.blocks == 512 && found.incompleteBlocks == 0)
            try compare(found.firstOrder, expected["first"]!)
            try compare(found.totalOrder, expected["total"]!)
            #expect(found.secondOrder.map(\.inputs).elementsEqual(secondOrder ? [(0, 1), (0, 2), (1, 2)] : [], by: ==))
            if secondOrder { try compare(found.secondOrder.map(\.index), expected["second"]!) }
        }
        let many = try SobolIndices(outputs: answers[2]["outputs"]![0], inputs: 3, settings: Self.withoutIntervals)
        for input in 0..<3 {
            #expect(abs(many.firstOrder[input].value - Ishigami.firstOrder[input]) < 0.01)
            #expect(abs(many.totalOrder[input].value - Ishigami.totalOrder[input]) < 0.01)
        }
        #expect(many.firstOrder[0].interval == nil)
    }

    private static let withoutIntervals: SobolIndices.Settings = {
        var settings = SobolIndices.Settings()
        settings.replicates = 0
        return settings
    }()

    /// - Parameter rows: SALib's indices, and half the widths of their normal 95 % intervals.
    private func compare(_ found: [ResampledEstimate], _ rows: [[Double]]) throws {
        expectAgreement(found.map(\.value), rows[0], within: 1e-10, least: 0.1)
        for (estimate, half) in zip(found, rows[1]) {
            let interval = try #require(estimate.interval)
            // Both come from 400 random resamples.
            #expect((0.75...1.33).contains(interval.width / 2 / half), "\(estimate) beside ± \(half)")
            #expect((0.8...1.25).contains(1.96 * estimate.standardError! / half))
            #expect(interval.contains(estimate.value))
        }
    }

    @Test("A block with a missing run is left out as a whole")
    func missing() throws {
        var random = CounterRandom(seed: 3)
        let outputs = (0..<64 * 5).map { _ in random.openUnit() }
        let whole = try SobolIndices(outputs: outputs, inputs: 3)
        var gaps: [Double] = []
        for gap in [0, 2, 4] {
            var block = Array(outputs[..<5])
            block[gap] = gap == 2 ? .infinity : .nan
            gaps += block
        }
        var found = try SobolIndices(outputs: gaps + outputs, inputs: 3)
        #expect((found.blocks, found.incompleteBlocks) == (64, 3))
        found.incompleteBlocks = 0
        #expect(found == whole)
    }

    @Test("What cannot be analysed is named")
    func failures() {
        func failure(_ outputs: [Double], inputs: Int = 2, secondOrder: Bool = false) -> SobolIndices.Failure? {
            do throws(SobolIndices.Failure) {
                _ = try SobolIndices(outputs: outputs, inputs: inputs, secondOrder: secondOrder)
                return nil
            } catch { return error }
        }
        #expect(failure([1, 2, 3, 4, 5]) == .partOfABlock(runsInBlock: 4))
        #expect(failure([1, 2, 3, 4, 5], secondOrder: true) == .partOfABlock(runsInBlock: 6))
        #expect(failure([1, 2, 3, 4, .nan, 6, 7, 8]) == .tooFewBlocks)
        #expect(failure([Double](repeating: 0.1, count: 8)) == .constantOutput)
        #expect(failure([], inputs: 0) == .settings)
    }
}
