/// A comparison of two terms, the atom of a formula.
public struct Relation: Hashable, Sendable {
    public enum Symbol: String, Hashable, Sendable, CaseIterable {
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case equal = "=="
        case notEqual = "!="
    }

    public var left: Term
    public var symbol: Symbol
    public var right: Term

    public init(_ left: Term, _ symbol: Symbol, _ right: Term) {
        self.left = left
        self.symbol = symbol
        self.right = right
    }
}

/// Arithmetic over telemetry variables.
public indirect enum Term: Hashable, Sendable {
    /// Finite.
    case number(Double)
    /// A telemetry variable, by name.
    case variable(String)
    case negated(Term)
    case sum(Term, Term)
    case difference(Term, Term)
    case product(Term, Term)
    case quotient(Term, Term)
    case absolute(Term)
    case minimum(Term, Term)
    case maximum(Term, Term)

    func visitVariables(_ visit: (String) -> Void) {
        switch self {
        case .number: break
        case .variable(let name): visit(name)
        case .negated(let operand), .absolute(let operand): operand.visitVariables(visit)
        case .sum(let left, let right), .difference(let left, let right), .product(let left, let right),
            .quotient(let left, let right), .minimum(let left, let right), .maximum(let left, let right):
            left.visitVariables(visit)
            right.visitVariables(visit)
        }
    }
}
