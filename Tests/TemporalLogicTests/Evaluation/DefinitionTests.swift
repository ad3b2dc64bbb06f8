import Testing
@testable import TemporalLogic

@Suite("Formulas by their definitions")
struct DefinitionTests {
    @Test("Robustness and truth are those of the definitions at every time, also where they are 0", arguments: 0..<40)
    func everywhere(seed: UInt64) throws {
        var random = RandomFormulas(seed: seed)
        for number in 0..<25 {
            let trace = random.trace()
            let formula = random.formula(depth: 1 + number % 3)
            let grid = GridSemantics(formula, trace)
            let expected = grid.values(of: formula)

            let evaluation = try formula.evaluate(on: trace)
            #expect(evaluation.start == grid.start)
            #expect(evaluation.robustness == expected[0].robustness, "\(formula) on \(trace)")
            #expect(evaluation.isSatisfied == expected[0].holds, "\(formula) on \(trace)")

            let degrees = try Evaluator(formula, trace).degrees(of: formula, .all)
            var step = 0
            for (index, value) in expected.enumerated() {
                while step + 1 < degrees.count, degrees.times[step + 1] <= grid.time(index) { step += 1 }
                let degree = degrees.values[step]
                guard degree.robustness == value.robustness, degree.isSatisfied == value.holds else {
                    Issue.record("\(formula) on \(trace) at \(grid.time(index)) is \(degree.robustness), not \(value)")
                    break
                }
            }
        }
    }

    @Test("A variable's changes beyond the horizon change nothing", arguments: 0..<40)
    func horizon(seed: UInt64) throws {
        var random = RandomFormulas(seed: 1000 + seed)
        for number in 0..<25 {
            var trace = random.trace()
            let formula = random.formula(depth: 1 + number % 3)
            let before = try formula.evaluate(on: trace)
            let later = before.start + formula.horizon
            for name in formula.variables where later < .infinity {
                let kept = trace[name]!.times.prefix { $0 <= later }
                trace[name] = Signal(times: kept + [later + 0.25], values: trace[name]!.values.prefix(kept.count) + [.nan])
            }
            let after = try formula.evaluate(on: trace)
            #expect(after.robustness == before.robustness && after.isSatisfied == before.isSatisfied, "\(formula)")
        }
    }
}
