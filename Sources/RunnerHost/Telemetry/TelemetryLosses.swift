import TelemetryServer

/// The telemetry of a run that could not be kept, and the warnings about it.
struct TelemetryLosses: Sendable {
    struct UnitsConflict: Sendable {
        let name: String
        let kept: String
        let dropped: String
        var samples: Int
    }

    /// A name that is canonically equivalent to an earlier one but has other characters (Unicode): results are stored by names,
    /// which cannot distinguish the two.
    struct OtherSpelling: Sendable {
        let name: String
        var samples: Int
    }

    var conflicts: [UnitsConflict] = []
    var spellings: [OtherSpelling] = []
    var furtherVariables = 0
    var samplesOfFurtherVariables = 0

    /// The number of variables named at most for one kind of loss.
    private static let named = 5

    func warnings(
        of series: [RecordedSeries], missing: Set<String>, limit: Int, variables: Int, droppedBefore: UInt64
    ) -> [String] {
        var lines: [String] = []
        if droppedBefore > 0 {
            lines.append("telemetry: \(count(droppedBefore, "sample")) dropped on arrival, as there were too many variables")
        }
        if furtherVariables > 0 {
            lines.append(
                "telemetry: only the first \(count(variables, "variable")) kept; "
                    + "\(count(samplesOfFurtherVariables, "sample")) of \(furtherVariables) more dropped")
        }
        lines += Self.list(conflicts) {
            "telemetry: '\($0.name)' came first \(units($0.kept)), then \(units($0.dropped)): "
                + "the latter's \(count($0.samples, "sample")) dropped"
        }
        lines += Self.list(spellings) {
            "telemetry: '\($0.name)' came in a second spelling that looks the same, of other characters: "
                + "the latter's \(count($0.samples, "sample")) dropped"
        }
        lines += Self.list(series.filter { $0.nonFiniteValues > 0 }) {
            "telemetry: \($0.nonFiniteValues) of the \(count($0.count, "value")) of '\($0.name)' not finite, left out"
        }
        lines += Self.list(series.filter { $0.nonFiniteTimes > 0 }) {
            "telemetry: \(count($0.nonFiniteTimes, "sample")) of '\($0.name)' without a finite time, left out of its series"
        }
        lines += Self.list(series.filter { $0.step(limit: limit) > 1 }) {
            "telemetry: the series of '\($0.name)' is thinned to one point in \($0.step(limit: limit)), "
                + "to stay within \(limit) points; its statistics cover all samples"
        }
        if !missing.isEmpty {
            lines.append("telemetry: asked for but never came: \(missing.sorted().map { "'\($0)'" }.joined(separator: ", "))")
        }
        return lines
    }

    /// Warnings about data that did not reach the watchdog: samples that violated the protocol, and messages that could not be
    /// read.
    static func warnings(ofRefusals counters: TelemetryCounters) -> [String] {
        var lines = counters.refusals.map { refusal in
            let first =
                refusal.firstName.isEmpty
                ? "" : refusal.samples == 1 ? ": '\(refusal.firstName)'" : "; the first is of '\(refusal.firstName)'"
            return "telemetry: \(count(refusal.samples, "sample")) refused, as \(refusal.reason)\(first)"
        }
        if counters.refusedMessages > 0 {
            lines.append(
                "telemetry: \(count(counters.refusedMessages, "message")) refused with all samples in it; "
                    + "the reason of the first: \(counters.firstMessageRefusal)")
        }
        return lines
    }

    private static func list<Item>(_ items: [Item], _ line: (Item) -> String) -> [String] {
        var lines = items.prefix(named).map(line)
        if items.count > named { lines.append(lines.removeLast() + " (and \(items.count - named) more variables likewise)") }
        return lines
    }

    private func units(_ units: String) -> String { units.isEmpty ? "without units" : "in '\(units)'" }

    private static func count(_ number: some BinaryInteger, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    private func count(_ number: some BinaryInteger, _ noun: String) -> String { Self.count(number, noun) }
}
