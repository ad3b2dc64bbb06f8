import Testing

@testable import Statistics

@Suite("The probability of a breach against simulated time")
struct SurvivalTests {
    private static func times(_ times: [Double], _ causes: [Double]) throws -> BreachTimes {
        try BreachTimes(
            zip(times, causes).map { .init(time: $0, cause: $1 > 0 ? Int($1) - 1 : nil) }, causes: max(Int(causes.max() ?? 1), 1))
    }

    @Test("Kaplan and Meier's estimate of real data is that of statsmodels and scipy, with scipy's intervals")
    func heart() async throws {
        let confidences = [0.95, 0.5]
        let answers = try await SensitivityReference.ask(confidences.map { .init("kaplan_meier", [$0], dataset: "heart") })
        for (confidence, expected) in zip(confidences, answers) {
            let columns = try #require(expected["columns"])
            let times = try Self.times(columns[0], columns[1])
            for (scale, name) in [(Survival.IntervalScale.logLog, "log_log"), (.plain, "plain")] {
                let steps = try Survival.kaplanMeier(times, confidence: confidence, scale: scale).known.steps
                #expect(steps.map(\.time) == expected["times"]![0])
                #expect(steps.map { Double($0.atRisk) } == expected["at_risk"]![0])
                #expect(steps.map { Double($0.breaches) } == expected["breaches"]![0])
                for row in expected["probability"]! { expectAgreement(steps.map(\.probability), row, within: 1e-12) }
                expectAgreement(steps.map { $0.standardError! }, expected["error"]![0], within: 1e-12)
                let limits = expected[name]!
                expectAgreement(steps.map(\.interval.lower), limits[0], within: 1e-9, least: 1e-3)
                expectAgreement(steps.map(\.interval.upper), limits[1], within: 1e-9, least: 1e-3)
            }
        }
    }

    @Test("The cumulative incidence of each cause is statsmodels', and all together are Kaplan and Meier's probability")
    func causes() async throws {
        var random = CounterRandom(seed: 2)
        let times = (0..<300).map { _ in Double(random.below(60)) }
        // As many end without a breach; the last time is one of those.
        let causes = times.map { $0 == 59 ? 0 : Double(random.below(4)) }
        let expected = try await SensitivityReference.ask(.init("cumulative_incidence", columns: [times, causes]))
        let breachTimes = try Self.times(times, causes)
        let curves = try Survival.cumulativeIncidence(breachTimes).map(\.known)
        #expect(curves.count == 3)
        for (cause, curve) in curves.enumerated() {
            let places = curve.steps.map { step in expected["times"]![0].firstIndex(of: step.time)! }
            expectAgreement(curve.steps.map(\.probability), places.map { expected["probability"]![cause][$0] }, within: 1e-12)
            expectAgreement(curve.steps.map { $0.standardError! }, places.map { expected["error"]![cause][$0] }, within: 1e-9)
            for step in curve.steps { #expect(step.interval.lower > 0 && step.interval.contains(step.probability)) }
        }
        let all = try Survival.kaplanMeier(breachTimes).known
        for time in [0.0, 10.5, 30, 59] {
            let sum = curves.reduce(0) { $0 + $1.probability(at: time)!.value }
            #expect(abs(sum - all.probability(at: time)!.value) < 1e-12)
        }
    }

    @Test("With one cause the cumulative incidence is Kaplan and Meier's probability, with Greenwood's error")
    func oneCause() throws {
        var random = CounterRandom(seed: 4)
        let runs = (0..<50).map { _ in BreachTimes.Run(time: random.openUnit(), cause: random.openUnit() < 0.6 ? 0 : nil) }
        let times = try BreachTimes(runs + [.init(time: 2, cause: nil)])
        let incidence = try Survival.cumulativeIncidence(times)[0].known.steps
        let product = try Survival.kaplanMeier(times).known.steps
        expectAgreement(incidence.map(\.probability), product.map(\.probability), within: 1e-12)
        expectAgreement(incidence.map { $0.standardError! }, product.map { $0.standardError! }, within: 1e-9)
    }

    @Test("Before the first breach the limit is Clopper and Pearson's for the runs still at risk")
    func noBreach() throws {
        let times = try BreachTimes((0..<100).map { .init(time: $0 < 60 ? 10 : 20, cause: nil) })
        let curve = try Survival.kaplanMeier(times).known
        #expect(curve.steps.isEmpty)
        let early = try #require(curve.probability(at: 10))
        #expect(early.value == 0 && abs(early.interval.upper - 0.036217) < 1e-6)
        let late = try #require(curve.probability(at: 15))
        #expect(abs(late.interval.upper - 0.088097) < 1e-6)
        #expect(curve.probability(at: 20.5) == nil)
    }

    @Test("A curve holds from one breach to the next, and runs that end with a breach are at risk of it")
    func steps() throws {
        let times = try BreachTimes([
            .init(time: 1, cause: nil), .init(time: 3, cause: 0), .init(time: 3, cause: nil), .init(time: 5, cause: nil),
        ])
        let curve = try Survival.kaplanMeier(times).known
        #expect(curve.steps.count == 1 && curve.steps[0].atRisk == 3)
        #expect(curve.probability(at: 2.9)!.value == 0)
        #expect(abs(curve.probability(at: 3)!.value - 1.0 / 3) < 1e-15)
        #expect(curve.probability(at: 5)!.value == curve.probability(at: 3)!.value)
        #expect([0.0, 1, 3, 3.5].map(curve.atRisk(at:)) == [4, 4, 3, 1])
    }

    @Test("Where every run has breached the probability is 1, and its interval ends there")
    func allBreached() throws {
        let times = try BreachTimes((1...5).map { .init(time: Double($0), cause: 0) })
        for scale in Survival.IntervalScale.allCases {
            let last = try #require(try Survival.kaplanMeier(times, scale: scale).known.steps.last)
            #expect(last.probability == 1 && last.standardError == nil)
            #expect(last.interval.upper == 1 && last.interval.lower > 0.3 && last.interval.lower < 1)
        }
        let atOnce = try Survival.kaplanMeier(BreachTimes([.init(time: 1, cause: 0), .init(time: 1, cause: 0)])).known
        // Clopper and Pearson's 95 % limit for two of two.
        #expect(abs(atOnce.steps[0].interval.lower - 0.025.squareRoot()) < 1e-9)
    }

    @Test("Missing runs bound the curve from both sides")
    func missing() throws {
        let runs = (0..<98).map { BreachTimes.Run(time: $0 == 0 ? 5 : 10, cause: $0 == 0 ? 0 : nil) }
        let found = try Survival.kaplanMeier(BreachTimes(runs), missing: 2)
        #expect(found.missing == 2)
        #expect(abs(found.known.probability(at: 10)!.value - 1.0 / 98) < 1e-15)
        #expect(abs(found.ifMissingBreached.probability(at: 10)!.value - 3.0 / 100) < 1e-15)
        #expect(abs(found.ifMissingBreached.probability(at: 0)!.value - 2.0 / 100) < 1e-15)
        #expect(abs(found.ifMissingDidNot.probability(at: 10)!.value - 1.0 / 100) < 1e-15)
        let causes = try Survival.cumulativeIncidence(BreachTimes(runs, causes: 2), missing: 2)
        #expect(abs(causes[1].ifMissingBreached.probability(at: 10)!.value - 2.0 / 100) < 1e-15)
        #expect(causes[1].known.steps.isEmpty)
    }

    @Test("What is no breach time is named")
    func failures() {
        func failure(_ runs: [BreachTimes.Run], causes: Int = 1) -> BreachTimes.Failure? {
            do throws(BreachTimes.Failure) {
                _ = try BreachTimes(runs, causes: causes)
                return nil
            } catch { return error }
        }
        #expect(failure([]) == .noRuns)
        #expect(failure([.init(time: 1, cause: 0), .init(time: .nan, cause: nil)]) == .run(1))
        #expect(failure([.init(time: 1, cause: 1)]) == .run(0))
        #expect(failure([.init(time: 1, cause: nil)], causes: 0) == .settings)
    }
}
