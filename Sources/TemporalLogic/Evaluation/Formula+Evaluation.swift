/// What a formula says of one run.
public struct Evaluation: Hashable, Sendable {
    /// The simulated time at which the formula was evaluated, in seconds: the first one at which all its variables had been
    /// sampled.
    public let start: Double
    /// The last simulated time, in seconds, at which all its variables were still sampled; from there on, last values are held.
    /// Where it lies before `start` plus the formula's horizon, further samples could have changed the result.
    public let end: Double
    /// By how much the formula is satisfied or, negative, violated: all variables might change by less, at all times, without
    /// changing that, where relations compare them with numbers. May be infinite.
    public let robustness: Double
    /// Whether the formula holds. A positive robustness says that it does, a negative one that it does not; where it is 0, the
    /// relations themselves decide: `x <= 5` holds where x is 5, and `x < 5` does not.
    public let isSatisfied: Bool
}

extension Formula {
    /// Evaluates the formula at the first time at which all its variables have been sampled; bounds count from there.
    ///
    /// - Between samples a variable keeps the value of the last one, and after its last sample for ever. A window that reaches
    ///   beyond the end, or lies there altogether, thus sees the last value.
    /// - Samples from before the first common time are not seen, except as the value that holds then; the windows of past
    ///   operators end there. One that lies before it altogether is empty: `once` is then −∞, `historically` +∞.
    /// - Both ends of a window belong to it. `until` asks of its first formula to hold up to the time at which the second does,
    ///   and at that time too.
    /// - x < y and x <= y have the robustness y − x, x == y has −|x − y|, x != y has |x − y|; `not` negates, `and` takes the
    ///   least, `or` the greatest.
    /// - Times are compared as the doubles they are: a sample at 0.1 + 0.2 lies outside of a window that ends at 0.3.
    ///
    /// That is what rtamt's dense-time offline monitor computes for signals that begin at 0. `iff` differs: rtamt takes
    /// −|p − q|, by which two formulas that both hold would fail to be equivalent; here it is both implications at once.
    ///
    /// The time taken is linear in the number of samples for each operator. Samples that cannot change the result are not read.
    ///
    /// - Throws: `EvaluationError` if a variable is missing, has no samples, has times that are out of order, or is not a number
    ///   where it is read, and if a quotient by zero or a difference of infinities is met.
    public func evaluate(on trace: Trace) throws(EvaluationError) -> Evaluation {
        let evaluator = try Evaluator(self, trace)
        let degree = try evaluator.degrees(of: self, .beginning([])).values[0]
        let end = variables.map { trace[$0]!.times.last! }.min() ?? evaluator.start
        return Evaluation(
            start: evaluator.start, end: max(evaluator.start, end), robustness: degree.robustness,
            isSatisfied: degree.isSatisfied)
    }

    /// The robustness alone; see `evaluate(on:)`.
    public func robustness(on trace: Trace) throws(EvaluationError) -> Double { try evaluate(on: trace).robustness }

    /// The robustness at every time from the first common one on; see `evaluate(on:)`. Values that repeat are left out.
    public func robustnessSignal(on trace: Trace) throws(EvaluationError) -> Signal {
        let degrees = try Evaluator(self, trace).degrees(of: self, .all)
        let steps = Steps<Double>.building(capacity: degrees.count) { append in
            for index in 0..<degrees.count { append(degrees.times[index], degrees.values[index].robustness) }
        }
        return Signal(times: steps.times, values: steps.values)
    }
}

extension Evaluation {
    /// The robustness as a finite number whose sign says exactly whether the formula holds, for where both have to fit into
    /// one number: a formula that does not hold with a robustness of 0 has the largest number below 0, and infinities become
    /// the largest finite numbers.
    public var signedRobustness: Double {
        let value = robustness == 0 && !isSatisfied ? -Double.leastNonzeroMagnitude : robustness
        return min(max(value, -Double.greatestFiniteMagnitude), .greatestFiniteMagnitude)
    }
}
