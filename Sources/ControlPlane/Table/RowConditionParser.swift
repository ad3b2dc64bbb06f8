import ArrowIPC
import FoundationEssentials
import LynxModel

/// Reads conditions such as `outputs.miss_m > 10 and not (status = 'Failed' or parameters.mass_kg is null)`.
///
///     condition  = conjunction *("or" conjunction)
///     conjunction = negation *("and" negation)
///     negation   = "not" negation / "(" condition ")" / operand ("=" / "==" / "!=" / "<>" / "<" / "<=" / ">" / ">=") operand
///                / column "is" ["not"] "null"
///     operand    = column / number / "'" text "'" / '"' text '"' / "true" / "false"
///
/// A quote in a text is doubled. A column whose name has other characters than letters, digits, `_` and `.` stands between
/// backquotes.
struct RowConditionParser {
    private static let mostBytes = 4096
    private static let mostNested = 64

    private let catalogue: RunCatalogue
    private let text: [UInt8]
    private var offset = 0
    private var depth = 0

    /// - Throws: a 400 `Problem` that says what is wrong, and where.
    static func parse(_ text: String, _ catalogue: RunCatalogue) throws(Problem) -> RowCondition {
        guard text.utf8.count <= mostBytes else {
            throw .badTable(.where, "has \(text.utf8.count) bytes; it may have at most \(mostBytes)")
        }
        var parser = RowConditionParser(catalogue: catalogue, text: Array(text.utf8))
        let condition = try parser.condition()
        parser.skipBlanks()
        guard parser.offset == parser.text.count else { throw parser.wrong("expected 'and', 'or' or the end") }
        return condition
    }

    private init(catalogue: RunCatalogue, text: [UInt8]) {
        self.catalogue = catalogue
        self.text = text
    }

    private mutating func condition() throws(Problem) -> RowCondition {
        var left = try conjunction()
        while takes(word: "or") { left = .or(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(Problem) -> RowCondition {
        var left = try negation()
        while takes(word: "and") { left = .and(left, try negation()) }
        return left
    }

    private mutating func negation() throws(Problem) -> RowCondition {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.mostNested else { throw wrong("is nested more than \(Self.mostNested) times") }
        if takes(word: "not") { return .not(try negation()) }
        if takes("(") {
            let inner = try condition()
            guard takes(")") else { throw wrong("expected ')'") }
            return inner
        }
        return try comparison()
    }

    private mutating func comparison() throws(Problem) -> RowCondition {
        skipBlanks()
        let start = offset
        let left = try operand()
        if case .column(let place) = left, takes(word: "is") {
            let isNot = takes(word: "not")
            guard takes(word: "null") else { throw wrong("expected 'null' or 'not null'") }
            return isNot ? .not(.isNull(column: place)) : .isNull(column: place)
        }
        guard let comparison = takesComparison() else { throw wrong("expected one of =, !=, <, <=, >, >= or 'is null'") }
        let right = try operand()
        guard let compared = typed(left, comparison, right) else {
            offset = start
            throw wrong("compares \(description(of: left)) with \(description(of: right))")
        }
        return compared
    }

    private mutating func takesComparison() -> RowComparison? {
        for (sign, comparison) in [("==", RowComparison.equal), ("<>", .notEqual)] where takes(sign) { return comparison }
        return RowComparison.allCases.first { takes($0.rawValue) }
    }

    private mutating func operand() throws(Problem) -> RowOperand {
        skipBlanks()
        guard offset < text.count else { throw wrong("expected a column or a value") }
        switch text[offset] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return .text(try quoted(text[offset]))
        case UInt8(ascii: "`"): return .column(try column(try quoted(UInt8(ascii: "`"))))
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."): return try number()
        case let byte where Self.isOfName(byte):
            let start = offset
            while offset < text.count, Self.isOfName(text[offset]) { offset += 1 }
            let name = String(decoding: text[start..<offset], as: UTF8.self)
            if name == "true" || name == "false" { return .bool(name == "true") }
            return .column(try column(name))
        default: throw wrong("expected a column or a value")
        }
    }

    private func column(_ name: String) throws(Problem) -> Int { try catalogue.place(of: name, in: .where) }

    private mutating func number() throws(Problem) -> RowOperand {
        let start = offset
        while offset < text.count, Self.isOfName(text[offset]) || text[offset] == UInt8(ascii: "-") || text[offset] == UInt8(ascii: "+") {
            offset += 1
        }
        let word = String(decoding: text[start..<offset], as: UTF8.self)
        if let value = Int64(word) { return .integer(value) }
        let digits = word.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
        if digits, let value = Double(word), value.isFinite { return .number(value) }
        offset = start
        throw wrong("'\(word)' is no number")
    }

    private mutating func quoted(_ quote: UInt8) throws(Problem) -> String {
        let start = offset
        var bytes: [UInt8] = []
        offset += 1
        while offset < text.count {
            let byte = text[offset]
            offset += 1
            if byte == quote {
                guard offset < text.count, text[offset] == quote else { return String(decoding: bytes, as: UTF8.self) }
                offset += 1
            }
            bytes.append(byte)
        }
        offset = start
        throw wrong("opens a quote that nothing closes")
    }

    /// The comparison as one of values of one kind; nil if they have none in common, or neither is a column.
    private func typed(_ left: RowOperand, _ comparison: RowComparison, _ right: RowOperand) -> RowCondition? {
        guard let (leftKind, leftIsColumn) = kind(of: left), let (rightKind, rightIsColumn) = kind(of: right) else { return nil }
        guard leftIsColumn || rightIsColumn else { return nil }
        switch (leftKind, rightKind) {
        case (.integer, .number), (.number, .integer): return .compare(left, comparison, right, as: .number)
        case (.time, .text):
            guard case .text(let text) = right, let time = Self.time(text) else { return nil }
            return .compare(left, comparison, .time(time), as: .time)
        case (.text, .time):
            guard case .text(let text) = left, let time = Self.time(text) else { return nil }
            return .compare(.time(time), comparison, right, as: .time)
        default: return leftKind == rightKind ? .compare(left, comparison, right, as: leftKind) : nil
        }
    }

    private static func time(_ text: String) -> Int64? { WireJSON.date(text).map { $0.instant * 1000 } }

    private func kind(of operand: RowOperand) -> (RowValueKind, isColumn: Bool)? {
        switch operand {
        case .column(let place): RowValueKind(catalogue.fields[place].type).map { ($0, true) }
        case .integer: (.integer, false)
        case .number: (.number, false)
        case .text: (.text, false)
        case .bool: (.bool, false)
        case .time: (.time, false)
        }
    }

    private func description(of operand: RowOperand) -> String {
        switch operand {
        case .column(let place):
            switch RowValueKind(catalogue.fields[place].type) {
            case .integer, .number: "'\(catalogue.fields[place].name)', a column of numbers,"
            case .bool: "'\(catalogue.fields[place].name)', a column of true and false,"
            case .time: "'\(catalogue.fields[place].name)', a column of times such as '2026-01-31T12:00:00Z',"
            default: "'\(catalogue.fields[place].name)', a column of texts,"
            }
        case .integer, .number, .time: "a number"
        case .text: "a text"
        case .bool: "true or false"
        }
    }

    private mutating func skipBlanks() {
        while offset < text.count, text[offset] == 0x20 || (9...13).contains(text[offset]) { offset += 1 }
    }

    private mutating func takes(_ sign: String) -> Bool {
        skipBlanks()
        guard text[offset...].starts(with: sign.utf8) else { return false }
        offset += sign.utf8.count
        return true
    }

    /// In any case.
    private mutating func takes(word: String) -> Bool {
        skipBlanks()
        let end = offset + word.utf8.count
        guard end <= text.count, zip(text[offset..<end], word.utf8).allSatisfy({ $0 | 0x20 == $1 }) else { return false }
        guard end == text.count || !Self.isOfName(text[end]) else { return false }
        offset = end
        return true
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "_"), UInt8(ascii: "."), 0x80...: true
        default: false
        }
    }

    private func wrong(_ detail: String) -> Problem {
        let character = String(decoding: text[..<min(offset, text.count)], as: UTF8.self).unicodeScalars.count + 1
        return .badTable(.where, "is wrong at character \(character): \(detail)")
    }
}
