import Testing

@testable import Basilisk

@Suite("JSON compared as it is written")
struct JSONTextTests {
    private func differences(_ one: String, _ other: String, ignoring names: Set<String> = []) throws -> Set<String> {
        let values = (try #require(JSONText(Array(one.utf8)), "\(one)"), try #require(JSONText(Array(other.utf8)), "\(other)"))
        return JSONText.differences(values.0, values.1, ignoring: names)
    }

    @Test("Values are the same whatever the order of members and the space between", arguments: [
        (#"{"a": 1, "b": [true, null]}"#, #"{"b":[true,null],"a":1}"#),
        ("[]", " [ ] \n"), ("{}", "{ }"), ("NaN", "NaN"), ("[Infinity, -Infinity]", "[Infinity,-Infinity]"), (#""ä\"\\""#, #""ä\"\\""#),
    ])
    func same(one: String, other: String) throws { #expect(try differences(one, other).isEmpty) }

    @Test("A place is found by the names of members; of arrays it is any element", arguments: [
        (#"{"a": {"b": 1}}"#, #"{"a": {"b": 2}}"#, "/a/b"), (#"{"a": [1, [2]]}"#, #"{"a": [1, [3]]}"#, "/a/*/*"),
        (#"{"a": NaN}"#, #"{"a": 1.0}"#, "/a"), (#"{"a": NaN}"#, #"{"a": null}"#, "/a"), (#"{"a": Infinity}"#, #"{"a": -Infinity}"#, "/a"),
        (#"{"a": 1}"#, #"{"a": 1.0}"#, "/a"), (#"{"a": 0.0}"#, #"{"a": -0.0}"#, "/a"), (#"{"a": "1"}"#, #"{"a": 1}"#, "/a"),
        // A last bit that a double cannot hold.
        (#"{"a": 9007199254740993}"#, #"{"a": 9007199254740992}"#, "/a"),
        (#"{"a": [1, 2]}"#, #"{"a": [1]}"#, "/a"), (#"{"a": {"b": 1}}"#, #"{"a": {"c": 1}}"#, "/a"), ("[1]", "{}", ""),
        (#"{"a/b~*": 1}"#, #"{"a/b~*": 2}"#, "/a~1b~0~2"),
    ])
    func differ(one: String, other: String, place: String) throws { #expect(try differences(one, other) == [place]) }

    @Test("Members that are passed over may be other, or missing, at any depth")
    func ignored() throws {
        #expect(try differences(#"{"a": [{"took": 1, "x": 2}], "took": 3}"#, #"{"a": [{"took": 4, "x": 2}]}"#, ignoring: ["took"]).isEmpty)
    }

    @Test("What is no JSON is compared as bytes", arguments: [
        "", "{", "[1,]", #"{"a":1,}"#, #"{"a":1 "b":2}"#, "tru", "nan", "inf", "0x10", "1 2", #""open"#, #"{"a":1,"a":2}"#, "[" + String(repeating: "[", count: 300),
    ])
    func malformed(text: String) { #expect(JSONText(Array(text.utf8)) == nil) }
}
