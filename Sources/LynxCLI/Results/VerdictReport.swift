package import LynxModel
import PlainText

/// What a person reads first of a study with requirements: the verdicts, each with what it rests on.
package struct VerdictReport: Sendable {
    package var verdicts: [RequirementVerdict]
    package var stopReason: String?
    package var rareEvent: RareEventEstimate?

    package init(_ study: StudyVerdicts) {
        verdicts = study.verdicts
        stopReason = study.stopReason
        rareEvent = study.rareEvent
    }

    /// Whether every requirement is met, and a probability that was looked for is found.
    package var areMet: Bool { verdicts.allSatisfy { $0.verdict == .met } && rareEvent.map { $0.state == .finished } ?? true }

    /// `MET        stays_in_orbit  final_radius_km > 6900 km in 99 % of runs, confidence 90 %`, and a line that explains it.
    package func lines(terminal: Terminal) -> [String] {
        let widest = verdicts.map(\.name.count).max() ?? 0
        var lines = verdicts.flatMap { verdict in
            let head = terminal.paint(Self.padded(verdict.verdict.rawValue, to: 9), verdict.verdict.paint)
            let claim = "\(verdict.statement) in \(Self.percent(verdict.probability)) of runs"
            return [
                "\(head)  \(Self.padded(PlainText.line(verdict.name), to: widest))  \(PlainText.line(claim))",
                "           \(verdict.explanation)\(verdict.isApproximate ? " (approximate: the runs are not independent)" : "")",
            ]
        }
        if let rareEvent { lines += RareEventReport(estimate: rareEvent).lines }
        if let stopReason { lines.append("stopped early: \(PlainText.line(stopReason))") }
        return lines
    }

    package static func percent(_ share: Double) -> String { "\(NumberText.significant(share * 100)) %" }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension VerdictName {
    package var paint: Paint {
        switch self {
        case .met: .green
        case .notMet: .red
        case .undecided: .yellow
        }
    }
}
