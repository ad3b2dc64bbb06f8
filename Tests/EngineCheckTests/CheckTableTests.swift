import EngineCheck
import Foundation
import TestSupport
import Testing

@Suite("The table of checks")
struct CheckTableTests {
    @Test("There are at least 45 checks, each with a name of its own")
    func names() {
        #expect(CheckTable.all.count >= 45)
        #expect(Set(CheckTable.all.map(\.name)).count == CheckTable.all.count)
        for check in CheckTable.all { #expect(check.summary.hasSuffix("."), "\(check.name)") }
    }

    @Test("Each check quotes a rule that stands in the header")
    func quotes() throws {
        for check in CheckTable.all {
            let header = try String(contentsOfFile: Repository.path("Sources/EngineABI/\(check.rule.header)"), encoding: .utf8)
            // Comments as running text, without the asterisks that begin their lines.
            let words = header.split(whereSeparator: \.isWhitespace).filter { $0 != "*" }.joined(separator: " ")
            let quote = check.rule.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words.contains(quote), "\(check.name) quotes what is not in the header: \(quote)")
        }
    }
}
