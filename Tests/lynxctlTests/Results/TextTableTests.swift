import LynxCLI
import Testing

@Suite("Tables")
struct TextTableTests {
    private let pipe = Terminal(redraws: false, columns: nil, colour: false, unicode: true)

    @Test("Columns are as wide as their widest cell, and no line ends in blanks")
    func aligned() {
        let table = TextTable(
            columns: [.init("n", .right), .init("name"), .init("note", .free)],
            rows: [["1", "a", ""], ["10", "longer", "two\nlines"]])
        #expect(table.render(terminal: pipe) == [" n  name    note", " 1  a", "10  longer  two lines"])
    }

    @Test("Free text is cut where the terminal ends, and nowhere else")
    func cut() {
        let table = TextTable(columns: [.init("n"), .init("message", .free)], rows: [["1", "the quick brown fox"]])
        let narrow = Terminal(redraws: true, columns: 12, colour: false, unicode: true)
        #expect(table.render(terminal: narrow)[1] == "1  the quic…")
        #expect(table.render(terminal: pipe)[1] == "1  the quick brown fox")
    }

    @Test("A long table loses its middle, which is counted")
    func shortened() {
        let table = TextTable(columns: [.init("n", .right)], rows: (0..<100).map { [.init("\($0)")] })
        let lines = table.render(terminal: pipe, shortenedTo: 5)
        #expect(lines == [" n", " 0", " 1", " 2", "… 95 more rows", "98", "99"])
        #expect(table.render(terminal: pipe, shortenedTo: 100).count == 101)
    }
}
