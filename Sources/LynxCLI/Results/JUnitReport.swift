package import LynxModel

/// The jobs of a batch as JUnit XML, which CI systems show: one test case for each requirement and each job.
package enum JUnitReport {
    package static func render(_ batch: Batch, _ rows: [RunRow], verdicts: [RequirementVerdict] = []) -> String {
        let failed = rows.count { $0.job.status == .failed || $0.job.status == .timeout } + verdicts.count { $0.verdict != .met }
        let skipped = rows.count { !$0.job.status.isTerminal || $0.job.status == .cancelled }
        let seconds = rows.reduce(0) { $0 + ($1.result?.executionTimeSecs ?? 0) }
        let counts = #"tests="\#(rows.count + verdicts.count)" failures="\#(failed)" errors="0""#
        let time = #"time="\#(NumberText.fixed(max(0, seconds), digits: 3))""#
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
        lines.append(#"<testsuites name="\#(attribute(batch.name))" \#(counts) \#(time)>"#)
        let timestamp = WireJSON.timestamp(batch.createdAt).prefix(19)
        lines.append(
            #"  <testsuite name="\#(attribute(batch.name))" \#(counts) skipped="\#(skipped)" \#(time) timestamp="\#(timestamp)" hostname="\#(attribute(batch.batchID))">"#)
        for verdict in verdicts { lines += testCase(verdict, suite: batch.name) }
        for row in rows { lines += testCase(row, suite: batch.name) }
        lines += ["  </testsuite>", "</testsuites>"]
        return lines.joined(separator: "\n") + "\n"
    }

    /// What changed between two studies: a requirement that got worse is a failure.
    package static func render(_ comparison: StudyComparison) -> String {
        let suite = "\(comparison.firstBatchID) to \(comparison.secondBatchID)"
        let failed = comparison.requirements.count(where: \.isWorse)
        let counts = #"tests="\#(comparison.requirements.count)" failures="\#(failed)" errors="0""#
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#, #"<testsuites name="\#(attribute(suite))" \#(counts)>"#]
        lines.append(#"  <testsuite name="\#(attribute(suite))" \#(counts) skipped="0">"#)
        for change in comparison.requirements {
            let head = #"    <testcase name="\#(attribute("requirement \(change.name)"))" classname="\#(attribute(suite))" time="0""#
            guard change.isWorse else {
                lines.append(head + "/>")
                continue
            }
            let message = ComparisonReport.difference(change) ?? "newly failing: \(ComparisonReport.list(change.newlyFailing))"
            let whole = change.newlyFailing.map(String.init).joined(separator: ", ")
            lines += [head + ">", #"      <failure message="\#(attribute(message))" type="regression">\#(text(whole))</failure>"#, "    </testcase>"]
        }
        return (lines + ["  </testsuite>", "</testsuites>"]).joined(separator: "\n") + "\n"
    }

    private static func testCase(_ verdict: RequirementVerdict, suite: String) -> [String] {
        let name = "requirement \(verdict.name)"
        let head = #"    <testcase name="\#(attribute(name))" classname="\#(attribute(suite))" time="0""#
        if verdict.verdict == .met { return [head + "/>"] }
        let message = "\(verdict.verdict.rawValue): \(verdict.explanation)"
        return [
            head + ">", #"      <failure message="\#(attribute(message))" type="requirement">\#(text(verdict.statement))</failure>"#, "    </testcase>",
        ]
    }

    private static func testCase(_ row: RunRow, suite: String) -> [String] {
        let seconds = NumberText.fixed(max(0, row.result?.executionTimeSecs ?? 0), digits: 3)
        let head = #"    <testcase name="\#(attribute("\(row.name) (\(row.job.jobID))"))" classname="\#(attribute(suite))" time="\#(seconds)""#
        let message = row.message ?? row.job.status.rawValue
        switch row.job.status {
        case .completed:
            return [head + "/>"]
        case .failed, .timeout:
            let whole = row.job.errorMessage ?? row.result?.errorMessage ?? row.job.status.rawValue
            return [
                head + ">", #"      <failure message="\#(attribute(message))" type="\#(row.job.status.rawValue)">\#(text(whole))</failure>"#,
                "    </testcase>",
            ]
        case .cancelled, .pending, .claimed, .running:
            return [head + ">", #"      <skipped message="\#(attribute(message))"/>"#, "    </testcase>"]
        }
    }

    private static func text(_ text: String) -> String { escaped(text, quotes: false) }

    private static func attribute(_ text: String) -> String { escaped(text, quotes: true) }

    /// XML 1.0 has no way to write most control characters: they become U+FFFD.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"" where quotes: escaped += "&quot;"
            case "\n" where quotes: escaped += "&#10;"
            case "\t" where quotes: escaped += "&#9;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            case "\r": escaped += "&#13;"
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
