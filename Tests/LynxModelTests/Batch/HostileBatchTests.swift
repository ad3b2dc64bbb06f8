import FoundationEssentials
import LynxDocument
import LynxModel
import TestSupport
import Testing

@Suite("Hostile batches")
struct HostileBatchTests {
    @Test("Names and values from outside cannot break a line, hide text or fill a screen")
    func excerpts() throws {
        let text = #"{"name": 1, "x\n\u001b[31m\#u{202E}": 1, "\#(String(repeating: "k", count: 10_000))": 2, "\u2028": 3}"#
        let error = try failure { _ = try BatchSubmission.read(json: Data(text.utf8)) }
        for diagnostic in error.diagnostics {
            let line = "\(diagnostic)"
            #expect(line.unicodeScalars.allSatisfy { !Excerpt.isControl($0) })
            #expect(line.count < 300)
        }
        #expect(error.diagnostics.contains { $0.fieldPath == #"'x\n\u{1b}[31m\u{202e}'"# })
    }

    @Test("A file with thousands of errors lists the first hundred and counts the rest")
    func manyErrors() throws {
        let keys = (0..<5000).map { "\"key\($0)\": 0" }.joined(separator: ", ")
        let error = try failure { _ = try BatchSubmission.read(json: Data("{\(keys)}".utf8)) }
        #expect(error.diagnostics.count == 100)
        #expect(error.omitted == 4902)
        #expect(error.description.hasSuffix("\nand 4902 more"))
    }

    @Test("A file that can't be read is one line", arguments: [
        ("/nonexistent/batch.yaml", "/nonexistent/batch.yaml: there is no such file; check the path"),
        ("/", "/: is a directory; give the path of a file"),
        ("", ": is not a path; give the path of a file"),
        ("/etc/passwd/batch.yaml", "/etc/passwd/batch.yaml: there is no such file; check the path"),
    ])
    func unreadable(path: String, line: String) throws {
        let error = try failure { _ = try BatchSubmission.read(yamlFile: path) }
        #expect(error.description == line)
    }
}
