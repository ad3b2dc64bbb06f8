/// The samples of one telemetry variable.
public struct Signal: Hashable, Sendable {
    /// In simulated seconds, finite and not decreasing. Of several samples at one time the last counts.
    public var times: [Double]
    /// One for each time. Each holds from its time until the next, the last one for ever.
    public var values: [Double]

    /// Traps unless there are as many values as times.
    public init(times: [Double], values: [Double]) {
        precondition(times.count == values.count, "\(times.count) times for \(values.count) values")
        self.times = times
        self.values = values
    }
}

/// The telemetry of one run, by the variables' names. They need not be sampled at the same times.
public typealias Trace = [String: Signal]

/// Why a formula has no robustness on a trace.
public enum EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The trace has no variable of this name.
    case missingVariable(String)
    /// The variable was never sampled.
    case noSamples(of: String)
    /// The time of this sample, counted from 0, lies before that of the previous one, or is not finite.
    case unsortedTimes(of: String, index: Int)
    /// The variable is not a number from this time on.
    case notANumber(String, time: Double)
    /// A quotient by zero, or a difference of infinities, at this time.
    case undefined(Term, time: Double)

    /// One line.
    public var description: String {
        switch self {
        case .missingVariable(let name): "the run has no telemetry of \(Term.variable(name))"
        case .noSamples(let name): "the run has no sample of \(Term.variable(name))"
        case .unsortedTimes(let name, let index):
            "sample \(index) of \(Term.variable(name)) has a time that is not finite or lies before that of the previous one"
        case .notANumber(let name, let time): "\(Term.variable(name)) is not a number at \(time) s"
        case .undefined(let term, let time): "\(term) has no value at \(time) s"
        }
    }
}
