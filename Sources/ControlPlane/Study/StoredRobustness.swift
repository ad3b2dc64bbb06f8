import LynxModel
import LynxTelemetry
import TemporalLogic

extension Ledger {
    /// Puts the robustness of formulas into a study that came without it, from the telemetry that is stored. A series that was
    /// thinned is judged as it is kept.
    func addRobustness(of requirements: [RequirementSpec], to table: inout StudyTable) async throws {
        let config = try await plan(batchID: table.batchID).submission.config
        for requirement in requirements {
            guard let text = requirement.formula, config.formulas?[requirement.robustnessOutput] != text, let formula = try? Formula(text) else {
                continue
            }
            table.add(StudyTable.Output(
                name: requirement.robustnessOutput, units: "", values: try await robustness(of: formula, in: table)))
        }
    }

    private func robustness(of formula: Formula, in table: StudyTable) async throws -> [Double] {
        var values = Array(repeating: Double.nan, count: table.total)
        var next: Int? = 0
        while let first = next {
            let page = try await attemptsWithTelemetry(batchID: table.batchID, runs: first..<table.total)
            for (key, attempt, _) in page.attempts where table.states[key.runIndex] == .completed {
                let series = try await series(key, attempt: attempt, variables: Set(formula.variables))
                let trace = series.filter { !$0.value.values.isEmpty }.mapValues { Signal(times: $0.timeS, values: $0.values) }
                if let evaluation = try? formula.evaluate(on: trace) { values[key.runIndex] = evaluation.signedRobustness }
            }
            next = page.next
            try Task.checkCancellation()
        }
        return values
    }
}
