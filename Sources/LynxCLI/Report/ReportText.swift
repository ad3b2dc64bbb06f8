import LynxModel
import PlainText

/// The report for a terminal.
package struct ReportText {
    let report: StudyReport

    package init(report: StudyReport) {
        self.report = report
    }

    package func lines(terminal: Terminal) -> [String] {
        var sections = [VerdictReport(report.verdicts).lines(terminal: terminal)]
        sections.append(outputs.render(terminal: terminal))
        for ellipses in report.statistics.ellipses ?? [] { sections.append(EllipseText(ellipses).lines(terminal: terminal)) }
        for output in report.drivers.drivers {
            if let sobol = output.sobol {
                sections.append(SobolText(sobol, of: output.output).lines(terminal: terminal))
            } else {
                sections.append(["what drives \(PlainText.line(output.output)):"] + drivers(output).render(terminal: terminal))
            }
        }
        if let found = report.drivers.separators { sections.append(separators(found, terminal)) }
        return Array(sections.filter { !$0.isEmpty }.joined(separator: [""]))
    }

    private var outputs: TextTable {
        var table = TextTable(columns: [
            .init("output"), .init("runs", .right), .init("missing", .right), .init("mean", .right), .init("std. dev.", .right), .init("5 %", .right),
            .init("median", .right), .init("95 %", .right), .init("units"),
        ])
        table.rows = report.statistics.outputs.map { output in
            func quantile(_ probability: Double) -> TextTable.Cell { cell(output.quantiles.first { $0.probability == probability }?.estimate.value) }
            return [
                .init(output.name), .init("\(output.count)"), .init("\(output.missing)"), cell(output.mean.value), cell(output.standardDeviation),
                quantile(0.05), quantile(0.5), quantile(0.95), .init(output.units),
            ]
        }
        return table
    }

    private func drivers(_ output: OutputDrivers) -> TextTable {
        var table = TextTable(columns: [
            .init("parameter"), .init("importance", .right), .init("detected"), .init("first order", .right), .init("rank corr.", .right), .init("PAWN", .right),
        ])
        table.rows = output.drivers.prefix(10).map { driver in
            [
                .init(driver.parameter), cell(driver.importance), .init(driver.isDetected ? "yes" : "no"), cell(driver.firstOrder?.value),
                cell(driver.partialRankCorrelation?.value), cell(driver.pawn?.value),
            ]
        }
        return table
    }

    private func separators(_ found: FailureSeparators, _ terminal: Terminal) -> [String] {
        var lines = ["what tells \(NumberText.count(found.failed, "failed run")) from \(found.passed) passed:"]
        let discoveries = found.separators.filter(\.isDiscovery)
        if discoveries.isEmpty { return lines + ["  nothing among the parameters, at a false discovery rate of 5 %"] }
        for separator in discoveries {
            let names = separator.parameters.joined(separator: " and ")
            let what = separator.form.map { "\($0) \(separator.failuresLieAbove ? "large" : "small")" } ?? "\(separator.failuresLieAbove ? "above" : "below") \(NumberText.significant(separator.cut))"
            lines.append(PlainText.line("  \(names): \(what) (distance \(NumberText.fixed(separator.distance, digits: 2)), q = \(NumberText.significant(separator.qValue)))"))
        }
        return lines
    }

    private func cell(_ value: Double?) -> TextTable.Cell { .init(value.map(NumberText.significant) ?? "-") }
}
