package import LynxModel
import PlainText

/// How a batch ended, in GitHub-flavoured Markdown: for the page of a CI run.
package enum MarkdownSummary {
    /// Longer tables of failed jobs are cut; the JUnit file has them all.
    package static let mostFailures = 50

    package static func render(_ overview: BatchOverview, _ rows: [RunRow], verdicts: [RequirementVerdict] = []) -> String {
        let batch = overview.batch
        let isGood = verdicts.isEmpty ? batch.status == .completed : verdicts.allSatisfy { $0.verdict == .met }
        let mark = isGood ? "✅" : "❌"
        var lines = ["## \(mark) \(text(batch.name)): \(batch.status.rawValue)", ""]
        let counts = JobStatus.allCases.filter { overview.count($0) > 0 }.map { "\(overview.count($0)) \($0.rawValue.lowercased())" }
        let nominal = overview.nominalRun == nil && rows.nominal == nil ? "" : ", the nominal run among them"
        lines += ["\(NumberText.count(batch.totalJobs, "job"))\(nominal): \(counts.joined(separator: ", ")). Batch `\(batch.batchID)`, seed `\(batch.seed)`.", ""]
        lines += requirements(verdicts)
        lines += failures(rows)
        lines += statistics(rows)
        return lines.joined(separator: "\n")
    }

    private static func requirements(_ verdicts: [RequirementVerdict]) -> [String] {
        guard !verdicts.isEmpty else { return [] }
        var lines = ["### Requirements", "", "| verdict | requirement | statement | found |", "| --- | --- | --- | --- |"]
        for verdict in verdicts {
            let claim = "\(verdict.statement) in \(VerdictReport.percent(verdict.probability)) of runs"
            lines.append("| \(verdict.verdict.rawValue) | \(text(verdict.name)) | \(text(claim)) | \(text(verdict.explanation)) |")
        }
        return lines + [""]
    }

    private static func failures(_ rows: [RunRow]) -> [String] {
        let failed = rows.filter { $0.job.status == .failed || $0.job.status == .timeout }
        guard !failed.isEmpty else { return [] }
        var lines = ["### Failed jobs", "", "| run | job | status | attempts | message |", "| ---: | --- | --- | ---: | --- |"]
        for row in failed.prefix(mostFailures) {
            lines.append(
                "| \(row.isNominal ? "nominal" : "\(row.runIndex)") | `\(row.job.jobID)` | \(row.job.status.rawValue) | \(row.job.attempt) | \(text(String((row.message ?? "").prefix(300)))) |")
        }
        if failed.count > mostFailures { lines += ["", "… and \(failed.count - mostFailures) more."] }
        return lines + [""]
    }

    private static func statistics(_ rows: [RunRow]) -> [String] {
        let completed = rows.sample.filter { $0.job.status == .completed }
        var names: [String] = []
        for name in completed.flatMap(\.values.names) where !names.contains(name) { names.append(name) }
        guard !names.isEmpty else { return [] }
        var lines = ["### Values of the completed runs\(rows.nominal == nil ? "" : ", without the nominal one")", ""]
        lines += ["| value | runs | mean | std. dev. | min | median | max |", "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
        for name in names {
            let all = completed.compactMap { $0.values.numbers[name] }
            let odd = all.count { !$0.isFinite }
            let statistics = SampleStatistics(all)
            let numbers = [\SampleStatistics.mean, \.standardDeviation, \.min, \.median, \.max].map { statistics?[keyPath: $0] ?? .nan }
            let cells = numbers.map { $0.isFinite ? NumberText.significant($0) : "–" }.joined(separator: " | ")
            lines.append("| \(text(name)) | \(all.count - odd)\(odd > 0 ? " (and \(odd) not finite)" : "") | \(cells) |")
        }
        return lines + [""]
    }

    /// On one line of a table, and nothing of it taken for Markdown or HTML.
    private static func text(_ text: String) -> String {
        var escaped = ""
        for scalar in PlainText.line(text).unicodeScalars {
            switch scalar {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            case "\\", "`", "*", "_", "[", "]", "|", "#", "~", "@":
                escaped += "\\"
                escaped.unicodeScalars.append(scalar)
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// What a set of numbers is like.
package struct SampleStatistics: Hashable, Sendable {
    package var count: Int
    package var mean: Double
    /// The sample standard deviation (n − 1); NaN for a single value.
    package var standardDeviation: Double
    package var min: Double
    package var median: Double
    package var max: Double

    /// Nil for no numbers.
    package init?(_ values: [Double]) {
        let sorted = values.filter(\.isFinite).sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        count = sorted.count
        let mean = sorted.reduce(0) { $0 + $1 / Double(sorted.count) }
        self.mean = mean
        let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        standardDeviation = sorted.count > 1 ? (squares / Double(sorted.count - 1)).squareRoot() : .nan
        min = first
        max = last
        let middle = sorted.count / 2
        median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
