/// An operator between two formulas or terms.
enum Infix: Hashable {
    case iff, implies, or, and, until
    case relation(Relation.Symbol)
    case plus, minus, times, over

    static let relationLevel = 6
    static let tightest = 8

    init?(_ kind: Token.Kind) {
        switch kind {
        case .word(.iff), .symbol(.iff): self = .iff
        case .word(.implies), .symbol(.implies): self = .implies
        case .word(.or), .symbol(.or): self = .or
        case .word(.and), .symbol(.and): self = .and
        case .word(.until), .word(.untilLetter): self = .until
        case .symbol(.plus): self = .plus
        case .symbol(.minus): self = .minus
        case .symbol(.times): self = .times
        case .symbol(.over): self = .over
        case .symbol(let symbol):
            guard let symbol = Relation.Symbol(rawValue: symbol.rawValue) else { return nil }
            self = .relation(symbol)
        default: return nil
        }
    }

    /// The higher, the tighter it binds.
    var level: Int {
        switch self {
        case .iff: 1
        case .implies: 2
        case .or: 3
        case .and: 4
        case .until: 5
        case .relation: Self.relationLevel
        case .plus, .minus: 7
        case .times, .over: Self.tightest
        }
    }

    /// What to write in place of a chain such as `0 < x < 1`, whose meaning would have to be guessed; nil where a chain is plain.
    var chainRemedy: String? {
        switch self {
        case .iff, .implies, .until: "which of the two comes first? put it in parentheses"
        case .relation: "write two relations, such as 0 < x and x < 1"
        case .or, .and, .plus, .minus, .times, .over: nil
        }
    }
}

/// An operator before a formula.
enum Prefix: Hashable {
    case not, always, eventually, once, historically

    init?(_ kind: Token.Kind) {
        switch kind {
        case .word(.not), .symbol(.not): self = .not
        case .word(.always), .word(.globally): self = .always
        case .word(.eventually), .word(.finally): self = .eventually
        case .word(.once): self = .once
        case .word(.historically): self = .historically
        default: return nil
        }
    }

    func formula(_ bounds: TimeBounds, _ operand: Formula) -> Formula {
        switch self {
        case .not: .not(operand)
        case .always: .always(bounds, operand)
        case .eventually: .eventually(bounds, operand)
        case .once: .once(bounds, operand)
        case .historically: .historically(bounds, operand)
        }
    }
}
