package import LynxModel
import PlainText

/// What a person reads of two studies side by side.
package struct ComparisonReport: Sendable {
    private let comparison: StudyComparison

    /// Of longer lists the first ones are named.
    private static let mostRuns = 20

    package init(_ comparison: StudyComparison) { self.comparison = comparison }

    package func lines(terminal: Terminal) -> [String] {
        var lines = ["\(comparison.firstBatchID) → \(comparison.secondBatchID)"]
        if let reason = comparison.unpairedReason {
            lines.append("not compared run by run: \(PlainText.line(reason))")
        } else {
            lines.append("\(NumberText.count(comparison.pairs, "run")) of both, compared one by one")
        }
        if let code = comparison.code { lines += CodeReport(code).lines(terminal: terminal) }
        lines.append("")
        for change in comparison.requirements { lines += requirement(change, terminal) }
        lines += outputs(terminal)
        return lines
    }

    private func requirement(_ change: RequirementChange, _ terminal: Terminal) -> [String] {
        let head = change.isWorse ? terminal.paint("worse ", .red) : change.isBetter ? terminal.paint("better", .green) : "same  "
        let counts = "\(change.firstFailures) of \(change.firstRuns) → \(NumberText.count(change.secondFailures, "failure")) of \(change.secondRuns)"
        var lines = ["\(head) \(PlainText.line(change.name)): \(PlainText.line(change.statement))", "       \(counts)"]
        if let p = change.pValue { lines[1] += ", p = \(NumberText.significant(p))" }
        if let difference = Self.difference(change) { lines[1] += ", \(difference)" }
        if !change.newlyFailing.isEmpty { lines.append("       newly failing: \(Self.list(change.newlyFailing))") }
        if !change.newlyPassing.isEmpty { lines.append("       newly passing: \(Self.list(change.newlyPassing))") }
        if change.missing > 0 { lines.append("       \(NumberText.count(change.missing, "pair")) without an answer") }
        return lines
    }

    private func outputs(_ terminal: Terminal) -> [String] {
        guard !comparison.outputs.isEmpty else { return [] }
        var table: TextTable
        if comparison.isPaired {
            table = TextTable(columns: [
                .init("output"), .init("changed", .right), .init("mean change", .right), .init("95 % interval", .right), .init("units"),
                .init("changed most", .free),
            ])
            table.rows = comparison.outputs.map { change in
                let most = change.largest.prefix(3).map { "run \($0.run): \(NumberText.significant($0.first)) → \(NumberText.significant($0.second))" }
                return [
                    .init(change.name), .init("\(change.changed ?? 0) of \(change.pairs ?? 0)"), .init(Self.number(change.meanDifference?.value)),
                    .init(Self.interval(change.meanDifference)), .init(change.units), .init(most.joined(separator: ", ")),
                ]
            }
        } else {
            table = TextTable(columns: [.init("output"), .init("distance", .right), .init("p", .right), .init("units")])
            table.rows = comparison.outputs.map { change in
                [.init(change.name), .init(Self.number(change.distance)), .init(Self.number(change.pValue)), .init(change.units)]
            }
        }
        return [""] + table.render(terminal: terminal)
    }

    /// Nil with pairs.
    static func difference(_ change: RequirementChange) -> String? {
        guard let difference = change.shareDifference, let value = difference.value, let low = difference.low, let high = difference.high
        else { return nil }
        return "\(points(value)) (\(points(low)) to \(points(high))) of runs pass"
    }

    static func list(_ runs: [Int]) -> String {
        let shown = runs.prefix(mostRuns).map(String.init).joined(separator: ", ")
        return runs.count > mostRuns ? "\(shown) and \(runs.count - mostRuns) more" : "\(runs.count == 1 ? "run" : "runs") \(shown)"
    }

    private static func number(_ value: Double?) -> String { value.map(NumberText.significant) ?? "-" }

    private static func interval(_ estimate: Estimate?) -> String {
        guard let low = estimate?.low, let high = estimate?.high else { return "-" }
        return "\(NumberText.significant(low)) … \(NumberText.significant(high))"
    }

    /// A difference of shares in percentage points.
    private static func points(_ difference: Double) -> String { "\(difference >= 0 ? "+" : "")\(NumberText.significant(difference * 100)) %" }
}
