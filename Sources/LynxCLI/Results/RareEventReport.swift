import LynxModel
import PlainText

/// What a person reads first of a study that looks for a rare failure: its probability, and the levels that led there.
struct RareEventReport {
    let estimate: RareEventEstimate

    /// `P(miss_km > 5) = 1.2e-4, between 8e-5 and 1.8e-4 with confidence 90 %, coefficient of variation 0.24`
    var lines: [String] {
        let confidence = VerdictReport.percent(estimate.confidence)
        let event = "P(\(PlainText.line(estimate.limitState)))"
        let range = "between \(number(estimate.low)) and \(number(estimate.high)) with confidence \(confidence)"
        var lines: [String] = []
        if let probability = estimate.probability {
            let variation = estimate.coefficientOfVariation.map { ", coefficient of variation \(number($0))" } ?? ""
            lines.append("\(event) = \(number(probability)), \(range)\(variation)")
        } else {
            lines.append("\(event) is not known yet, \(range)")
        }
        lines.append("  \(PlainText.line(estimate.explanation))")
        if let other = estimate.probabilityIfMissingFail { lines.append("  it would be \(number(other)) if the runs without an answer failed") }
        for (index, level) in estimate.levels.enumerated() {
            let distance = level.threshold == 0 ? "failure" : "within \(number(level.threshold)) of failure"
            lines.append("  level \(index + 1): \(distance), probability \(number(level.probability)), \(NumberText.count(level.runs, "run"))")
        }
        return lines
    }

    private func number(_ value: Double) -> String { NumberText.significant(value) }
}
