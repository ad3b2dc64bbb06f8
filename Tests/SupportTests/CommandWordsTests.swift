import Support
import Testing

@Suite("Command lines")
struct CommandWordsTests {
    @Test("A line is split like a shell's", arguments: [
        ("a b  c", ["a", "b", "c"]), ("a 'b c' d", ["a", "b c", "d"]), (#"a "b \"c\" \d" e"#, ["a", #"b "c" \d"#, "e"]), (#"a\ b"#, ["a b"]),
        ("--x='1 2'", ["--x=1 2"]), ("a '' b", ["a", "", "b"]), ("", []),
    ])
    func words(line: String, words: [String]) throws {
        #expect(try CommandWords.split(line) == words)
    }

    @Test("What only a shell understands is refused", arguments: ["a | b", "a > b", "a; b", "a 'b", "a \\", "a 2>b", "a `b`"])
    func shellSyntax(line: String) {
        #expect(throws: CommandWords.Problem.self) { try CommandWords.split(line) }
    }
}
