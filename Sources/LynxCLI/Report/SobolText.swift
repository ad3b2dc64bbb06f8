import LynxModel
import PlainText

/// Sobol' indices of an output, for a terminal and for the page.
struct SobolText {
    private let analysis: SobolAnalysis
    private let output: String

    private static let mostParameters = 20
    private static let mostInteractions = 10

    init(_ analysis: SobolAnalysis, of output: String) { (self.analysis, self.output) = (analysis, output) }

    /// What the indices are of, and what was left out.
    private var basis: String {
        var text = "Sobol' indices of \(NumberText.count(analysis.blocks, "block")) of Saltelli's design"
        if analysis.incompleteBlocks > 0 { text += "; \(analysis.incompleteBlocks) left out, with a run that gave no \(output)" }
        if analysis.unfinishedBlocks > 0 { text += "; \(analysis.unfinishedBlocks) not run to the end" }
        return text
    }

    func lines(terminal: Terminal) -> [String] {
        var table = TextTable(columns: [
            .init("parameter"), .init("first order", .right), .init("95 % interval", .right), .init("total", .right), .init("95 % interval", .right),
        ])
        table.rows = analysis.parameters.prefix(Self.mostParameters).map { parameter in
            let (first, total) = (parameter.firstOrder, parameter.totalOrder)
            return [
                .init(parameter.parameter), .init(Self.number(first.value)), .init(Self.interval(first)), .init(Self.number(total.value)),
                .init(Self.interval(total)),
            ]
        }
        var lines = ["what drives \(PlainText.line(output)):", "  \(PlainText.line(basis))"] + table.render(terminal: terminal)
        guard !analysis.interactions.isEmpty else { return lines }
        var pairs = TextTable(columns: [.init("pair"), .init("second order", .right), .init("95 % interval", .right)])
        pairs.rows = analysis.interactions.prefix(Self.mostInteractions).map { pair in
            [
                .init(pair.parameters.joined(separator: " × ")), .init(Self.number(pair.secondOrder.value)), .init(Self.interval(pair.secondOrder)),
            ]
        }
        lines += [""] + pairs.render(terminal: terminal)
        if analysis.interactions.count > Self.mostInteractions {
            lines.append("  and \(NumberText.count(analysis.interactions.count - Self.mostInteractions, "further pair"))")
        }
        return lines
    }

    /// A paragraph and tables of HTML.
    var section: String {
        let rows = analysis.parameters.map { parameter in
            [
                HTML.text(parameter.parameter), Self.number(parameter.firstOrder.value), Self.interval(parameter.firstOrder),
                Self.number(parameter.totalOrder.value), Self.interval(parameter.totalOrder),
            ]
        }
        let pairs = analysis.interactions.map { pair in
            [HTML.text(pair.parameters.joined(separator: " × ")), Self.number(pair.secondOrder.value), Self.interval(pair.secondOrder)]
        }
        return "<p>\(HTML.text(basis)). Intervals are at 95 %, by a bootstrap of blocks.</p>"
            + HTML.table(["parameter", "#first-order index", "#interval", "#total-order index", "#interval"], rows)
            + (pairs.isEmpty ? "" : "<p></p>" + HTML.table(["pair", "#second-order index", "#interval"], pairs))
    }

    private static func number(_ value: Double?) -> String { value.map { NumberText.fixed($0, digits: 3) } ?? "-" }

    private static func interval(_ estimate: Estimate) -> String {
        guard let low = estimate.low, let high = estimate.high else { return "-" }
        return "\(number(low)) … \(number(high))"
    }
}
