import Glibc
import Support
import Testing
import TestSupport

@Suite("Reading the lines of a file that grows")
struct LineTailTests {
    private let folder: TemporaryDirectory
    private let path: String
    private let tail: LineTail

    init() throws {
        folder = try TemporaryDirectory()
        path = folder.path + "/log"
        tail = LineTail(path)
    }

    private func write(_ text: String, _ flags: CInt = O_APPEND) {
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o600)
        _ = text.withCString { Glibc.write(file, $0, strlen($0)) }
        close(file)
    }

    private func lines(atMost most: Int = .max) -> [String] {
        var lines: [String] = []
        tail.read(atMost: most) { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }

    @Test("Lines come once, when they are whole") func whole() {
        #expect(lines() == [])
        write("one\ntw")
        #expect(lines() == ["one"])
        write("o\r\nthree")
        #expect(lines() == ["two"])
        var last: [String] = []
        tail.finish { last.append(String(decoding: $0, as: UTF8.self)) }
        #expect(last == ["three"] && !tail.wasBegunAnew)
    }

    @Test("A file that is written again from its beginning is read again, however long it is then", arguments: ["6,6\n", "7,7\n8,8\n", "7,7\n8,8\n9,9\n"])
    func begunAnew(text: String) {
        write("1,1\n2,2\n")
        #expect(lines() == ["1,1", "2,2"])
        write(text, O_TRUNC)
        #expect(lines() == text.split(separator: "\n").map(String.init))
        #expect(tail.wasBegunAnew)
    }

    @Test("The end of a line that was too long is not awaited in a file that is begun anew") func longLine() {
        write(String(repeating: "x", count: 3 << 20))
        #expect(lines() == [])
        write("1,1\n2,2\n", O_TRUNC)
        #expect(lines() == ["1,1", "2,2"])
    }

    @Test("Another file in its place is read from its beginning") func replaced() {
        write("1\n2\n")
        #expect(lines() == ["1", "2"])
        rename(path, path + ".old")
        write("1\n2\n3\n")
        #expect(lines() == ["1", "2", "3"])
    }

    @Test("Much is read in turns, and none of it twice") func turns() {
        let all = (0..<50_000).map { "line \($0)" }
        write(all.map { $0 + "\n" }.joined())
        var read: [String] = []
        var turns = 1
        while tail.read(atMost: 64 << 10, { read.append(String(decoding: $0, as: UTF8.self)) }) { turns += 1 }
        #expect(read == all)
        #expect((9...12).contains(turns))
    }
}
