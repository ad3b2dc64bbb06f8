import LynxDocument
import TestSupport
import Testing

@Suite("YAML documents")
struct YAMLTests {
    @Test("Values, keys and their places are those of the text")
    func tree() throws {
        let text = """
            # a study
            name: "orbit"   # quoted
            list:
              - 1
              - [a, 'b']
            block: |
              two
              lines
            ünï: {x: 1}
            """
        let root = try #require(yaml(text).root)
        let mapping = try root.mapping
        #expect(mapping.entries.map(\.key) == ["name", "list", "block", "ünï"])
        #expect(mapping.entries.map { "\($0.keyMark)" } == ["t.yaml:2:1", "t.yaml:3:1", "t.yaml:6:1", "t.yaml:9:1"])
        #expect(try mapping.value("name").scalar == Scalar("orbit", style: .quoted))
        #expect(try "\(mapping.value("name").mark)" == "t.yaml:2:7")
        let list = try mapping.value("list").sequence
        #expect(try list[0].scalar == Scalar("1", style: .plain))
        #expect(try list[1].sequence.map { try $0.scalar } == [Scalar("a", style: .plain), Scalar("b", style: .quoted)])
        #expect(try "\(list[1].sequence[1].mark)" == "t.yaml:5:9")
        #expect(try mapping.value("block").scalar == Scalar("two\nlines\n", style: .quoted))
        // Columns count characters, not bytes.
        #expect(try "\(mapping.value("ünï").mark)" == "t.yaml:9:6")
    }

    @Test("An alias stands for a copy of its anchor's value")
    func alias() throws {
        let root = try #require(yaml("a: &range {min: 1, max: 2}\nb: *range\nc: [*range, *range]\n").root)
        let mapping = try root.mapping
        #expect(try mapping.value("b").mapping.value("max").scalar.text == "2")
        #expect(try mapping.value("c").sequence[1].mapping.value("min").scalar.text == "1")
        #expect(try "\(mapping.value("b").mapping.value("max").mark)" == "t.yaml:1:25")
    }

    @Test("A byte-order mark and Windows line ends are taken as they come")
    func lineEnds() throws {
        let mapping = try #require(yaml("\u{FEFF}a: 1\r\nb: x\r\n").root).mapping
        #expect(mapping.entries.map(\.key) == ["a", "b"])
        #expect(try mapping.value("b").scalar.text == "x")
        #expect(try "\(mapping.value("b").mark)" == "t.yaml:2:4")
    }

    @Test("A file of nothing but comments is a null", arguments: ["", "\u{FEFF}", "\n\n", "# nothing\n", "---\n", "--- ~\n...\n"])
    func empty(text: String) throws {
        let document = yaml(text)
        #expect(try #require(document.root).isNull)
        #expect(document.diagnostics.list == nil)
    }

    @Test(
        "What YAML or the project does not take is one line with its place",
        arguments: [
            ("a: 1\nb: 2\na: 3\nb: 4\n", "t.yaml:3:1: a: is given a second time, first on line 1; keep one of the two\nt.yaml:4:1: b: is given a second time, first on line 2; keep one of the two"),
            ("a:\n  x: 1\n  'x': 2\n", "t.yaml:3:3: a.x: is given a second time, first on line 2; keep one of the two"),
            ("a:\n\tb: 1\n", "t.yaml:2:1: a tab indents this line; indent with spaces"),
            ("a: @b\n", "t.yaml:1:4: a value can't begin with '@'; put it in quotes"),
            ("a: b: c\n", "t.yaml:1:5: mapping values are not allowed in this context; check the indentation, or quote text that contains ': '"),
            ("a: [1, 2\nb: 3\n", "t.yaml:2:2: did not find expected ',' or ']' while parsing a flow sequence that begins on line 1; close the list with ']'"),
            ("a: \"x\n", "t.yaml:2:1: found unexpected end of stream while scanning a quoted scalar that begins on line 1; close the quotes"),
            ("a: 1\n b: 2\n", "t.yaml:2:3: mapping values are not allowed in this context; check the indentation, or quote text that contains ': '"),
            ("- a\nb: 1\n", "t.yaml:2:1: did not find expected '-' indicator while parsing a block collection that begins on line 1; begin each item of the list with '- ', in the same column"),
            ("a: 1\n---\nb: 2\n", "t.yaml:2:1: a second document begins here; keep one document in a file"),
            ("a: *b\n", "t.yaml:1:4: a: the alias 'b' has no anchor before it; write the value out"),
            ("a: &a [1, *a]\n", "t.yaml:1:11: a[1]: the alias 'a' stands inside the value that it repeats; write the value out"),
            ("a: &x {m: 1}\nb:\n  <<: *x\n", "t.yaml:3:3: b: merge keys are not taken here; write the fields out"),
            ("a: !!str 5\nb: !secret x\n", "t.yaml:1:4: a: the tag 'tag:yaml.org,2002:str' is not taken here; remove it\nt.yaml:2:4: b: the tag '!secret' is not taken here; remove it"),
            ("? [1]\n: 2\n", "t.yaml:1:3: a key must be a name, found a list; write 'name: value'"),
            ("\"\": 2\n", "t.yaml:1:1: a key is empty; write 'name: value'"),
            ("a: 1\nb: x\u{0}y\n", "t.yaml:2:5: contains a NUL byte; remove it"),
            ("a: 1\nb: x\u{7}y\n", "t.yaml:2:5: contains a control character; remove it"),
            ("%YAML 9.9\n---\na: 1\n", "t.yaml:1:1: found incompatible YAML document; check the lines around it"),
        ])
    func problem(text: String, lines: String) throws {
        let found = try #require(yaml(text).diagnostics.list).description
        #expect(found == lines)
    }

    @Test("Text that is not UTF-8 is reported where it stops being so")
    func notUTF8() throws {
        let bytes = Array("a: 1\nb: é".utf8) + [0xFF, 0x41]
        let document = Document.yaml(bytes, name: "t.yaml")
        #expect(document.root == nil)
        #expect(document.diagnostics.list?.description == "t.yaml:2:5: is not UTF-8 text; save the file as UTF-8")
        let utf16: [UInt8] = [0xFF, 0xFE, 0x61, 0x00, 0x3A, 0x00]
        #expect(Document.yaml(utf16, name: "t.yaml").diagnostics.list?.description == "t.yaml:1:1: is not UTF-8 text; save the file as UTF-8")
    }
}
