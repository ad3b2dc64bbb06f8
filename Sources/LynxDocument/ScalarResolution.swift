/// What an unquoted scalar means: the core schema of YAML 1.2 (§10.3.2), and the near misses worth an own message.
package enum ResolvedScalar: Equatable {
    case null
    case bool(Bool)
    case integer(Int128)
    case number(Double)
    /// `.inf`, `.nan`, or digits beyond the range of a double.
    case nonFinite
    /// A number but for its separators, as in `6_950_000`; the text without them.
    case grouped(String)
    /// `0123`, which YAML 1.1 read as octal and 1.2 reads as decimal.
    case leadingZero
    case string(String)
}

extension Scalar {
    /// Quoted scalars are strings, whatever they say.
    package var resolved: ResolvedScalar {
        guard style != .quoted else { return .string(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        return Self.number(text) ?? Self.grouped(text) ?? .string(text)
    }

    package var found: String {
        switch resolved {
        case _ where style == .untyped: Excerpt.quoted(text)
        case .null: "nothing"
        case .bool: text
        case .integer, .number, .nonFinite, .leadingZero: "the number \(shortText)"
        case .grouped, .string: "the \(style == .quoted ? "quoted " : "")string \(Excerpt.quoted(text))"
        }
    }

    private static func number(_ text: String) -> ResolvedScalar? {
        // Longer than any number a person writes; parsing is linear, but the message would not be.
        guard text.utf8.count <= 400 else { return nil }
        let unsigned = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        switch unsigned {
        case ".inf", ".Inf", ".INF": return .nonFinite
        case ".nan", ".NaN", ".NAN": return text.first == "." ? .nonFinite : nil
        default: break
        }
        for (prefix, radix) in [("0x", 16), ("0o", 8)] where text.hasPrefix(prefix) {
            let digits = text.dropFirst(2)
            guard digits.first?.isHexDigit == true else { return nil }  // not a sign
            return Int128(digits, radix: radix).map { .integer($0) }
        }

        guard let shape = DecimalShape(unsigned.utf8) else { return nil }
        if unsigned.utf8.count > 1, unsigned.first == "0", shape.wholeDigits > 1 { return .leadingZero }
        if shape.isWhole, let value = Int128(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { return .nonFinite }
        return .number(value)
    }

    private static func grouped(_ text: String) -> ResolvedScalar? {
        guard let first = text.unicodeScalars.first, "+-0123456789".unicodeScalars.contains(first), text.utf8.count <= 60 else { return nil }
        let bare = text.filter { !"_, '".contains($0) }
        guard bare.count < text.count, number(bare) != nil else { return nil }
        return .grouped(bare)
    }
}

/// `[0-9]* ( . [0-9]* )? ( [eE] [-+]? [0-9]+ )?` with a digit before the exponent.
private struct DecimalShape {
    var wholeDigits = 0
    var isWhole = true

    init?(_ text: Substring.UTF8View) {
        var rest = text[...]
        func digits() -> Int {
            let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        wholeDigits = digits()
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            isWhole = false
            fraction = digits()
        }
        guard wholeDigits + fraction > 0 else { return nil }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            isWhole = false
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard digits() > 0 else { return nil }
        }
        guard rest.isEmpty else { return nil }
    }
}
