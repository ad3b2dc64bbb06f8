import TemporalLogic

/// The definitions of the logic, written out: on traces and bounds of whole quarters every function is constant within each
/// quarter of a second, so that least and greatest values over intervals are those over their quarters.
struct GridSemantics {
    struct Value: Equatable {
        var robustness: Double
        var holds: Bool
    }

    private let trace: Trace
    let start: Double
    /// Of the last quarter; nothing changes after it.
    let last = 110

    init(_ formula: Formula, _ trace: Trace) {
        self.trace = trace
        start = formula.variables.map { trace[$0]!.times[0] }.max()!
    }

    func time(_ index: Int) -> Double { start + Double(index) / 4 }

    /// At every quarter from the first common time on.
    func values(of formula: Formula) -> [Value] {
        switch formula {
        case .relation(let relation): return (0...last).map { value(of: relation, at: time($0)) }
        case .not(let operand): return values(of: operand).map { Value(robustness: -$0.robustness, holds: !$0.holds) }
        case .and(let left, let right): return zip(values(of: left), values(of: right)).map(Self.both)
        case .or(let left, let right): return zip(values(of: left), values(of: right)).map(Self.either)
        case .implies(let left, let right): return values(of: .or(.not(left), right))
        case .iff(let left, let right): return values(of: .and(.implies(left, right), .implies(right, left)))
        case .always(let bounds, let operand):
            let values = values(of: operand)
            return (0...last).map { index in ahead(index, bounds).map { values[min($0, last)] }.reduce(Self.top, Self.both) }
        case .eventually(let bounds, let operand):
            let values = values(of: operand)
            return (0...last).map { index in ahead(index, bounds).map { values[min($0, last)] }.reduce(Self.bottom, Self.either) }
        case .until(let left, let bounds, let right):
            let (values, goals) = (values(of: left), values(of: right))
            return (0...last).map { index in
                let goalTimes = ahead(index, bounds)
                var (held, best) = (Self.top, Self.bottom)
                for time in index...goalTimes.upperBound {
                    held = Self.both(held, values[min(time, last)])
                    if goalTimes.contains(time) { best = Self.either(best, Self.both(held, goals[min(time, last)])) }
                }
                return best
            }
        case .historically(let bounds, let operand):
            let values = values(of: operand)
            return (0...last).map { index in behind(index, bounds).map { values[$0] }.reduce(Self.top, Self.both) }
        case .once(let bounds, let operand):
            let values = values(of: operand)
            return (0...last).map { index in behind(index, bounds).map { values[$0] }.reduce(Self.bottom, Self.either) }
        }
    }

    private static let top = Value(robustness: .infinity, holds: true)
    private static let bottom = Value(robustness: -.infinity, holds: false)

    private static func both(_ left: Value, _ right: Value) -> Value {
        Value(robustness: min(left.robustness, right.robustness), holds: left.holds && right.holds)
    }

    private static func either(_ left: Value, _ right: Value) -> Value {
        Value(robustness: max(left.robustness, right.robustness), holds: left.holds || right.holds)
    }

    private func ahead(_ index: Int, _ bounds: TimeBounds) -> ClosedRange<Int> {
        let lower = index + Int(4 * bounds.lower)
        let upper = bounds.upper == .infinity ? last : index + Int(4 * bounds.upper)
        return lower...max(lower, min(upper, last))
    }

    private func behind(_ index: Int, _ bounds: TimeBounds) -> Range<Int> {
        let upper = index - Int(4 * bounds.lower)
        let lower = bounds.upper == .infinity ? 0 : max(0, index - Int(4 * bounds.upper))
        return lower..<max(lower, upper + 1)
    }

    private func value(of relation: Relation, at time: Double) -> Value {
        let (left, right) = (value(of: relation.left, at: time), value(of: relation.right, at: time))
        return switch relation.symbol {
        case .less: Value(robustness: right - left, holds: left < right)
        case .lessOrEqual: Value(robustness: right - left, holds: left <= right)
        case .greater: Value(robustness: left - right, holds: left > right)
        case .greaterOrEqual: Value(robustness: left - right, holds: left >= right)
        case .equal: Value(robustness: -abs(left - right), holds: left == right)
        case .notEqual: Value(robustness: abs(left - right), holds: left != right)
        }
    }

    private func value(of term: Term, at time: Double) -> Double {
        switch term {
        case .variable(let name):
            let signal = trace[name]!
            return signal.values[signal.times.lastIndex { $0 <= time }!]
        case .number(let value): return value
        default: preconditionFailure("\(term) has no definition here")
        }
    }
}
