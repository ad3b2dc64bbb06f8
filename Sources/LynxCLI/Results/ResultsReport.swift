package import LynxModel
import PlainText

/// What a person reads at the end of a batch: the table of its runs, where their files are, and totals.
package struct ResultsReport: Sendable {
    package var batch: Batch
    package var rows: [RunRow]
    package var showAll: Bool
    /// How to see the rows that were left out.
    package var howToSeeAll: String

    /// Longer tables lose their middle.
    package static let mostRows = 40
    /// With more runs than this the files of only the first few are named.
    package static let mostListedRuns = 8
    private static let fewRuns = 3
    /// Of a run with more files than this their number is told, and the folder that they lie in.
    package static let mostListedFiles = 8
    /// Further warnings are counted.
    package static let mostWarnings = 20

    package init(batch: Batch, rows: [RunRow], showAll: Bool = false, howToSeeAll: String) {
        self.batch = batch
        self.rows = rows
        self.showAll = showAll
        self.howToSeeAll = howToSeeAll
    }

    package func table(terminal: Terminal) -> [String] {
        // Which values differ is a matter of the sample.
        let chosen = rows.sample.isEmpty ? rows : rows.sample
        var names = SummaryColumns.choose(from: chosen.map(\.values).filter { !$0.names.isEmpty })
        var table = table(values: names)
        while let columns = terminal.columns, !names.isEmpty, table.width > columns {
            names.removeLast()
            table = self.table(values: names)
        }
        var lines = table.render(terminal: terminal, shortenedTo: showAll ? nil : Self.mostRows)
        if !showAll, rows.count > Self.mostRows {
            lines.append(terminal.paint("all \(rows.sample.count) runs\(rows.nominal == nil ? "" : " and the nominal one"): \(howToSeeAll)", .dim))
        }
        return lines
    }

    private func table(values names: [String]) -> TextTable {
        let retried = rows.contains { $0.job.attempt > 1 }
        let messages = rows.contains { $0.message != nil }
        var columns: [TextTable.Column] = [.init("run", .right), .init("status"), .init("seconds", .right)]
        if retried { columns.append(.init("attempts", .right)) }
        columns += Self.titles(names).map { .init($0, .right) }
        if messages { columns.append(.init("message", .free)) }
        let cells = rows.map { row in
            var cells: [TextTable.Cell] = [
                .init(row.isNominal ? "nominal" : "\(row.runIndex)"), .init(row.job.status.rawValue, row.job.status.paint),
                .init(row.result.map { NumberText.fixed($0.executionTimeSecs, digits: 2) } ?? "-"),
            ]
            if retried { cells.append(.init("\(row.job.attempt)")) }
            cells += names.map { name in .init(row.values.numbers[name].map(NumberText.significant) ?? "-") }
            if messages { cells.append(.init(row.message ?? "")) }
            return cells
        }
        return TextTable(columns: columns, rows: cells)
    }

    /// The values' own names, without the sections they stand in where that leaves them apart.
    static func titles(_ names: [String]) -> [String] {
        let short = names.map { $0.unicodeScalars.split(separator: ".").last.map { String($0) } ?? $0 }
        return names.indices.map { index in short.count { $0 == short[index] } == 1 ? short[index] : names[index] }
    }

    /// The artifacts of each run with their full paths; of many runs the first few, and of many files their number, with the
    /// folder they all lie in.
    package func files() -> [String] {
        let runs = rows.filter { !$0.files.isEmpty }
        guard !runs.isEmpty else { return [] }
        let many = !showAll && runs.count > Self.mostListedRuns
        var lines = ["files:"]
        for run in many ? Array(runs.prefix(Self.fewRuns)) : runs {
            if !showAll, run.files.count > Self.mostListedFiles {
                lines.append("  \(run.name)  \(run.files.count) files in \(Self.commonFolder(run.files))")
            } else {
                lines += run.files.map { "  \(run.name)  \($0)" }
            }
        }
        if many {
            lines.append("  and of \(runs.count - Self.fewRuns) more runs below \(Self.commonFolder(runs.flatMap(\.files)))")
        }
        return lines.map(PlainText.line)
    }

    /// `8 completed, 1 failed of 9 jobs, 27 artifacts`, with the nominal run for itself: `…, nominal run completed, …`
    package func totals() -> String {
        let order: [JobStatus] = [.completed, .failed, .timeout, .cancelled, .running, .claimed, .pending]
        let counts = order.compactMap { status -> String? in
            let count = rows.sample.count { $0.job.status == status }
            return count > 0 ? "\(count) \(status.rawValue.lowercased())" : nil
        }
        let artifacts = rows.reduce(0) { $0 + ($1.result?.artifacts.count ?? 0) }
        let nominal = rows.nominal.map { ", nominal run \($0.job.status.rawValue.lowercased())" } ?? ""
        return "\(counts.joined(separator: ", ")) of \(NumberText.count(rows.sample.count, "job"))\(nominal), \(NumberText.count(artifacts, "artifact"))"
    }

    /// The warnings of the batch, then those of its runs, each text once.
    package func warnings() -> [String] {
        var order: [String] = []
        var runs: [String: [RunRow]] = [:]
        for row in rows {
            for warning in (row.result?.metadata.warnings ?? []) + row.values.warnings {
                if runs[warning] == nil { order.append(warning) }
                runs[warning, default: []].append(row)
            }
        }
        let shown = showAll || order.count <= Self.mostWarnings ? order[...] : order.prefix(Self.mostWarnings)
        var lines = (batch.warnings ?? []).map { PlainText.line("warning: \($0)") }
        lines += shown.map { warning in
            let of = runs[warning]!
            let which = of.count > 4 ? "\(of.count) runs, the first is \(of.sample[0].runIndex)" : Self.listed(of)
            return PlainText.line("warning: \(warning) (\(which))")
        }
        if shown.count < order.count { lines.append("and \(NumberText.count(order.count - shown.count, "more warning")): \(howToSeeAll)") }
        return lines
    }

    /// `run 1, 2`, `nominal run`, `nominal run, run 1, 2`.
    private static func listed(_ rows: [RunRow]) -> String {
        let sample = rows.sample.map { "\($0.runIndex)" }
        return ((rows.nominal.map { [$0.name] } ?? []) + (sample.isEmpty ? [] : ["run \(sample.joined(separator: ", "))"])).joined(separator: ", ")
    }

    static func commonFolder(_ paths: [String]) -> String {
        let slash = UInt8(ascii: "/")
        guard var common = paths.first.map({ Array($0.utf8) }) else { return "/" }
        for path in paths { common = Array(zip(common, path.utf8).prefix { $0 == $1 }.map(\.0)) }
        let folder = common[..<(common.lastIndex(of: slash) ?? 0)]
        return folder.isEmpty ? "/" : String(decoding: folder, as: UTF8.self)
    }
}

extension JobStatus {
    package var paint: Paint? {
        switch self {
        case .completed: .green
        case .failed, .timeout: .red
        case .cancelled: .yellow
        case .pending, .claimed, .running: nil
        }
    }
}
