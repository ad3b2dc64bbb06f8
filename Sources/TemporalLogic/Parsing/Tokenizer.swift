/// Cuts a formula's text into tokens.
struct Tokenizer {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The next token, or `.end` at the end of the text and from then on.
    mutating func next() throws(FormulaError) -> Token {
        while let byte = peek(), byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte) { position += 1 }
        let start = position
        guard let byte = peek() else { return Token(kind: .end, range: start..<start) }
        let kind: Token.Kind
        if isDigit(byte) || (byte == UInt8(ascii: ".") && peek(1).map(isDigit) == true) {
            kind = .number(try number())
        } else if PlainName.begins(with: byte) {
            kind = try name()
        } else if byte == UInt8(ascii: "\"") {
            kind = .variable(try quotedName())
        } else {
            kind = .symbol(try symbol())
        }
        return Token(kind: kind, range: start..<position)
    }

    /// A part of the text for a message: on one line and not long.
    func excerpt(_ range: Range<Int>) -> String {
        let longest = 40
        let part = String(decoding: bytes[range].prefix(longest).map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
        return range.count > longest ? part + "…" : part
    }

    private func peek(_ ahead: Int = 0) -> UInt8? { position + ahead < bytes.count ? bytes[position + ahead] : nil }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private mutating func skipDigits() {
        while peek().map(isDigit) == true { position += 1 }
    }

    private mutating func number() throws(FormulaError) -> Double {
        let start = position
        skipDigits()
        if peek() == UInt8(ascii: ".") {
            position += 1
            skipDigits()
        }
        if peek().map({ $0 | 0x20 }) == UInt8(ascii: "e") {
            let hasSign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
            if peek(hasSign ? 2 : 1).map(isDigit) == true {
                position += hasSign ? 2 : 1
                skipDigits()
            }
        }
        let text = excerpt(start..<position)
        if let byte = peek(), PlainName.continues(with: byte) {
            throw FormulaError(
                at: position, "the number \(text) runs into something else",
                "numbers have no unit, and times are simulated seconds")
        }
        guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)), value.isFinite else {
            throw FormulaError(at: start, "\(text) is beyond all numbers of double precision", "write a number below 1.8e308")
        }
        return value
    }

    private mutating func name() throws(FormulaError) -> Token.Kind {
        let start = position
        while let byte = peek(), PlainName.continues(with: byte) {
            let isLastOfPart = peek(1).map { $0 == UInt8(ascii: ".") || !PlainName.continues(with: $0) } ?? true
            if byte == UInt8(ascii: "."), isLastOfPart {
                throw FormulaError(at: position, "nothing follows a dot in a variable's name", "write such as ball.speed_m_s")
            }
            position += 1
        }
        let name = String(decoding: bytes[start..<position], as: UTF8.self)
        return Word(rawValue: name).map { .word($0) } ?? .variable(name)
    }

    private mutating func quotedName() throws(FormulaError) -> String {
        let start = position
        var name: [UInt8] = []
        position += 1
        while let byte = peek() {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard !name.isEmpty else {
                    throw FormulaError(at: start, "a variable's name is empty", "write such as \"wheel[0].speed\"")
                }
                return String(decoding: name, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = peek(), escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\") else {
                    throw FormulaError(
                        at: position - 1, "a single \\ stands in a quoted name",
                        "write \\\\ for a backslash and \\\" for a quote")
                }
                name.append(escaped)
                position += 1
            default: name.append(byte)
            }
        }
        throw FormulaError(at: start, "a quoted name has no end", "close it with \"")
    }

    private mutating func symbol() throws(FormulaError) -> Symbol {
        for (symbols, length) in zip(Symbol.byLength, [3, 2, 1]) {
            let text = String(decoding: bytes[position...].prefix(length), as: UTF8.self)
            guard let symbol = symbols.first(where: { $0.rawValue == text }) else { continue }
            position += length
            return symbol
        }
        let remedy =
            switch bytes[position] {
            case UInt8(ascii: "="): "equality is written =="
            case UInt8(ascii: "&"): "conjunction is written && or and"
            case UInt8(ascii: "|"): "disjunction is written || or or"
            default: "unusual names stand in double quotes, such as \"wheel[0].speed\""
            }
        // Letters beyond ASCII are shown whole, and a control character as a space.
        let scalar = String(decoding: bytes[position...], as: UTF8.self).unicodeScalars.first!
        let shown = scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar
        throw FormulaError(at: position, "'\(shown)' means nothing here", remedy)
    }
}
