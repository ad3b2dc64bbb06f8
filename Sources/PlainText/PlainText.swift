/// Text from outside, such as what a simulation printed, made fit to be shown on a terminal: nothing in it moves the cursor,
/// sets a colour or a title, or makes characters appear in another order than they have.
public enum PlainText {
    /// On one line. Line ends and tabs become a space each.
    public static func line(_ text: some StringProtocol) -> String { clean(text, keepsLines: false) }

    /// With its lines and tabs. A carriage return ends a line.
    public static func lines(_ text: some StringProtocol) -> String { clean(text, keepsLines: true) }

    /// Escape sequences are dropped; other control characters, and those that reorder a line, become U+FFFD.
    private static func clean(_ text: some StringProtocol, keepsLines: Bool) -> String {
        // Nearly all text is such.
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return String(text) }
        var clean = String.UnicodeScalarView()
        var rest = Substring(text).unicodeScalars
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\r":
                if rest.first != "\n" { clean.append(keepsLines ? "\n" : " ") }
            case "\n", "\t": clean.append(keepsLines ? scalar : " ")
            case "\u{85}", "\u{2028}", "\u{2029}": clean.append(keepsLines ? "\n" : " ")
            case "\u{1B}": dropEscapeSequence(&rest)
            case "\u{9B}": dropControlSequence(&rest)
            case "\u{90}", "\u{98}", "\u{9D}", "\u{9E}", "\u{9F}": dropControlString(&rest)
            default: clean.append(isUnfit(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return String(clean)
    }

    /// Whether a character can do something to a terminal or to the order of a line's characters.
    private static func isUnfit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control: true
        // Those two join letters in several scripts, and emoji.
        case .format: scalar != "\u{200C}" && scalar != "\u{200D}"
        default: scalar.value & 0xFFFE == 0xFFFE
        }
    }

    /// What follows an ESC (ECMA-48, 5.3 and 5.4).
    private static func dropEscapeSequence(_ rest: inout Substring.UnicodeScalarView) {
        switch rest.first {
        case "[":
            rest.removeFirst()
            dropControlSequence(&rest)
        case "P", "X", "]", "^", "_":
            rest.removeFirst()
            dropControlString(&rest)
        default:
            while let scalar = rest.first, ("\u{20}"..."\u{2F}").contains(scalar) { rest.removeFirst() }
            if let scalar = rest.first, ("\u{30}"..."\u{7E}").contains(scalar) { rest.removeFirst() }
        }
    }

    /// Parameters, and the one character that ends them. What breaks off in between leaves the rest alone.
    private static func dropControlSequence(_ rest: inout Substring.UnicodeScalarView) {
        while let scalar = rest.first, ("\u{20}"..."\u{3F}").contains(scalar) { rest.removeFirst() }
        if let scalar = rest.first, ("\u{40}"..."\u{7E}").contains(scalar) { rest.removeFirst() }
    }

    /// Up to a string terminator, or to a BEL, as terminals take it; one without an end leaves the text that follows it.
    private static func dropControlString(_ rest: inout Substring.UnicodeScalarView) {
        let end = rest.firstIndex { $0 == "\u{07}" || $0 == "\u{1B}" || $0 == "\u{9C}" || $0 == "\n" }
        guard let end, rest[end] != "\n" else { return }
        let isEscape = rest[end] == "\u{1B}"
        rest = rest[rest.index(after: end)...]
        if isEscape, rest.first == "\\" { rest.removeFirst() }
    }
}
