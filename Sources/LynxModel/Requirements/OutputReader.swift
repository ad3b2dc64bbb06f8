import LynxDocument

extension FieldType where Value == [String: OutputSpec] {
    static var outputs: FieldType { .dictionary(of: .output, named: "names to outputs", key: .line(maximum: RunOutput.longestName)) }
}

extension TelemetryStatistic: JSONRepresentable {}

extension FieldType where Value == OutputSpec {
    fileprivate static var output: FieldType {
        mapping("an output") { fields in
            let units = fields.optional("units", .string, default: "", "The output's units; a value in others counts as missing.")
            let from = fields.optional(
                "from", .shortLine, "The name under which the scenario reports it, if not the output's own; nested keys with dots.")
            let telemetry = fields.optional("telemetry", .shortLine, "A telemetry variable of which a statistic is taken.")
            let statistic = fields.optional("statistic", .choice() as FieldType<TelemetryStatistic>, "Which statistic of the telemetry variable.")
            let time = fields.optional("at_s", .number(), "The simulated time of `value_at`, in seconds.")
            let threshold = fields.optional("threshold", .number(), "Of `duration_above` and `duration_below`, in the variable's units.")
            let artifact = fields.optional("artifact", .relativePath, "A CSV or JSON file of the run, below its output directory.")
            let column = fields.optional("column", .shortLine, "The column of the CSV file whose last row counts, or the field of the JSON object.")
            let sources = ["from", "telemetry", "artifact"].filter(fields.has)
            if sources.count > 1 {
                fields.report(sources[1], "comes with \(sources[0]); an output has one source")
                return nil
            }
            // Which further fields belong to it is not known then.
            if fields.has("statistic"), statistic == nil { return nil }
            guard fields.companion("statistic", of: "telemetry", fields.has("telemetry"), "one of first, last, min, max, …"),
                fields.companion("column", of: "artifact", fields.has("artifact"), "a column or a field"),
                fields.companion("at_s", of: "statistic: value_at", statistic == .valueAt, "a simulated time in seconds"),
                fields.companion(
                    "threshold", of: "statistic: duration_above or duration_below", statistic == .durationAbove || statistic == .durationBelow,
                    "a number")
            else { return nil }
            return OutputSpec(
                units: units, from: from, telemetry: telemetry, statistic: statistic, atS: time, threshold: threshold, artifact: artifact,
                column: column)
        }.named("Output")
    }
}

extension MappingReader {
    /// Reports a field that is there without the one that gives it a meaning, or the other way round.
    fileprivate func companion(_ key: String, of other: String, _ hasOther: Bool, _ what: String) -> Bool {
        guard hasOther != has(key) else { return true }
        report(key, hasOther ? "is missing; \(other) needs it: give \(what)" : "belongs to '\(other)', which is not given; leave it out")
        return false
    }
}

extension FieldType where Value == String {
    /// A file below a directory.
    fileprivate static var relativePath: FieldType {
        line(maximum: 512).checked { path in
            let parts = path.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
            return parts.allSatisfy { !["", ".", ".."].contains($0) } ? nil : "is not a path below the output directory; give such as trajectory.csv"
        }
    }
}
