/// Makes untrusted text, such as what a simulation printed, safe to show on a terminal: nothing in it moves the cursor, sets a
/// colour or a title, or reorders characters.
public enum PlainText {
    /// The text on one line. Line ends and tabs become one space each.
    public static func line(_ text: some StringProtocol) -> String { clean(text, keepsLines: false) }

    /// The text with its lines and tabs. A carriage return ends a line.
    public static func lines(_ text: some StringProtocol) -> String { clean(text, keepsLines: true) }

    /// Escape sequences are dropped; other control characters and those that reorder a line become U+FFFD.
    private static func clean(_ text: some StringProtocol, keepsLines: Bool) -> String {
        // Nearly all text is printable ASCII.
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

    /// Whether a character can control a terminal or reorder the characters of a line.
    private static func isUnfit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control: true
        // Zero-width joiner and non-joiner shape letters in several scripts, and emoji.
        case .format: scalar != "\u{200C}" && scalar != "\u{200D}"
        default: scalar.value & 0xFFFE == 0xFFFE
        }
    }

    /// Drops the rest of an escape sequence after ESC (ECMA-48, 5.3 and 5.4).
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

    /// Drops the parameters of a control sequence and its final character. An incomplete sequence leaves the text after it.
    private static func dropControlSequence(_ rest: inout Substring.UnicodeScalarView) {
        while let scalar = rest.first, ("\u{20}"..."\u{3F}").contains(scalar) { rest.removeFirst() }
        if let scalar = rest.first, ("\u{40}"..."\u{7E}").contains(scalar) { rest.removeFirst() }
    }

    /// Drops a control string up to a string terminator or, as terminals do, a BEL. An unterminated string leaves the text
    /// after it.
    private static func dropControlString(_ rest: inout Substring.UnicodeScalarView) {
        let end = rest.firstIndex { $0 == "\u{07}" || $0 == "\u{1B}" || $0 == "\u{9C}" || $0 == "\n" }
        guard let end, rest[end] != "\n" else { return }
        let isEscape = rest[end] == "\u{1B}"
        rest = rest[rest.index(after: end)...]
        if isEscape, rest.first == "\\" { rest.removeFirst() }
    }
}
