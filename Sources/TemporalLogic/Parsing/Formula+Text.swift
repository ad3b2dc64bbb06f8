extension Formula: CustomStringConvertible {
    /// Reads a formula:
    ///
    ///     formula  = term relation term | not formula | formula and|or|implies|iff formula | "(" formula ")"
    ///              | always|eventually|once|historically [bounds] formula | formula until [bounds] formula
    ///     relation = "<" | "<=" | ">" | ">=" | "==" | "!="
    ///     term     = number | variable | term +|-|*|/ term | -term | abs(term) | min(term, …) | max(term, …) | "(" term ")"
    ///     bounds   = "[" seconds "," seconds|inf "]", also with ":" in place of ","
    ///
    /// `!`, `&&`, `||`, `->`, `<->`, `G`, `F` and `U` stand for `not`, `and`, `or`, `implies`, `iff`, `always`, `eventually` and
    /// `until`. From the loosest bind `iff`, `implies`, `or`, `and`, `until`, then the operators that stand before a formula. A
    /// variable's name has letters, digits, underscores and dots, or stands in double quotes, in which `\` goes before a quote
    /// or a backslash.
    public init(_ text: String) throws(FormulaError) {
        var parser = try FormulaParser(text)
        self = try parser.parse()
    }

    /// A text from which the same formula is read.
    public var description: String {
        switch self {
        case .relation(let relation): "\(relation.left) \(relation.symbol.rawValue) \(relation.right)"
        case .not(let operand): "not(\(operand))"
        case .and(let left, let right): "\(left.operandText(besides: "and")) and \(right.operandText())"
        case .or(let left, let right): "\(left.operandText(besides: "or")) or \(right.operandText())"
        case .implies(let left, let right): "\(left.operandText()) implies \(right.operandText())"
        case .iff(let left, let right): "\(left.operandText()) iff \(right.operandText())"
        case .always(let bounds, let operand): "always\(bounds)(\(operand))"
        case .eventually(let bounds, let operand): "eventually\(bounds)(\(operand))"
        case .until(let left, let bounds, let right): "\(left.operandText()) until\(bounds) \(right.operandText())"
        case .once(let bounds, let operand): "once\(bounds)(\(operand))"
        case .historically(let bounds, let operand): "historically\(bounds)(\(operand))"
        }
    }

    /// An operand of an operator between two formulas: in parentheses, where another such operator could be read otherwise.
    ///
    /// - Parameter chained: the operator of which a chain needs none.
    private func operandText(besides chained: String? = nil) -> String {
        switch self {
        case .and where chained == "and", .or where chained == "or": description
        case .and, .or, .implies, .iff, .until, .relation: "(\(self))"
        case .not, .always, .eventually, .once, .historically: description
        }
    }
}

extension TimeBounds: CustomStringConvertible {
    /// As it stands behind an operator: empty where nothing is bounded.
    public var description: String {
        self == .unbounded ? "" : "[\(NumberText.text(lower)),\(NumberText.text(upper))]"
    }
}

extension Term: CustomStringConvertible {
    /// A text from which the same term is read.
    public var description: String {
        switch self {
        case .number(let value): NumberText.text(value)
        case .variable(let name): Self.quoted(name)
        // A minus before a number would be read as the number's own.
        case .negated(.number(let value)): "-(\(NumberText.text(value)))"
        case .negated(let operand): "-\(operand.text(atLeast: 3))"
        case .sum(let left, let right): "\(left.text(atLeast: 1)) + \(right.text(atLeast: 2))"
        case .difference(let left, let right): "\(left.text(atLeast: 1)) - \(right.text(atLeast: 2))"
        case .product(let left, let right): "\(left.text(atLeast: 2)) * \(right.text(atLeast: 3))"
        case .quotient(let left, let right): "\(left.text(atLeast: 2)) / \(right.text(atLeast: 3))"
        case .absolute(let operand): "abs(\(operand))"
        case .minimum(let left, let right): "min(\(left), \(right))"
        case .maximum(let left, let right): "max(\(left), \(right))"
        }
    }

    /// In parentheses where it binds less tightly than its place needs: 1 for sums, 2 for products, 3 for what stands alone.
    private func text(atLeast level: Int) -> String {
        let own =
            switch self {
            case .sum, .difference: 1
            case .product, .quotient: 2
            default: 3
            }
        return own < level ? "(\(self))" : description
    }

    private static func quoted(_ name: String) -> String {
        if PlainName.isPlain(name) { return name }
        return "\"" + name.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }
}

private enum NumberText {
    /// The shortest decimal that is read as the same number; whole ones without a point.
    static func text(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

/// Why a text is no formula.
public struct FormulaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Of the first byte at fault in the text's UTF-8; the text's length where something is missing at its end.
    public let offset: Int
    /// What is wrong.
    public let problem: String
    /// What would be right.
    public let remedy: String

    init(at offset: Int, _ problem: String, _ remedy: String) {
        self.offset = offset
        self.problem = problem
        self.remedy = remedy
    }

    /// One line, in which characters are counted from 1.
    public var description: String { "character \(offset + 1): \(problem); \(remedy)" }
}
