/// Where one scalar result of a run comes from. Without a source it is what the scenario itself reports under the output's
/// name: by `lynx_scenario.output`, or as a number in `summary.json`.
public struct OutputSpec: Codable, Hashable, Sendable {
    /// In which the value is; a value that says that it is in others counts as missing.
    public var units: String
    /// The name under which the scenario reports it, where that is not the output's own; nested keys with dots.
    public var from: String?
    /// A telemetry variable, of whose samples `statistic` is taken.
    public var telemetry: String?
    public var statistic: TelemetryStatistic?
    /// Of `value_at`, in simulated seconds.
    public var atS: Double?
    /// Of `duration_above` and `duration_below`, in the variable's units.
    public var threshold: Double?
    /// A CSV or JSON file below the output directory.
    public var artifact: String?
    /// The column of the CSV file whose last row counts, or the field of the JSON object, nested ones with dots.
    public var column: String?

    public init(
        units: String = "", from: String? = nil, telemetry: String? = nil, statistic: TelemetryStatistic? = nil, atS: Double? = nil,
        threshold: Double? = nil, artifact: String? = nil, column: String? = nil
    ) {
        self.units = units
        self.from = from
        self.telemetry = telemetry
        self.statistic = statistic
        self.atS = atS
        self.threshold = threshold
        self.artifact = artifact
        self.column = column
    }

    private enum CodingKeys: String, CodingKey {
        case units, from, telemetry, statistic, threshold, artifact, column
        case atS = "at_s"
    }
}

/// One number made of all finite samples of a telemetry variable, as they arrived.
public enum TelemetryStatistic: String, Codable, CaseIterable, Sendable {
    case first, last, min, max
    /// The arithmetic mean of the samples.
    case mean
    /// The simulated time, in seconds, of the first sample that has the extreme value.
    case timeOfMin = "time_of_min"
    case timeOfMax = "time_of_max"
    /// The value of the last sample at or before a simulated time.
    case valueAt = "value_at"
    /// How long, in simulated seconds, the value was above or below a threshold; a sample's value holds until the next one.
    case durationAbove = "duration_above"
    case durationBelow = "duration_below"
}

/// One scalar result of a run.
public struct RunOutput: Codable, Hashable, Sendable {
    public var name: String
    /// Finite; nil where the run gave no such number.
    public var value: Double?
    public var units: String
    /// Why there is no number: `is NaN`, `summary.json has no such field`.
    public var note: String?

    public init(name: String, value: Double?, units: String = "", note: String? = nil) {
        self.name = name
        self.value = value
        self.units = units
        self.note = note
    }

    /// A run has at most so many; further ones are dropped, with a warning.
    public static let mostPerRun = 1000
    /// Names are one line of at most so many characters.
    public static let longestName = 200
}
