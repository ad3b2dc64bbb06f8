/// Computes step functions of terms and formulas over one trace.
struct Evaluator {
    private let trace: Trace
    /// The first time at which every variable of the formula has a value.
    let start: Double

    /// Checks the variables' samples.
    init(_ formula: Formula, _ trace: Trace) throws(EvaluationError) {
        var start = -Double.infinity
        for name in formula.variables {
            guard let signal = trace[name] else { throw .missingVariable(name) }
            guard let first = signal.times.first else { throw .noSamples(of: name) }
            if let index = Self.firstUnsorted(signal.times) { throw .unsortedTimes(of: name, index: index) }
            start = max(start, first)
        }
        self.trace = trace
        self.start = start.isFinite ? start : 0
    }

    /// Which samples are needed: all of them, or those that bear on the value at the beginning.
    enum Need {
        case all
        /// Those that the operators around a formula have seen by the beginning: by how much each shifts a sample's time to that
        /// of its entry into the operator's window, the innermost first.
        case beginning([Double])

        fileprivate func within(_ window: Steps<Degree>.Window) -> Need {
            guard case .beginning(let shifts) = self else { return .all }
            return .beginning([window.entering] + shifts)
        }
    }

    func degrees(of formula: Formula, _ need: Need) throws(EvaluationError) -> Steps<Degree> {
        switch formula {
        case .relation(let relation): return try degrees(of: relation, need)
        case .not(let operand): return try degrees(of: operand, need).negated
        case .and(let left, let right):
            return try degrees(of: left, need).merged(with: degrees(of: right, need)) { min($0, $1) }
        case .or(let left, let right):
            return try degrees(of: left, need).merged(with: degrees(of: right, need)) { max($0, $1) }
        case .implies(let left, let right):
            return try degrees(of: left, need).merged(with: degrees(of: right, need)) { max($0.negated, $1) }
        case .iff(let left, let right):
            return try degrees(of: left, need).merged(with: degrees(of: right, need)) { left, right in
                min(max(left.negated, right), max(left, right.negated))
            }
        case .always(let bounds, let operand):
            let window = Steps<Degree>.Window(ahead: bounds)
            return try degrees(of: operand, need.within(window)).minimum(over: window)
        case .eventually(let bounds, let operand):
            let window = Steps<Degree>.Window(ahead: bounds)
            return try degrees(of: operand, need.within(window)).maximum(over: window)
        case .until(let left, let bounds, let right):
            let need = need.within(Steps<Degree>.Window(ahead: bounds))
            return try degrees(of: left, need).until(bounds, degrees(of: right, need))
        case .historically(let bounds, let operand):
            let window = Steps<Degree>.Window(behind: bounds)
            return try degrees(of: operand, need.within(window)).minimum(over: window)
        case .once(let bounds, let operand):
            let window = Steps<Degree>.Window(behind: bounds)
            return try degrees(of: operand, need.within(window)).maximum(over: window)
        }
    }

    private func degrees(of relation: Relation, _ need: Need) throws(EvaluationError) -> Steps<Degree> {
        let (left, right) = (relation.left, relation.right)
        switch relation.symbol {
        case .less, .lessOrEqual:
            let isStrict = relation.symbol == .less
            return try values(of: .difference(right, left), need).map { Degree(margin: $0, isStrict: isStrict) }
        case .greater, .greaterOrEqual:
            let isStrict = relation.symbol == .greater
            return try values(of: .difference(left, right), need).map { Degree(margin: $0, isStrict: isStrict) }
        case .equal: return try values(of: .difference(left, right), need).map { Degree(margin: -abs($0), isStrict: false) }
        case .notEqual: return try values(of: .difference(left, right), need).map { Degree(margin: abs($0), isStrict: true) }
        }
    }

    private func values(of term: Term, _ need: Need) throws(EvaluationError) -> Steps<Double> {
        switch term {
        case .number(let value): return Steps(constant: value, from: start)
        case .variable(let name): return try samples(of: name, need)
        case .negated(let operand): return try values(of: operand, need).map { -$0 }
        case .absolute(let operand): return try values(of: operand, need).map { abs($0) }
        case .minimum(let left, let right):
            return try values(of: left, need).merged(with: values(of: right, need)) { min($0, $1) }
        case .maximum(let left, let right):
            return try values(of: left, need).merged(with: values(of: right, need)) { max($0, $1) }
        case .sum(let left, let right):
            return try defined(values(of: left, need).merged(with: values(of: right, need)) { $0 + $1 }, term)
        case .difference(let left, let right):
            return try defined(values(of: left, need).merged(with: values(of: right, need)) { $0 - $1 }, term)
        case .product(let left, let right):
            return try defined(values(of: left, need).merged(with: values(of: right, need)) { $0 * $1 }, term)
        case .quotient(let left, let right):
            return try defined(values(of: left, need).merged(with: values(of: right, need)) { $1 == 0 ? .nan : $0 / $1 }, term)
        }
    }

    private func defined(_ steps: Steps<Double>, _ term: Term) throws(EvaluationError) -> Steps<Double> {
        if let index = steps.values.firstIndex(where: \.isNaN) { throw .undefined(term, time: steps.times[index]) }
        return steps
    }

    /// A variable's values from the beginning on, the first of them being the one that holds then.
    private func samples(of name: String, _ need: Need) throws(EvaluationError) -> Steps<Double> {
        let signal = trace[name]!
        let (times, values) = (signal.times.span, signal.values.span)
        var index = Self.partition(times) { $0 <= start } - 1
        let end =
            switch need {
            case .all: times.count
            case .beginning(let shifts): Self.partition(times) { shifts.reduce($0, +) <= start }
            }
        var invalid: Int?
        let steps = Steps<Double>.building(capacity: max(1, end - index)) { append in
            append(start, values[index])
            if values[index].isNaN { invalid = index }
            index += 1
            while index < end {
                // Of samples at one time the last counts.
                if index + 1 == times.count || times[index + 1] > times[index] {
                    append(times[index], values[index])
                    if values[index].isNaN, invalid == nil { invalid = index }
                }
                index += 1
            }
        }
        if let invalid { throw .notANumber(name, time: max(start, times[invalid])) }
        return steps
    }

    /// How many of the times, which are in order, fulfil a condition that the first ones do and the rest do not.
    private static func partition(_ times: Span<Double>, _ condition: (Double) -> Bool) -> Int {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if condition(times[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func firstUnsorted(_ times: [Double]) -> Int? {
        var previous = -Double.greatestFiniteMagnitude
        for (index, time) in times.enumerated() {
            // NaN is not above anything either.
            guard time >= previous, time < .infinity else { return index }
            previous = time
        }
        return nil
    }
}
