import LynxDocument

/// What is wrong with a requirement in the light of the rest of a batch.
package struct RequirementProblem: Hashable, Sendable {
    /// Of `config`.
    package var field: String
    /// Of the item in the field's list.
    package var index: Int?
    package var message: String
}

extension BatchConfig {
    /// Requirements that no run could be judged by, and a rule of stopping that nothing would decide.
    var requirementProblems: [RequirementProblem] {
        var problems = problems(of: requirements ?? [])
        if monteCarlo.samplingMethod == .subsetSimulation, !(requirements ?? []).isEmpty {
            problems.append(.init(
                field: "requirements",
                message: "are about the share of all runs, and subset_simulation runs ever more of those that nearly fail; leave them out, or give another sampling_method"))
        }
        if stop != nil {
            if (requirements ?? []).isEmpty {
                problems.append(.init(field: "stop", message: "has no requirements that could be decided; give 'requirements'"))
            }
            if monteCarlo.samplingMethod != .monteCarlo {
                let method = monteCarlo.samplingMethod.rawValue
                problems.append(.init(
                        field: "stop",
                        message: "takes independent runs, which those of \(method) are not; give monte_carlo.sampling_method: monte_carlo"))
            }
        }
        return problems
    }

    /// What is wrong with requirements of this batch, which may also come after it has run.
    package func problems(of requirements: [RequirementSpec]) -> [RequirementProblem] {
        requirements.enumerated().compactMap { index, requirement in
            problem(of: requirement).map { RequirementProblem(field: "requirements", index: index, message: $0) }
        }
    }

    private func problem(of requirement: RequirementSpec) -> String? {
        if let output = requirement.output, let outputs {
            guard let spec = outputs[output] else {
                let remedy = Suggestion.closest(to: output, among: Array(outputs.keys)).map { "did you mean '\($0)'?" }
                    ?? "its outputs are \(outputs.keys.sorted().prefix(10).joined(separator: ", "))"
                return "\(Excerpt.quoted(output)) is not an output of the batch; \(remedy)"
            }
            if !requirement.units.isEmpty, !spec.units.isEmpty, requirement.units != spec.units {
                return "is in \(Excerpt.quoted(requirement.units)), and output \(Excerpt.quoted(output)) in \(Excerpt.quoted(spec.units)); give both in the same units"
            }
        }
        if let condition = requirement.noBreach, condition != RequirementSpec.anyCondition {
            let names = earlyTermination.conditions.map(\.name)
            if !names.contains(condition) {
                let remedy = Suggestion.closest(to: condition, among: names).map { "did you mean '\($0)'?" }
                    ?? (names.isEmpty ? "it has none; give 'early_termination'" : "they are \(names.prefix(10).joined(separator: ", "))")
                return "\(Excerpt.quoted(condition)) is not a stopping condition of the batch; \(remedy)"
            }
        }
        if requirement.noBreach != nil, !earlyTermination.enabled {
            return "no run can breach a condition, because early_termination is not enabled; give early_termination.enabled: true"
        }
        return nil
    }
}
