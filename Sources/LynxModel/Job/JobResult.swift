public import FoundationEssentials

/// What one job brought. A failed job may have a partial one, with `success: false`.
public struct JobResult: Codable, Hashable, Sendable, HoldsNumberLists {
    public var jobID: String
    public var success: Bool
    /// Wall time from launch to the end of the simulation, in seconds.
    public var executionTimeSecs: Double
    /// Absolute paths on the runner's machine.
    public var outputFiles: [String]
    public var artifacts: [Artifact]
    /// By variable name.
    public var telemetryData: [String: TelemetrySeries]
    /// The run's scalar results, in the order in which it reports them. Nil: from a runner before 1.5 of the runner protocol.
    public var outputs: [RunOutput]?
    public var metadata: ResultMetadata
    public var errorMessage: String?

    public init(
        jobID: String, success: Bool, executionTimeSecs: Double, outputFiles: [String] = [], artifacts: [Artifact] = [],
        telemetryData: [String: TelemetrySeries] = [:], outputs: [RunOutput]? = nil, metadata: ResultMetadata, errorMessage: String? = nil
    ) {
        self.outputs = outputs
        self.jobID = jobID
        self.success = success
        self.executionTimeSecs = executionTimeSecs
        self.outputFiles = outputFiles
        self.artifacts = artifacts
        self.telemetryData = telemetryData
        self.metadata = metadata
        self.errorMessage = errorMessage
    }

    private enum CodingKeys: String, CodingKey {
        case success, artifacts, outputs, metadata
        case jobID = "job_id"
        case executionTimeSecs = "execution_time_secs"
        case outputFiles = "output_files"
        case telemetryData = "telemetry_data"
        case errorMessage = "error_message"
    }
}

/// One regular file below the job's output directory.
public struct Artifact: Codable, Hashable, Sendable {
    /// Relative to the output directory.
    public var path: String
    public var sizeBytes: Int64
    /// Lower-case hexadecimal.
    public var sha256: String
    public var mediaType: String

    public init(path: String, sizeBytes: Int64, sha256: String, mediaType: String) {
        self.path = path
        self.sizeBytes = sizeBytes
        self.sha256 = sha256
        self.mediaType = mediaType
    }

    private enum CodingKeys: String, CodingKey {
        case path, sha256
        case sizeBytes = "size_bytes"
        case mediaType = "media_type"
    }
}

/// One variable of a run. `count`, `first`, `last`, `min` and `max` cover every sample that arrived;
/// `timeS` and `values` are the series as kept, possibly thinned.
public struct TelemetrySeries: Codable, Hashable, Sendable {
    public var units: String
    public var count: Int
    public var first: Double?
    public var last: Double?
    public var min: Double?
    public var max: Double?
    /// Simulated seconds, one for each of `values`.
    @NumberList public var timeS: [Double]
    @NumberList public var values: [Double]

    public init(
        units: String, count: Int, first: Double?, last: Double?, min: Double?, max: Double?, timeS: [Double], values: [Double]
    ) {
        self.units = units
        self.count = count
        self.first = first
        self.last = last
        self.min = min
        self.max = max
        self.timeS = timeS
        self.values = values
    }

    private enum CodingKeys: String, CodingKey {
        case units, count, first, last, min, max, values
        case timeS = "time_s"
    }
}

public struct ResultMetadata: Codable, Hashable, Sendable {
    /// The job's id and attempt, such as `<job_id>/attempt-1`.
    public var runID: String
    public var runIndex: Int
    public var attempt: Int
    public var simulationName: String
    public var simulationVersion: String
    public var engine: String
    public var engineVersion: String
    public var runnerID: String
    public var outcome: AttemptOutcome
    public var exitCode: Int32?
    public var exitSignal: Int32?
    public var maxRSSBytes: Int64?
    public var startedAt: Date?
    public var completedAt: Date?
    /// The attempt's own directory on the runner's machine: run config, logs and output.
    public var directory: String?
    /// What a person should know of this run: dropped telemetry, a condition whose variable never came, files not collected.
    public var warnings: [String]
    /// What the result rests on besides its own run, such as a proof that a copied process gives what a fresh one gives. Its
    /// runner may take that back, and the result with it. Nil: nothing else. Since 1.4 of the runner protocol.
    public var basis: String?
    /// The stopping condition that killed the run. Since 1.5 of the runner protocol.
    public var breach: BreachRecord?
    /// The simulated time of the latest sample, in seconds; nil if none came. Since 1.5 of the runner protocol.
    public var simTimeS: Double?
    /// The code that the attempt ran with. Nil: from a runner that does not tell, or of an attempt that had no engine.
    public var provenance: Provenance?
    /// Whether it is the nominal run, which is no part of the sample; nil: no. Since 1.7 of the runner protocol.
    public var nominal: Bool?

    public init(
        runID: String, runIndex: Int, attempt: Int, simulationName: String, simulationVersion: String, engine: String,
        engineVersion: String, runnerID: String, outcome: AttemptOutcome, exitCode: Int32? = nil, exitSignal: Int32? = nil,
        maxRSSBytes: Int64? = nil, startedAt: Date? = nil, completedAt: Date? = nil, directory: String? = nil,
        warnings: [String] = [], basis: String? = nil, breach: BreachRecord? = nil, simTimeS: Double? = nil,
        provenance: Provenance? = nil, nominal: Bool? = nil
    ) {
        self.nominal = nominal
        self.provenance = provenance
        self.breach = breach
        self.simTimeS = simTimeS
        self.basis = basis
        self.runID = runID
        self.runIndex = runIndex
        self.attempt = attempt
        self.simulationName = simulationName
        self.simulationVersion = simulationVersion
        self.engine = engine
        self.engineVersion = engineVersion
        self.runnerID = runnerID
        self.outcome = outcome
        self.exitCode = exitCode
        self.exitSignal = exitSignal
        self.maxRSSBytes = maxRSSBytes
        self.startedAt = startedAt
        self.completedAt = completedAt
        self.directory = directory
        self.warnings = warnings
    }

    private enum CodingKeys: String, CodingKey {
        case attempt, engine, outcome, directory, warnings, basis, breach, provenance, nominal
        case simTimeS = "sim_time_s"
        case runID = "run_id"
        case runIndex = "run_index"
        case simulationName = "simulation_name"
        case simulationVersion = "simulation_version"
        case engineVersion = "engine_version"
        case runnerID = "runner_id"
        case exitCode = "exit_code"
        case exitSignal = "exit_signal"
        case maxRSSBytes = "max_rss_bytes"
        case startedAt = "started_at"
        case completedAt = "completed_at"
    }
}

/// What killed a run that breached a stopping condition.
public struct BreachRecord: Codable, Hashable, Sendable {
    /// The name of the condition.
    public var condition: String
    /// Of the sample that breached it, in seconds; nil where that was not finite.
    public var simTimeS: Double?

    public init(condition: String, simTimeS: Double?) {
        self.condition = condition
        self.simTimeS = simTimeS
    }

    private enum CodingKeys: String, CodingKey {
        case condition
        case simTimeS = "sim_time_s"
    }
}

/// How one attempt at a job ended.
public enum AttemptOutcome: String, Codable, CaseIterable, Sendable {
    case success, failure, breach, timeout, cancelled
    /// The runner went away, or was told to stop at once; does not spend the user's retries.
    case lost
    /// The simulator failed, not what it simulated; does not spend the user's retries. Since 1.2 of the runner protocol.
    case simulatorFault = "simulator_fault"
    /// Its result was taken back, because what it rested on turned out to be wrong; does not spend the user's retries. Only
    /// the control plane gives it. Since 1.4 of the runner protocol.
    case retracted
}
