/// The smallest part of a formula's text that means something.
struct Token {
    enum Kind: Hashable {
        case number(Double)
        case variable(String)
        case word(Word)
        case symbol(Symbol)
        case end
    }

    let kind: Kind
    /// Of its bytes in the text.
    let range: Range<Int>
}

/// Words with a meaning of their own; a variable of such a name stands in double quotes.
enum Word: String, CaseIterable {
    case not, and, or, implies, iff, always, eventually, until, once, historically, abs, min, max, inf
    case globally = "G"
    case finally = "F"
    case untilLetter = "U"
}

enum Symbol: String {
    case leftParenthesis = "("
    case rightParenthesis = ")"
    case leftBracket = "["
    case rightBracket = "]"
    case comma = ","
    case colon = ":"
    case plus = "+"
    case minus = "-"
    case times = "*"
    case over = "/"
    case not = "!"
    case and = "&&"
    case or = "||"
    case implies = "->"
    case iff = "<->"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="

    /// The longest first: a text is cut into the longest symbols it begins with.
    static let byLength: [[Symbol]] = [
        [.iff], [.and, .or, .implies, .lessOrEqual, .greaterOrEqual, .equal, .notEqual],
        [
            .leftParenthesis, .rightParenthesis, .leftBracket, .rightBracket, .comma, .colon, .plus, .minus, .times, .over, .not,
            .less, .greater,
        ],
    ]
}

/// Which bytes a name has that needs no quotes.
enum PlainName {
    static func begins(with byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    static func continues(with byte: UInt8) -> Bool {
        begins(with: byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ".")
    }

    /// Whether a variable's name can stand in a formula as it is.
    static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, begins(with: first), name.utf8.allSatisfy(continues) else { return false }
        return !name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).contains { $0.isEmpty }
            && Word(rawValue: name) == nil
    }
}
