import PlainText
import Testing

@Suite("Text from outside on a terminal")
struct PlainTextTests {
    @Test("Escape sequences are dropped, whole", arguments: [
            ("\u{1B}[1;31mERROR\u{1B}[0m at once", "ERROR at once"), ("\u{1B}]0;title\u{07}text", "text"),
            ("\u{1B}]8;;http://x\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link"),
            ("\u{9B}2Jtext", "text"), ("\u{1B}(Btext", "text"), ("\u{1B}ctext", "text"), ("a\u{1B}", "a"), ("a\u{1B}[", "a"),
            ("\u{1B}]0;no end", "0;no end"),
        ("\u{1B}P1$r\u{1B}\\x", "x"), ("\u{90}x\u{9C}y", "y"), ("\u{1B}[38;5;1mé", "é"),
    ])
    func sequences(text: String, shown: String) {
        #expect(Array(PlainText.line(text).utf8) == Array(shown.utf8))
    }

    @Test("Nothing is left that a terminal obeys, or that reorders a line", arguments: 0..<0x120)
    func controls(low: UInt32) {
        let others: [UInt32] =
            [0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF, 0x10FFFF] + Array(0x202A...0x202E) + Array(0x2066...0x2069)
        for value in [low] + others {
            let text = "a" + String(Unicode.Scalar(value)!) + "b"
            let shown = PlainText.line(text).unicodeScalars.filter { $0.properties.generalCategory == .control || others.contains($0.value) }
            #expect(shown.isEmpty, "U+\(String(value, radix: 16))")
        }
    }

    @Test("Other text is left byte for byte", arguments: ["plain", "é e\u{301} \"\u{301}q", "<\u{338} 🚀 👩\u{200D}🚀 \u{C5}\u{212B}", "", " a  b "])
    func unchanged(text: String) {
        #expect(Array(PlainText.line(text).utf8) == Array(text.utf8))
        #expect(Array(PlainText.lines(text + "\n" + text).utf8) == Array((text + "\n" + text).utf8))
    }

    @Test("Lines stay, or become one")
    func lines() {
        #expect(PlainText.lines("a\r\nb\rc\n\td\u{85}e") == "a\nb\nc\n\td\ne")
        #expect(PlainText.line("a\r\nb\rc\n\td\u{85}e") == "a b c  d e")
    }
}
