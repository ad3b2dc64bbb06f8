import LynxModel
import Testing

@Suite("The numbers that a run reports of itself", .timeLimit(.minutes(1)))
struct ReportedNumbersTests {
    private func summary(_ text: String) -> ReportedNumbers { ReportedNumbers(json: Array(text.utf8), name: "summary.json") }
    private func lines(_ text: String) -> ReportedNumbers { ReportedNumbers(lines: Array(text.utf8)[...], name: "outputs.jsonl") }

    @Test("Those of a summary keep its order, and objects in it are named with dots")
    func nested() {
        let numbers = summary(
            #"{"z": 1, "a": {"y": 2.5, "b": {"x": -3e2}}, "text": "7", "list": [1], "flag": true, "none": null, "last": 4}"#)
        #expect(numbers.entries.map(\.name) == ["z", "a.y", "a.b.x", "last"])
        #expect(numbers.entries.map(\.value) == [1, 2.5, -300, 4])
        #expect(numbers.problem == nil && numbers["a.b.x"]?.value == -300 && numbers["text"] == nil)
    }

    @Test("Of a name that a summary has twice the first one counts, also one that is written with a dot")
    func firstCounts() {
        let numbers = summary(#"{"a.b": 1, "a": {"b": 2}, "c": 3}"#)
        #expect(numbers.entries.map(\.name) == ["a.b", "c"] && numbers["a.b"]?.value == 1)
    }

    @Test("What is not finite is told as it is")
    func notFinite() throws {
        let numbers = summary(#"{"n": NaN, "i": Infinity, "m": -Infinity, "x": 1}"#)
        #expect(numbers.entries.map(\.name) == ["n", "i", "m", "x"])
        #expect(try #require(numbers["n"]).value.isNaN)
        #expect(numbers["i"]?.value == .infinity && numbers["m"]?.value == -.infinity)
        #expect(try #require(lines("{\"name\": \"n\", \"value\": NaN}\n")["n"]).value.isNaN)
    }

    @Test("A text that is no object says so, and has no numbers", arguments: ["[1]", "7", "", "{\"a\": "])
    func noObject(_ text: String) throws {
        let numbers = summary(text)
        #expect(numbers.entries.isEmpty)
        #expect(try #require(numbers.problem).hasPrefix("summary.json:"))
    }

    @Test("Objects within objects end somewhere")
    func depth() {
        let deep = String(repeating: #"{"a":"#, count: 60) + "1" + String(repeating: "}", count: 60)
        #expect(summary(deep).entries.isEmpty)
        #expect(summary(#"{"a":{"a":{"a":1}}}"#)["a.a.a"]?.value == 1)
    }

    @Test("Of a name that is reported twice the last one counts, in the first one's place")
    func lastCounts() {
        let numbers = lines(
            """
            {"name": "a", "value": 1, "units": "m"}
            {"name": "b", "value": 2}
            {"name": "a", "value": 3, "units": "km"}

            """)
        #expect(numbers.entries.map(\.name) == ["a", "b"] && numbers.problem == nil)
        #expect(numbers.entries.map(\.value) == [3, 2] && numbers.entries.map(\.units) == ["km", ""])
    }

    @Test("A last line that a kill has cut is passed over in silence, wherever it was cut")
    func cut() {
        let whole = "{\"name\": \"a\", \"value\": 1}\n"
        let last = "{\"name\": \"bé\", \"value\": 2, \"units\": \"m\"}"
        for length in 0..<last.utf8.count {
            let numbers = ReportedNumbers(lines: Array((whole + last).utf8.prefix(whole.utf8.count + length))[...], name: "outputs.jsonl")
            #expect(numbers.entries.map(\.name) == ["a"] && numbers.problem == nil, "\(length)")
        }
        #expect(lines(whole + last).entries.count == 2)
    }

    @Test("A whole line that is no output is named by its number, and the others count")
    func wrongLine() {
        let numbers = lines("{\"name\": \"a\", \"value\": 1}\n\nhello\n{\"name\": \"b\", \"value\": \"2\"}\n{\"name\": \"c\", \"value\": 3}\n")
        #expect(numbers.entries.map(\.name) == ["a", "c"])
        #expect(numbers.problem == "outputs.jsonl:3: is no output; call lynx_scenario.output to write one")
    }
}
