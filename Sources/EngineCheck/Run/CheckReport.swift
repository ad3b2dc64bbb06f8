import FoundationEssentials
import Glibc
import LynxModel

/// What is printed: a line for each check, and how many there were of each kind.
package struct CheckReport: Sendable {
    package struct Style: Sendable {
        package var onlyFailed = false
        package init() {}
    }

    /// One check in JSON.
    struct Entry: Encodable {
        var name: String
        var status: String
        var message: String?
        var summary: String
        var header: String
        var section: String
        var rule: String
        var seconds: Double
        var output: [String]?
    }

    struct Whole: Encodable {
        var file: String
        var engine: CheckedEngine?
        var counts: [String: Int]
        var checks: [Entry]
    }

    /// The lines about one check.
    package static func lines(_ finding: CheckRun.Finding) -> [String] {
        let verdict = finding.result.verdict, name = finding.check.name
        switch verdict.kind {
        case .passed: return ["passed   \(name)"]
        case .skipped: return ["skipped  \(name): \(verdict.message)"]
        case .failed, .advice:
            let rule = finding.check.rule
            let output = finding.result.output.map { "           | \($0)" }
            return [
                "\(verdict.kind == .failed ? "FAILED " : "advice ")  \(name): \(verdict.message)",
                "           \(rule.description)",
            ] + output
        }
    }

    package static func isShown(_ finding: CheckRun.Finding, _ style: Style) -> Bool { !style.onlyFailed || finding.isFailure }

    /// Such as `61 passed, 2 failed, 4 skipped`.
    package static func summary(_ findings: [CheckRun.Finding]) -> String {
        let counts = count(findings)
        return ["passed", "failed", "skipped", "advice"].compactMap { kind in
            counts[kind].map { "\($0) \(kind)" } ?? (kind == "failed" ? "0 failed" : nil)
        }.joined(separator: ", ")
    }

    package static func json(_ findings: [CheckRun.Finding], file: String, engine: CheckedEngine?) throws -> String {
        let entries = findings.map { finding in
            let verdict = finding.result.verdict
            return Entry(
                name: finding.check.name, status: verdict.kind.rawValue, message: verdict.message.isEmpty ? nil : verdict.message,
                summary: finding.check.summary, header: finding.check.rule.header, section: finding.check.rule.section, rule: finding.check.rule.text,
                seconds: (finding.result.seconds * 1000).rounded() / 1000,
                output: finding.result.output.isEmpty || verdict.kind == .passed ? nil : finding.result.output)
        }
        let whole = Whole(file: file, engine: engine, counts: count(findings), checks: entries)
        return String(decoding: try WireJSON.encode(whole, pretty: true), as: UTF8.self)
    }

    private static func count(_ findings: [CheckRun.Finding]) -> [String: Int] {
        findings.reduce(into: [:]) { $0[$1.result.verdict.kind.rawValue, default: 0] += 1 }
    }
}
