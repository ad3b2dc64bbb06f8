import Testing

@testable import Statistics

@Suite("What drives an output")
struct DriversTests {
    private static func values(_ drivers: [Drivers.Driver], _ kind: KeyPath<Drivers.Driver, ResampledEstimate?>) -> [Double] {
        drivers.sorted { $0.input < $1.input }.map { $0[keyPath: kind]?.value ?? .nan }
    }

    private static let realData = ["fair", "copper", "star98"]
    private static let answers = Task {
        try await SensitivityReference.ask(realData.map { .init("drivers", dataset: $0) })
    }

    @Test("Measures of real data are those of scipy, OpenTURNS and statsmodels", arguments: realData.indices)
    func measures(number: Int) async throws {
        let expected = try await Self.answers.value[number]
        let columns = try #require(expected["columns"])
        let ranking = try Drivers.rank(
            inputs: Array(columns.dropLast()), output: columns[columns.count - 1], settings: .withoutIntervals)
        let drivers = ranking.drivers
        expectAgreement(Self.values(drivers, \.spearman), expected["spearman"]![0], within: 1e-12, least: 1)
        expectAgreement(Self.values(drivers, \.partialRankCorrelation), expected["partial_rank"]![0], within: 1e-9, least: 1)
        expectAgreement(Self.values(drivers, \.regression), expected["regression"]![0], within: 1e-9, least: 1)
        expectAgreement(Self.values(drivers, \.rankRegression), expected["rank_regression"]![0], within: 1e-9, least: 1)
        expectAgreement([ranking.rSquared!, ranking.rankRSquared!], expected["determination"]![0], within: 1e-10)
        // Where inputs repeat, the mean over random orders of equal rows; else the value itself.
        let orders = expected["shuffled_first_order"]!
        for (value, (mean, error)) in zip(Self.values(drivers, \.firstOrder), zip(orders[0], orders[1])) {
            #expect(abs(value - mean) < 4 * error + 1e-12, "\(value) in place of \(mean) ± \(error)")
        }
    }

    @Test("PAWN indices of real data are SALib's, and by value where there are few values")
    func pawn() async throws {
        let (ofSurvey, ofSchools) = (try await Self.answers.value[0], try await Self.answers.value[2])
        let schools = ofSchools["columns"]!
        let distinct = try Drivers.rank(
            inputs: Array(schools.dropLast()), output: schools[schools.count - 1], settings: .withoutIntervals
        ).drivers.sorted { $0.input < $1.input }
        for driver in distinct {
            // SALib leaves out the largest value, which is right only where it is not repeated.
            let column = schools[driver.input].sorted()
            guard column[column.count - 1] != column[column.count - 2] else { continue }
            let slices = driver.pawnOfSlices
            let summary = [
                driver.pawn!.value, slices.min()!, slices.max()!, slices.reduce(0, +) / Double(slices.count),
            ]
            expectAgreement(summary, ofSchools["pawn"]!.map { $0[driver.input] }, within: 1e-12)
        }
        let survey = ofSurvey["columns"]!
        let repeated = try Drivers.rank(
            inputs: Array(survey.dropLast()), output: survey[survey.count - 1], settings: .withoutIntervals
        ).drivers.sorted { $0.input < $1.input }
        for driver in repeated {
            expectAgreement(driver.pawnOfSlices.sorted(), ofSurvey["pawn_of_values"]![driver.input], within: 1e-12)
        }
    }

    @Test("First-order indices of distinct values are OpenTURNS'")
    func firstOrder() async throws {
        let (inputs, output) = Ishigami.study(runs: 500, seed: 8)
        let expected = try await SensitivityReference.ask(.init("drivers", columns: inputs + [output]))
        let drivers = try Drivers.rank(inputs: inputs, output: output, settings: .withoutIntervals).drivers
        // OpenTURNS divides by the variance with n − 1, the paper by that with n.
        let ofPaper = expected["first_order"]![0].map { $0 * 500 / 499 }
        expectAgreement(Self.values(drivers, \.firstOrder), ofPaper, within: 1e-12, least: 0.1)
    }

    @Test("Ishigami's inputs come in their order, and the one that acts through another is told from one without effect")
    func ishigami() throws {
        var (inputs, output) = Ishigami.study(runs: 1_000, seed: 1)
        inputs.insert(Ishigami.study(runs: 1_000, seed: 2).inputs[0], at: 0)
        var settings = Drivers.Settings()
        settings.replicates = 20
        let ranking = try Drivers.rank(inputs: inputs, output: output, settings: settings)
        #expect(ranking.drivers.map(\.input) == [2, 1, 3, 0])
        #expect(ranking.drivers.map(\.isDetected) == [true, true, true, false])
    }

    @Test("Intervals hold a known correlation, and Ishigami's first-order index, as often as they say")
    func coverage() throws {
        var held = (correlation: 0, index: 0)
        var settings = Drivers.Settings()
        settings.replicates = 60
        settings.confidence = 0.9
        for seed in 0..<60 as Range<UInt64> {
            var random = CounterRandom(seed: seed, key: [77])
            func normal() -> Double { NormalDistribution.quantile(random.openUnit()) }
            let x = (0..<60).map { _ in normal() }
            let line = try Drivers.rank(inputs: [x], output: x.map { 0.6 * $0 + 0.8 * normal() }, settings: settings)
            // The standardised coefficient of a single input is the correlation.
            if try #require(line.drivers[0].regression?.interval).contains(0.6) { held.correlation += 1 }
            let (inputs, output) = Ishigami.study(runs: 150, seed: seed)
            let curve = try Drivers.rank(inputs: [inputs[0]], output: output, settings: settings)
            if try #require(curve.drivers[0].firstOrder?.interval).contains(Ishigami.firstOrder[0]) { held.index += 1 }
        }
        // 54 expected of each; fewer than 46 have a probability below 1 in 200. Intervals of the index may be a little wide.
        #expect((46..<60).contains(held.correlation) && (46...60).contains(held.index), "\(held) of 60")
    }

    @Test("An input whose slices are of very different sizes is not detected for that")
    func rareClass() throws {
        var settings = Drivers.Settings.withoutIntervals
        settings.confidence = 0.9
        var detected = 0
        for seed in 0..<40 as Range<UInt64> {
            var random = CounterRandom(seed: seed, key: [5])
            let rare = (0..<200).map { $0 < 3 ? 1.0 : 0 }
            let ranking = try Drivers.rank(inputs: [rare], output: rare.map { _ in random.openUnit() }, settings: settings)
            #expect(ranking.drivers[0].pawnOfSlices.count == 2)
            if ranking.drivers[0].isDetected { detected += 1 }
        }
        // One in 60 studies is expected to have its index above the level.
        #expect(detected <= 3)
    }

    @Test("Runs without an answer are left out and counted")
    func missing() throws {
        var (inputs, output) = Ishigami.study(runs: 300, seed: 4)
        let complete = try Drivers.rank(inputs: inputs, output: output, settings: .withoutIntervals)
        for (place, value) in [(7, Double.nan), (0, .infinity), (200, -.infinity)] {
            for input in inputs.indices { inputs[input].insert(0.1, at: place) }
            output.insert(value, at: place)
        }
        var gaps = try Drivers.rank(inputs: inputs, output: output, settings: .withoutIntervals)
        #expect((gaps.missing, gaps.rows) == (3, 300))
        gaps.missing = 0
        #expect(gaps == complete)
    }

    @Test("An input that never changes has no measures and comes last; a copy of another has no coefficients")
    func degenerate() throws {
        let (inputs, output) = Ishigami.study(runs: 200, seed: 4)
        let constant = [Double](repeating: 3.3, count: 200)
        var settings = Drivers.Settings()
        settings.replicates = 10
        let ranking = try Drivers.rank(
            inputs: [constant, inputs[0], inputs[1], inputs[0].map { 1 - 2 * $0 }], output: output, settings: settings)
        let drivers = ranking.drivers.sorted { $0.input < $1.input }
        #expect(ranking.drivers[3].input == 0)
        #expect(drivers[0].spearman == nil && drivers[0].firstOrder == nil && drivers[0].pawn == nil && !drivers[0].isDetected)
        #expect(drivers[1].regression != nil && drivers[3].regression == nil && drivers[3].partialRankCorrelation == nil)
        #expect(abs(drivers[3].spearman!.value + drivers[1].spearman!.value) < 1e-12)
    }

    @Test("With as many inputs as runs there is no regression, but everything else")
    func wide() throws {
        var random = CounterRandom(seed: 6)
        let inputs = (0..<9).map { _ in (0..<10).map { _ in random.openUnit() } }
        let ranking = try Drivers.rank(inputs: inputs, output: inputs[3], settings: .withoutIntervals)
        #expect(ranking.rSquared == nil && ranking.drivers.allSatisfy { $0.regression == nil })
        #expect(ranking.drivers[0].input == 3 && ranking.drivers[0].spearman?.value == 1)
    }

    @Test("An exact linear model is explained entirely, at any scale")
    func exact() throws {
        var random = CounterRandom(seed: 7)
        let inputs = [1e-200, 1, 1e150].map { scale in (0..<50).map { _ in scale * (random.openUnit() + 1000) } }
        let output = (0..<50).map { 3 * inputs[1][$0] - 2e200 * inputs[0][$0] }
        let ranking = try Drivers.rank(inputs: inputs, output: output, settings: .withoutIntervals)
        #expect(abs(ranking.rSquared! - 1) < 1e-9)
        let driver = try #require(ranking.drivers.first { $0.input == 2 })
        #expect(abs(driver.regression!.value) < 1e-9)
    }

    @Test("The same seed gives the same intervals, another one others")
    func seeds() throws {
        let (inputs, output) = Ishigami.study(runs: 100, seed: 4)
        var settings = Drivers.Settings()
        settings.replicates = 10
        let first = try Drivers.rank(inputs: inputs, output: output, settings: settings)
        #expect(try Drivers.rank(inputs: inputs, output: output, settings: settings) == first)
        settings.seed = 1
        let other = try Drivers.rank(inputs: inputs, output: output, settings: settings)
        #expect(Self.values(other.drivers, \.firstOrder) == Self.values(first.drivers, \.firstOrder))
        #expect(other != first)
    }

    @Test("What cannot be analysed is named")
    func failures() {
        func failure(
            _ inputs: [[Double]], _ output: [Double], _ settings: Drivers.Settings = .withoutIntervals
        ) -> Drivers.Failure? {
            do throws(Drivers.Failure) {
                _ = try Drivers.rank(inputs: inputs, output: output, settings: settings)
                return nil
            } catch { return error }
        }
        #expect(failure([[1, 2, 3, 4], [1, 2, 3]], [1, 2, 3, 5]) == .unequalLengths(input: 1))
        #expect(failure([[1, 2, .nan, 4]], [1, 2, 3, 5]) == .notFinite(input: 0, run: 2))
        #expect(failure([[1, 2, 3, 4]], [1, 2, 3, .nan]) == .tooFewRows)
        #expect(failure([[1, 2, 3, 4]], [7, 7, 7, 7]) == .constantOutput)
        var settings = Drivers.Settings()
        settings.slices = 1
        #expect(failure([[1, 2, 3, 4]], [1, 2, 3, 5], settings) == .settings)
    }

    @Test("Several outputs are ranked as each by itself, whichever runs lack one")
    func several() throws {
        var (inputs, output) = Ishigami.study(runs: 300, seed: 5)
        var gaps = output
        for run in [3, 77] { gaps[run] = .nan }
        output[0] = 1
        let outputs = [output, inputs[0], gaps, [Double](repeating: 1, count: 300), output]
        let found = Drivers.rank(inputs: inputs, outputs: outputs, settings: .withoutIntervals)
        #expect(found.count == 5)
        for (ranking, output) in zip(found, outputs) where output != outputs[3] {
            #expect(try ranking.get() == Drivers.rank(inputs: inputs, output: output, settings: .withoutIntervals))
        }
        #expect(throws: Drivers.Failure.constantOutput) { try found[3].get() }
        inputs[1][9] = .nan
        #expect(Drivers.rank(inputs: inputs, outputs: [output]).count == 1)
    }
}

extension Drivers.Settings {
    static var withoutIntervals: Self {
        var settings = Self()
        settings.replicates = 0
        return settings
    }
}
