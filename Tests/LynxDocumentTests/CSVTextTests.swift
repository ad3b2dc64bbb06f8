import LynxDocument
import Testing

@Suite("Fields of CSV")
struct CSVTextTests {
    @Test(
        "A line is parted as RFC 4180 says, without the spaces outside of quotes",
        arguments: [
            ("a,b,c", ["a", "b", "c"]), ("", [""]), (",", ["", ""]), ("a,b\r", ["a", "b"]), (" a ,\tb b ", ["a", "b b"]),
            (#""a,b",c"#, ["a,b", "c"]), (#""say ""hi""",x"#, [#"say "hi""#, "x"]), (#"  " a "  ,b"#, [" a ", "b"]), (#""",1"#, ["", "1"]),
            (#""open,1"#, ["open,1"]), ("é, 🚀 ", ["é", "🚀"]),
        ])
    func fields(_ line: String, _ fields: [String]) {
        #expect(CSVText.fields(line.utf8) == fields)
    }

    @Test("What is written as a field is read back", arguments: ["", "a", "a,b", "\"", "\"\"", "a\"b", " spaced ", "é,\"", ",,"])
    func roundTrip(_ text: String) {
        // Spaces at the ends are kept only within quotes, which a field without a comma has no need of.
        let expected = text == " spaced " ? "spaced" : text
        #expect(CSVText.fields("\(CSVText.field(text)),end".utf8) == [expected, "end"])
    }
}
