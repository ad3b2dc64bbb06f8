import FoundationEssentials
import LynxDocument
import TestSupport
import Testing

@Suite("Hostile input")
struct HostileInputTests {
    @Test(
        "Nesting without end is refused at a fixed depth",
        arguments: [("[", "]"), ("{a: ", "}"), ("{\"a\": ", "}"), ("- ", "")])
    func depth(open: String, close: String) throws {
        let count = 200_000
        let text = String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
        let list = try #require(yaml(text).diagnostics.list)
        #expect(list.diagnostics.count == 1)
        #expect(list.description.hasSuffix("is nested deeper than 32 levels; flatten it"))
    }

    @Test("JSON without end is refused at a fixed depth", arguments: ["[", "{\"a\":"])
    func jsonDepth(open: String) throws {
        let list = try #require(json(String(repeating: open, count: 500_000)).diagnostics.list)
        #expect(list.diagnostics.count == 1)
        #expect(list.description.hasSuffix("is nested deeper than 32 levels; flatten it"))
    }

    @Test("A depth just inside the limit is taken")
    func insideDepth() {
        let text = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(yaml(text).diagnostics.list == nil)
        #expect(json(text).diagnostics.list == nil)
        #expect(yaml("[\(text)]").diagnostics.list != nil)
        #expect(json("[\(text)]").diagnostics.list != nil)
    }

    @Test("Aliases that multiply are counted as what they stand for")
    func aliasBomb() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...20 { text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n" }
        let list = try #require(yaml(text).diagnostics.list)
        #expect(list.diagnostics.count == 1)
        #expect(list.diagnostics[0].message == "is past 200000 values, aliases included; write less")
        #expect(list.diagnostics[0].mark.line == 6)
    }

    @Test("More values than anyone needs are refused")
    func manyValues() {
        let text = "[" + String(repeating: "1,", count: 250_000) + "1]"
        #expect(yaml(text).diagnostics.list?.diagnostics.map(\.message) == ["is past 200000 values, aliases included; write less"])
        #expect(json(text).diagnostics.list?.diagnostics.map(\.message) == ["is past 200000 values; send less"])
    }

    @Test("More bytes than the limit are refused before they are parsed")
    func manyBytes() {
        let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: DocumentLimits().bytes + 1)
        #expect(Document.yaml(bytes, name: "t.yaml").diagnostics.list?.description == "t.yaml: is larger than 4194304 bytes; send less")
        #expect(Document.json(bytes, name: "body").diagnostics.list?.description == "body: is larger than 4194304 bytes; send less")
    }

    @Test("Directives without end are refused at the first", arguments: ["", "# a\r\n", "a: 1\n...\n"])
    func directives(before: String) {
        let text = before + (0..<200_000).map { "%TAG !a\($0)! x\n" }.joined() + "---\na: 1\n"
        let line = before.split(omittingEmptySubsequences: false) { $0.isNewline }.count
        #expect(yaml(text).diagnostics.list?.description == "t.yaml:\(line):1: tags are not taken here; remove the directive")
    }

    @Test("A file without an end is read up to the limit")
    func endlessFile() {
        let list = Document.yaml(file: "/dev/zero").diagnostics.list
        #expect(list?.description == "/dev/zero: is larger than 4194304 bytes; give a configuration file, not data")
    }
}
