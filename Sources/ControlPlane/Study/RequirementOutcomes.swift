import LynxModel
import Statistics

extension StudyTable {
    /// What each run says of a requirement, by run index.
    ///
    /// A run that a stopping condition killed was cut short by what its author calls a failure: it fails every requirement but
    /// those on breaches, which ask for the condition by name. A run that failed otherwise, ran out of time or was lost gives
    /// no answer, nor does one without the output that is asked for. Runs cancelled after the last that ended were never part
    /// of the study; one cancelled between others gives no answer.
    func outcomes(for requirement: RequirementSpec) -> [RunOutcome] {
        let values = requirement.judgedOutput.flatMap { output($0)?.values }
        let last = states.lastIndex { $0 != .pending && $0 != .cancelled } ?? -1
        return (0..<total).map { run in
            switch states[run] {
            case .pending: return .pending
            case .cancelled: return run < last ? .missing : .pending
            case .failed, .unanswered: return .missing
            case .breached:
                guard let condition = requirement.noBreach, condition != RequirementSpec.anyCondition else { return .fail }
                return self.condition(of: run) == condition ? .fail : .missing
            case .completed:
                if requirement.noBreach != nil { return .pass }
                guard let value = values?[run], value.isFinite else { return .missing }
                return requirement.isSatisfied(by: value) ? .pass : .fail
            }
        }
    }
}

extension RequirementSpec {
    /// The output that it is judged by; nil if it is on breaches.
    var judgedOutput: String? { output ?? (formula == nil ? nil : robustnessOutput) }

    /// - Parameter value: of the output, or the robustness of the formula.
    fileprivate func isSatisfied(by value: Double) -> Bool {
        if formula != nil { return value >= 0 }
        guard let comparison, let threshold else { return true }
        return comparison.holds(value, threshold)
    }
}
