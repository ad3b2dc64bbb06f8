/// When to kill a run before it ends by itself.
public struct EarlyTerminationSpec: Codable, Hashable, Sendable {
    /// When false, conditions are checked for validity and never fire.
    public var enabled: Bool
    /// How often conditions are evaluated against the telemetry that came in, in Hz; 0 means at every sample.
    public var checkFrequencyHz: Double
    public var conditions: [StoppingCondition]

    public init(enabled: Bool = false, checkFrequencyHz: Double = 0, conditions: [StoppingCondition] = []) {
        self.enabled = enabled
        self.checkFrequencyHz = checkFrequencyHz
        self.conditions = conditions
    }

    private enum CodingKeys: String, CodingKey {
        case enabled, conditions
        case checkFrequencyHz = "check_frequency_hz"
    }
}

/// Fires when `variable operator threshold` holds for a sample of the run's telemetry.
public struct StoppingCondition: Codable, Hashable, Sendable {
    public var name: String
    public var description: String
    public var variable: String
    public var `operator`: ComparisonOperator
    public var threshold: Double
    /// Must be what the scenario reports; empty means unchecked.
    public var units: String

    public init(
        name: String, description: String = "", variable: String, operator: ComparisonOperator, threshold: Double, units: String = ""
    ) {
        self.name = name
        self.description = description
        self.variable = variable
        self.operator = `operator`
        self.threshold = threshold
        self.units = units
    }
}

public enum ComparisonOperator: String, Codable, CaseIterable, Sendable {
    case lt, lte, gt, gte, eq, neq

    @inlinable public func holds(_ value: Double, _ threshold: Double) -> Bool {
        switch self {
        case .lt: value < threshold
        case .lte: value <= threshold
        case .gt: value > threshold
        case .gte: value >= threshold
        case .eq: value == threshold
        case .neq: value != threshold
        }
    }

    public var symbol: String {
        switch self {
        case .lt: "<"
        case .lte: "≤"
        case .gt: ">"
        case .gte: "≥"
        case .eq: "="
        case .neq: "≠"
        }
    }
}

/// What is kept of a run's telemetry.
public struct TelemetrySpec: Codable, Hashable, Sendable {
    /// Series are thinned to this rate in simulated time, in Hz; nil keeps every sample up to the store's bound.
    public var samplingRateHz: Double?
    /// The variables kept; empty keeps all.
    public var variables: [String]
    public var storage: TelemetryStorageSpec?
    public var bufferFlushIntervalSeconds: Double?

    public init(
        samplingRateHz: Double? = nil, variables: [String] = [], storage: TelemetryStorageSpec? = nil,
        bufferFlushIntervalSeconds: Double? = nil
    ) {
        self.samplingRateHz = samplingRateHz
        self.variables = variables
        self.storage = storage
        self.bufferFlushIntervalSeconds = bufferFlushIntervalSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case variables, storage
        case samplingRateHz = "sampling_rate_hz"
        case bufferFlushIntervalSeconds = "buffer_flush_interval_seconds"
    }
}

public struct TelemetryStorageSpec: Codable, Hashable, Sendable {
    public var s3Bucket: String?
    public var s3Prefix: String?
    /// A `TelemetryCompression`; batches of before there were such may hold anything.
    public var compression: String?
    /// How long files and series are kept after the batch has ended, in days; nil leaves it to the control plane.
    public var retainDays: Double?

    public init(s3Bucket: String? = nil, s3Prefix: String? = nil, compression: String? = nil, retainDays: Double? = nil) {
        self.s3Bucket = s3Bucket
        self.s3Prefix = s3Prefix
        self.compression = compression
        self.retainDays = retainDays
    }

    private enum CodingKeys: String, CodingKey {
        case compression
        case retainDays = "retain_days"
        case s3Bucket = "s3_bucket"
        case s3Prefix = "s3_prefix"
    }
}
