import LynxDocument
import TestSupport
import Testing

@Suite("JSON documents")
struct JSONTests {
    @Test("JSON gives the tree that YAML gives, with lines and columns")
    func tree() throws {
        let text = """
            {"name": "orbit", "n": -1.5e3,
              "ünï": [true, null, "a\\u00e9\\n\\"\\/ \\ud83d\\ude80"]}

            """
        let mapping = try #require(json(text).root).mapping
        #expect(mapping.entries.map { "\($0.keyMark)" } == ["body:1:2", "body:1:19", "body:2:3"])
        #expect(try mapping.value("name").scalar == Scalar("orbit", style: .quoted))
        #expect(try mapping.value("n").scalar.resolved == .number(-1500))
        let list = try mapping.value("ünï").sequence
        #expect(try list.map { try $0.scalar.resolved } == [.bool(true), .null, .string("aé\n\"/ 🚀")])
        #expect(list.map { "\($0.mark)" } == ["body:2:11", "body:2:17", "body:2:23"])
    }

    @Test(
        "What is not JSON is one line with its place",
        arguments: [
            ("", "body:1:1: is empty; send a JSON object"),
            ("  \n ", "body:2:2: is empty; send a JSON object"),
            ("{\"a\": 1, \"b\": 2, \"a\": 3}", "body:1:18: a: is given a second time; keep one of the two"),
            ("{\"a\": {\"b\" 1}}", "body:1:12: a.b: ':' is expected after the name"),
            ("{\"a\": [1 2]}", "body:1:10: a: ',' or ']' is expected here"),
            ("{\"a\": [1,]}", "body:1:10: a[1]: a JSON value is expected here; strings go in double quotes"),
            ("{\"a\": 1,}", "body:1:9: a name in double quotes is expected here"),
            ("{a: 1}", "body:1:2: a name in double quotes is expected here"),
            ("{\"a\": 'x'}", "body:1:7: a: a JSON value is expected here; strings go in double quotes"),
            ("{\"a\": 01}", "body:1:9: a: is not a JSON number; write it without leading zeros"),
            ("{\"a\": 1.}", "body:1:9: a: a digit is expected after the decimal point"),
            ("{\"a\": +1}", "body:1:7: a: a JSON value is expected here; strings go in double quotes"),
            ("{\"a\": NaN}", "body:1:7: a: JSON has no such number; give a finite one"),
            ("{\"a\": 1e}", "body:1:9: a: a digit is expected in the exponent"),
            ("{\"a\": 1} {}", "body:1:10: more text follows the JSON value; send one value"),
            ("{\"a\": \"x", "body:1:9: a: the text ends too early; close the string with '\"'"),
            ("{\"a\": [1", "body:1:9: a: the text ends too early; ',' or ']' is expected here"),
            ("{\"a\": \"x\ny\"}", "body:1:9: a: a control character stands in a string; escape it as \\n or \\u00XX"),
            ("{\"a\": \"\\x41\"}", "body:1:8: a: is not an escape of JSON; double the backslash"),
            ("{\"a\": \"\\ud83d!\"}", "body:1:8: a: is half of a surrogate pair; give both halves"),
            ("{\"\": 1}", "body:1:2: a name is empty; give it one"),
            ("{\"a\": \"\u{0}\"}", "body:1:8: contains a NUL byte; remove it"),
        ])
    func problem(text: String, line: String) throws {
        let found = try #require(json(text).diagnostics.list).description
        #expect(found == line)
    }

    @Test("No prefix of a valid text is taken for whole, and none crashes the reader")
    func prefixes() {
        let text = Array(#"{"a": [1, -2.5e+3, "x\u00e9\ud83d\ude80\n"], "b": {"c": true, "d": null}}"#.utf8)
        for length in 0..<text.count {
            #expect(Document.json(Array(text[..<length]), name: "body").diagnostics.list != nil)
        }
        #expect(Document.json(text, name: "body").diagnostics.list == nil)
    }
}
