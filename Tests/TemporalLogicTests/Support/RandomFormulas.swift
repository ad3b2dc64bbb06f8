import TemporalLogic
import TestSupport

/// Random formulas and traces whose times, bounds and values are multiples of a quarter, so that many of them coincide.
struct RandomFormulas {
    private var random: SplitMix64
    static let names = ["x", "y", "ball.speed_m_s"]

    init(seed: UInt64) { random = SplitMix64(state: seed) }

    mutating func trace() -> Trace {
        Trace(uniqueKeysWithValues: Self.names.map { name in
            var time = Bool.random(using: &random) ? 0 : quarters(0...12)
            var signal = Signal(times: [], values: [])
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                signal.times.append(time)
                signal.values.append(quarters(-8...8))
                // Some follow at the same time.
                time += quarters(0...4)
            }
            return (name, signal)
        })
    }

    mutating func formula(depth: Int) -> Formula {
        guard depth > 0 else { return .relation(relation()) }
        func operand(_ random: inout RandomFormulas) -> Formula {
            let depth = Int.random(in: 0..<depth, using: &random.random)
            return random.formula(depth: depth)
        }
        return switch Int.random(in: 0..<11, using: &random) {
        case 0: .not(operand(&self))
        case 1: .and(operand(&self), operand(&self))
        case 2: .or(operand(&self), operand(&self))
        case 3: .implies(operand(&self), operand(&self))
        case 4: .iff(operand(&self), operand(&self))
        case 5: .always(bounds(), operand(&self))
        case 6: .eventually(bounds(), operand(&self))
        case 7, 8: .until(operand(&self), bounds(), operand(&self))
        case 9: .once(bounds(), operand(&self))
        default: .historically(bounds(), operand(&self))
        }
    }

    mutating func term(depth: Int) -> Term {
        func operand(_ random: inout RandomFormulas) -> Term { random.term(depth: depth - 1) }
        return switch Int.random(in: 0..<(depth > 0 ? 14 : 4), using: &random) {
        case 0: .number(quarters(-8...8))
        case 1...3: .variable(Self.names.randomElement(using: &random)!)
        case 4: .negated(operand(&self))
        case 5: .absolute(operand(&self))
        case 6: .minimum(operand(&self), operand(&self))
        case 7: .maximum(operand(&self), operand(&self))
        case 8, 9: .sum(operand(&self), operand(&self))
        case 10, 11: .difference(operand(&self), operand(&self))
        case 12: .product(operand(&self), operand(&self))
        default: .quotient(operand(&self), operand(&self))
        }
    }

    private mutating func relation() -> Relation {
        let symbol = Relation.Symbol.allCases.randomElement(using: &random)!
        let variable = Term.variable(Self.names.randomElement(using: &random)!)
        return Bool.random(using: &random)
            ? Relation(variable, symbol, .number(quarters(-8...8)))
            : Relation(variable, symbol, .variable(Self.names.randomElement(using: &random)!))
    }

    private mutating func bounds() -> TimeBounds {
        if Int.random(in: 0..<5, using: &random) == 0 { return .unbounded }
        let lower = Bool.random(using: &random) ? 0 : quarters(0...8)
        let upper = Int.random(in: 0..<8, using: &random) == 0 ? Double.infinity : lower + quarters(0...12)
        return TimeBounds(lower, upper)!
    }

    private mutating func quarters(_ range: ClosedRange<Int>) -> Double { Double(Int.random(in: range, using: &random)) / 4 }
}
