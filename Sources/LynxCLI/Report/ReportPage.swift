import FoundationEssentials
import LynxModel

/// The report as one page that needs no other file.
package struct ReportPage {
    let report: StudyReport

    package init(report: StudyReport) {
        self.report = report
    }

    private var batch: Batch { report.overview.batch }

    package func html() -> String {
        let sections = [head, requirements, rareEvent, outputs, ellipses, drivers, separators, breach, worst, making]
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(HTML.text(batch.name))</title><style>\(HTML.style)</style></head><body>
            \(sections.filter { !$0.isEmpty }.joined(separator: "\n"))
            </body></html>

            """
    }

    private var head: String {
        let counts = JobStatus.allCases.filter { report.overview.count($0) > 0 }.map { "\(report.overview.count($0)) \($0.rawValue.lowercased())" }
        let stopped = batch.stopReason.map { "<p>Stopped early: \(HTML.text($0)).</p>" } ?? ""
        return "<h1>\(HTML.text(batch.name))</h1><p>\(report.overview.sampleRuns) runs\(report.overview.nominalRun == nil ? "" : " and the nominal one, which no statistic counts"): \(HTML.text(counts.joined(separator: ", "))). Batch \(HTML.text(batch.batchID)).</p>" + stopped
    }

    private var requirements: String {
        guard !report.verdicts.verdicts.isEmpty else { return "" }
        let rows = report.verdicts.verdicts.map { verdict in
            let word = verdict.verdict.rawValue
            let mark = "<span class=\"verdict \(word.split(separator: " ")[0])\">\(word)</span>"
            let claim = "\(verdict.statement) in \(VerdictReport.percent(verdict.probability)) of runs"
            let remark = verdict.isApproximate ? " (approximate: the runs are not independent)" : ""
            return [mark, HTML.text(verdict.name), HTML.text(claim), HTML.text(verdict.explanation + remark), HTML.text(verdict.rule)]
        }
        return "<h2>Requirements</h2>" + HTML.table(["verdict", "requirement", "statement", "found", "judged by"], rows)
    }

    private var rareEvent: String {
        guard let estimate = report.verdicts.rareEvent else { return "" }
        let lines = RareEventReport(estimate: estimate).lines.map { HTML.text($0) }
        return "<h2>Rare failure</h2><p>\(lines.joined(separator: "<br>"))</p>"
    }

    private var outputs: String {
        guard !report.statistics.outputs.isEmpty else { return "" }
        let rows = report.statistics.outputs.map { output in
            func quantile(_ probability: Double) -> String { Self.number(output.quantiles.first { $0.probability == probability }?.estimate.value) }
            return [
                HTML.text(output.name), HTML.text(output.units), "\(output.count)", "\(output.missing)", Self.number(output.mean.value),
                Self.number(output.standardDeviation), Self.number(output.min), quantile(0.05), quantile(0.5), quantile(0.95), Self.number(output.max),
                Self.interval(output.tolerance),
            ]
        }
        let table = HTML.table(
            ["output", "units", "#runs", "#missing", "#mean", "#std. dev.", "#min", "#5 %", "#median", "#95 %", "#max", "#95/95 tolerance"], rows)
        return "<h2>Outputs</h2>" + table + report.statistics.outputs.filter { $0.min != $0.max }.prefix(30).map(charts).joined(separator: "\n")
    }

    private func charts(_ output: OutputStatistics) -> String {
        let label = output.units.isEmpty ? output.name : "\(output.name) in \(output.units)"
        let thresholds = report.verdicts.verdicts.filter { $0.output == output.name }.compactMap(\.threshold)
        var figures: [Chart] = []
        if output.binEdges.count == output.binCounts.count + 1, !output.binCounts.isEmpty {
            var chart = Chart("runs by \(label)", x: .init(output.binEdges), y: .init(output.binCounts.map(Double.init), from: 0))
            for (bin, count) in output.binCounts.enumerated() { chart.bar(from: output.binEdges[bin], to: output.binEdges[bin + 1], height: Double(count)) }
            for threshold in thresholds { chart.line(at: threshold) }
            figures.append(chart)
        }
        var shares = Chart("share of runs up to \(label)", x: .init(output.distributionValues), y: .init([0, 1]))
        shares.curve(zip(output.distributionValues, output.distributionShares).map { ($0, $1) }, isStep: true)
        for threshold in thresholds { shares.line(at: threshold) }
        figures.append(shares)
        let running = zip(output.runningRuns, output.runningMeans).compactMap { runs, mean in mean.value.map { (Double(runs), $0, mean) } }
        if running.count > 1 {
            // The first intervals are so wide that they would leave no room for the rest.
            let settled = running.dropFirst(running.count / 10)
            var chart = Chart(
                "mean against the number of runs, with its 95 % interval", x: .init(running.map(\.0)),
                y: .init(settled.flatMap { [$0.1, $0.2.low ?? $0.1, $0.2.high ?? $0.1] }))
            chart.band(settled.map { ($0.0, $0.2.low ?? $0.1, $0.2.high ?? $0.1) })
            chart.curve(settled.map { ($0.0, $0.1) })
            figures.append(chart)
        }
        return "<h3>\(HTML.text(label))</h3><div class=\"charts\">\(figures.map(\.figure).joined())</div>"
    }

    private var ellipses: String {
        let found = report.statistics.ellipses ?? []
        return found.isEmpty ? "" : "<h2>Dispersion</h2>" + found.map { EllipseFigure($0).section }.joined(separator: "\n")
    }

    private var drivers: String {
        let sections = report.drivers.drivers.map { output in
            let rows = output.drivers.map { driver in
                [
                    HTML.text(driver.parameter), Self.number(driver.importance), driver.isDetected ? "yes" : "no", Self.estimate(driver.firstOrder),
                    Self.estimate(driver.partialRankCorrelation), Self.estimate(driver.regression), Self.estimate(driver.pawn),
                ]
            }
            let fit = output.rSquared.map { ", a linear model of all parameters explains \(VerdictReport.percent($0)) of the variance" } ?? ""
            return "<h3>\(HTML.text(output.output))</h3><p>\(output.runs) runs, \(output.missing) without a value\(HTML.text(fit)).</p>"
                + (output.sobol.map { SobolText($0, of: output.output).section } ?? "")
                + HTML.table(["parameter", "#importance", "detected", "#first-order index", "#partial rank corr.", "#regression", "#PAWN"], rows)
        }
        return sections.isEmpty ? "" : "<h2>What drives the outputs</h2>" + sections.joined()
    }

    private var separators: String {
        guard let found = report.drivers.separators else { return "" }
        let rows = found.separators.map { separator in
            let names = separator.parameters.joined(separator: ", ") + (separator.form.map { " (\($0))" } ?? "")
            let side = separator.form == nil ? "\(separator.failuresLieAbove ? "above" : "below") \(NumberText.significant(separator.cut))" : separator.failuresLieAbove ? "large" : "small"
            return [
                HTML.text(names), separator.isDiscovery ? "yes" : "no", HTML.text(side), Self.number(separator.distance),
                Self.number(separator.areaUnderROC), Self.number(separator.qValue),
            ]
        }
        return "<h2>What tells failures apart</h2><p>\(found.failed) failed and \(found.passed) passed runs, \(found.missing) without an answer. False discoveries are held to 5 %.</p>"
            + HTML.table(["parameter", "discovery", "failures lie", "#distance", "#area under ROC", "#q-value"], rows)
    }

    private var breach: String {
        guard let breach = report.statistics.breach else { return "" }
        let points = zip(breach.times, breach.probabilities).compactMap { time, estimate in estimate.value.map { (time, $0, estimate) } }
        var chart = Chart(
            "probability of a breach up to simulated time in s", x: .init(points.map(\.0), from: 0),
            y: .init(points.flatMap { [$0.1, $0.2.high ?? $0.1] }, from: 0))
        chart.band(points.map { ($0.0, $0.2.low ?? $0.1, $0.2.high ?? $0.1) })
        chart.curve([(x: 0, y: 0)] + points.map { ($0.0, $0.1) }, isStep: true)
        let counts = breach.breaches.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        return "<h2>Breaches</h2><p>\(HTML.text(counts)); \(breach.missing) runs without an end.</p><div class=\"charts\">\(chart.figure)</div>"
    }

    private var worst: String {
        guard !report.worst.isEmpty else { return "" }
        let rows = report.worst.map { run in
            let parameters = run.job.runConfig.parameters.sorted { $0.key < $1.key }.map { "\($0.key) = \(ResultsCSV.text($0.value))" }
            let outputs = run.outputs.map { "\($0.name) = \($0.value.map(NumberText.significant) ?? $0.note ?? "-")" }
            return ["\(run.job.runConfig.runIndex)", HTML.text(run.why), HTML.text(parameters.joined(separator: ", ")), HTML.text(outputs.joined(separator: ", "))]
        }
        return "<h2>Runs that fail</h2>" + HTML.table(["#run", "why", "parameters", "outputs"], rows)
    }

    private var making: String {
        var facts = [("seed", "\(batch.seed)"), ("submitted", WireJSON.timestamp(batch.createdAt))]
        if let completed = batch.completedAt { facts.append(("ended", WireJSON.timestamp(completed))) }
        if let simulation = report.worst.first?.job.runConfig.simulation { facts.append(("simulation", "\(simulation.name) \(simulation.version), \(simulation.type)")) }
        facts.append(("report", "lynxctl \(LynxVersion.current), lynxctl report \(batch.batchID)"))
        let warnings = (batch.warnings ?? []).map { "<p>\(HTML.text($0))</p>" }.joined()
        return "<h2>How it was made</h2>" + HTML.table(["", ""], facts.map { [HTML.text($0), HTML.text($1)] }) + warnings
            + "<p>Intervals are at 95 %: of means by Student, of quantiles by order statistics, of measures by subsampling. Runs without an answer count against MET, and for NOT MET.</p>"
    }

    private static func number(_ value: Double?) -> String { HTML.text(value.map(NumberText.significant) ?? "–") }

    private static func interval(_ estimate: Estimate?) -> String {
        guard let low = estimate?.low, let high = estimate?.high else { return "–" }
        return HTML.text("\(NumberText.significant(low)) … \(NumberText.significant(high))")
    }

    private static func estimate(_ estimate: Estimate?) -> String {
        guard let estimate, let value = estimate.value else { return "–" }
        guard let low = estimate.low, let high = estimate.high else { return number(value) }
        return HTML.text("\(NumberText.fixed(value, digits: 2)) (\(NumberText.fixed(low, digits: 2)) … \(NumberText.fixed(high, digits: 2)))")
    }
}
