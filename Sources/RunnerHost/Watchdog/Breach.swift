package import LynxModel

/// The reason for killing a run: the first stopping condition that its telemetry met, or that could not be evaluated.
package struct Breach: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// The condition holds.
        case threshold
        /// The value is infinite or not a number.
        case nonFinite
        /// The condition's threshold has other units than the value, so that the two cannot be compared.
        case unitsMismatch
    }

    package let kind: Kind
    /// The condition that was met, or could not be evaluated.
    package let condition: StoppingCondition
    /// The units of the value.
    package let units: String
    package let value: Double
    /// The sample's time in simulated seconds since the start of the run.
    package let simTime: Double

    /// One line for the job's result. It is computed on demand, as nothing should delay the kill.
    package var message: String { "early termination '\(condition.name)': \(finding)" }

    package var description: String { message }

    private var finding: String {
        let measured = "\(condition.variable) = \(quantity(value, units))"
        let time = "at t = \(quantity(simTime, "s"))"
        return switch kind {
        case .threshold: "\(measured) \(condition.operator.symbol) \(quantity(condition.threshold, condition.units)) \(time)"
        case .nonFinite: "\(measured) is not a finite number \(time)"
        case .unitsMismatch:
            "\(condition.variable) is reported \(units.isEmpty ? "without units" : "in '\(units)'")"
                + ", but the condition's threshold is in '\(condition.units)'"
        }
    }
}

/// A number in its shortest exact form, with its units if it has any: `6371 km`, `0.1`.
func quantity(_ value: Double, _ units: String) -> String {
    var number = value.description
    if number.hasSuffix(".0") { number.removeLast(2) }
    return units.isEmpty ? number : "\(number) \(units)"
}
