public import FoundationEssentials
public import LynxTelemetry

/// What a runner and the control plane say to each other under `/runner/v1/`.
///
/// | Call | Body | Answer |
/// | --- | --- | --- |
/// | `POST register` | `RegisterRequest` | `RegisterResponse` |
/// | `POST claim` | `ClaimRequest` | `ClaimResponse`, after at most `wait_seconds` |
/// | `POST heartbeat` | `HeartbeatRequest` | `HeartbeatResponse`, after at most `wait_seconds` |
/// | `POST jobs/{id}/started` | `StartedReport` | 204; 409 if the attempt is stale |
/// | `POST jobs/{id}/telemetry?runner_id=&attempt=&seq=` | the bytes of a `TelemetryChunk` | 204, also when repeated; 409 if the attempt is stale |
/// | `POST jobs/{id}/result` | `AttemptReport` | 204, also when repeated; 409 if the attempt is stale; 428 if chunks are missing |
/// | `POST results` | `ResultGroup` | `ResultGroupAnswer`: for each report what `result` would have answered. Since 1.3 |
/// | `POST retractions` | `Retraction` | 204, also when repeated. Since 1.4 |
/// | `POST enroll`, `POST renew` | `EnrollRequest`, `RenewRequest` | `RunnerCredential`, which all other calls carry where callers are asked who they are |
/// | `POST jobs/{id}/artifacts` | `ArtifactManifest` | `ArtifactRequirements`; 409 if the attempt is stale |
/// | `PUT jobs/{id}/artifacts/{sha256}` | the content, from an offset on | `ArtifactProgress` |
/// | `GET bundles/{bundle}/files/{sha256}` | | the content of a file of a bundle, or its manifest. Since 1.6 |
/// | `POST leave` | `LeaveRequest` | 204; its unfinished attempts are lost at once |
///
/// 401 or 404 on any but `register` tells the runner to register again.
public enum RunnerProtocol {
    public static let version = "1.7"

    /// The version of a peer that names none: it was the only one that did not have to.
    public static let unnamedVersion = "1.0"

    /// Whether this side understands a peer: same major version, and at most one minor version ahead. Minor versions only
    /// add, so what came before is still spoken.
    public static func understands(_ version: String) -> Bool {
        guard let theirs = parts(version), let ours = parts(Self.version) else { return false }
        return theirs.major == ours.major && theirs.minor <= ours.minor + 1
    }

    /// Whether `version` has what came with `minor` of this major version.
    public static func isAtLeast(minor: Int, _ version: String) -> Bool { parts(version).map { $0.minor >= minor } ?? false }

    private static func parts(_ version: String) -> (major: Int, minor: Int)? {
        let parts = version.split(separator: ".", omittingEmptySubsequences: false).map { UInt16($0) }
        guard parts.count == 2, let major = parts[0], let minor = parts[1] else { return nil }
        return (Int(major), Int(minor))
    }
}

/// A new session of a runner. The attempts of its earlier sessions that were never reported are lost, and
/// requeued at once: a runner delivers what it has spooled before it registers.
public struct RegisterRequest: Codable, Hashable, Sendable {
    /// Made by the runner once and kept beside its spool.
    public var runnerID: String
    /// New at every start of the process.
    public var sessionID: String
    public var name: String
    public var version: String
    public var protocolVersion: String
    public var capabilities: RunnerCapabilities
    public var engines: [RunnerEngine]
    /// Where the process is: the machine's name, a slash, and what no other machine has. The same over restarts of the process.
    /// Nil: it doesn't say.
    public var machine: String?
    /// Named scenarios and bundles; nil: none. Since 1.6.
    public var offer: RunnerOffer?

    public init(
        runnerID: String, sessionID: String, name: String, version: String, protocolVersion: String = RunnerProtocol.version,
        capabilities: RunnerCapabilities, engines: [RunnerEngine], machine: String? = nil, offer: RunnerOffer? = nil
    ) {
        self.offer = offer
        self.machine = machine
        self.runnerID = runnerID
        self.sessionID = sessionID
        self.name = name
        self.version = version
        self.protocolVersion = protocolVersion
        self.capabilities = capabilities
        self.engines = engines
    }

    private enum CodingKeys: String, CodingKey {
        case name, version, capabilities, engines, machine, offer
        case runnerID = "runner_id"
        case sessionID = "session_id"
        case protocolVersion = "protocol_version"
    }
}

public struct RegisterResponse: Codable, Hashable, Sendable {
    /// A claim lives this long after the last heartbeat, in seconds.
    public var leaseSeconds: Double
    public var heartbeatIntervalSeconds: Double
    /// What the control plane speaks; nil means `RunnerProtocol.unnamedVersion`. Since 1.1.
    public var protocolVersion: String?

    /// Files and logs of ended attempts are to be uploaded; nil means no. Since 1.1.
    public var artifactUpload: Bool?

    public init(
        leaseSeconds: Double, heartbeatIntervalSeconds: Double, protocolVersion: String? = nil, artifactUpload: Bool? = nil
    ) {
        self.leaseSeconds = leaseSeconds
        self.heartbeatIntervalSeconds = heartbeatIntervalSeconds
        self.protocolVersion = protocolVersion
        self.artifactUpload = artifactUpload
    }

    private enum CodingKeys: String, CodingKey {
        case artifactUpload = "artifact_upload"
        case protocolVersion = "protocol_version"
        case leaseSeconds = "lease_seconds"
        case heartbeatIntervalSeconds = "heartbeat_interval_seconds"
    }
}

public struct ClaimRequest: Codable, Hashable, Sendable {
    public var runnerID: String
    public var sessionID: String
    /// At most this many jobs.
    public var slots: Int
    /// How long the control plane may hold the call while there is nothing to do, in seconds.
    public var waitSeconds: Double
    /// All attempts that the runner has, running or not yet reported; others of its session are lost at once, such as those
    /// that a claim gave it whose answer never came. Nil: it doesn't say. Since 1.1.
    public var held: [AttemptKey]?
    /// Of those, at most this many of a simulation type; types that are absent have no limit of their own. A scenario's type is
    /// `scenario:NAME`, that of a bundle `bundle:TYPE`. Since 1.2.
    public var typeSlots: [String: Int]?

    public init(
        runnerID: String, sessionID: String, slots: Int, waitSeconds: Double, held: [AttemptKey]? = nil,
        typeSlots: [String: Int]? = nil
    ) {
        self.held = held
        self.typeSlots = typeSlots
        self.runnerID = runnerID
        self.sessionID = sessionID
        self.slots = slots
        self.waitSeconds = waitSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case slots, held
        case runnerID = "runner_id"
        case sessionID = "session_id"
        case waitSeconds = "wait_seconds"
        case typeSlots = "type_slots"
    }
}

public struct ClaimResponse: Codable, Hashable, Sendable {
    public var jobs: [JobAssignment]
    /// The runner is drained: stop claiming until a heartbeat says otherwise.
    public var drain: Bool

    public init(jobs: [JobAssignment], drain: Bool = false) {
        self.jobs = jobs
        self.drain = drain
    }
}

/// One attempt at one job, handed to one runner under a lease.
public struct JobAssignment: Codable, Hashable, Sendable {
    public var jobID: String
    public var batchID: String
    /// The attempt's number, from 1; also its fencing token.
    public var attempt: Int
    public var timeoutSecs: Double
    public var runConfig: RunConfiguration
    public var earlyTermination: EarlyTerminationSpec
    public var telemetry: TelemetrySpec
    /// The scalar results that the result is to hold; nil: all that the scenario reports. Since 1.5.
    public var outputs: [String: OutputSpec]?
    /// Signal temporal logic, by the name of the output that holds its robustness. Since 1.5.
    public var formulas: [String: String]?
    /// The image that the simulation runs in, and what it may use of the machine. Since 1.7.
    public var container: ContainerSpec?

    public init(
        jobID: String, batchID: String, attempt: Int, timeoutSecs: Double, runConfig: RunConfiguration,
        earlyTermination: EarlyTerminationSpec, telemetry: TelemetrySpec, outputs: [String: OutputSpec]? = nil,
        formulas: [String: String]? = nil, container: ContainerSpec? = nil
    ) {
        self.container = container
        self.outputs = outputs
        self.formulas = formulas
        self.jobID = jobID
        self.batchID = batchID
        self.attempt = attempt
        self.timeoutSecs = timeoutSecs
        self.runConfig = runConfig
        self.earlyTermination = earlyTermination
        self.telemetry = telemetry
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        jobID = try fields.decode(String.self, forKey: .jobID)
        batchID = try fields.decode(String.self, forKey: .batchID)
        attempt = try fields.decode(Int.self, forKey: .attempt)
        timeoutSecs = try fields.decode(Double.self, forKey: .timeoutSecs)
        runConfig = try fields.decode(RunConfiguration.self, forKey: .runConfig)
        earlyTermination = try fields.decode(EarlyTerminationSpec.self, forKey: .earlyTermination)
        telemetry = try fields.decode(TelemetrySpec.self, forKey: .telemetry)
        outputs = try fields.decodeIfPresent([String: OutputSpec].self, forKey: .outputs)
        formulas = try fields.decodeIfPresent([String: String].self, forKey: .formulas)
        container = try fields.decodeIfPresent(ContainerSpec.self, forKey: .container)
        let floats = try fields.decodeIfPresent([String: Double].self, forKey: .floatParameters) ?? [:]
        for (name, value) in floats where runConfig.parameters[name] != nil { runConfig.parameters[name] = .number(value) }
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(jobID, forKey: .jobID)
        try fields.encode(batchID, forKey: .batchID)
        try fields.encode(attempt, forKey: .attempt)
        try fields.encode(timeoutSecs, forKey: .timeoutSecs)
        try fields.encode(runConfig, forKey: .runConfig)
        try fields.encode(earlyTermination, forKey: .earlyTermination)
        try fields.encode(telemetry, forKey: .telemetry)
        try fields.encodeIfPresent(outputs, forKey: .outputs)
        try fields.encodeIfPresent(formulas, forKey: .formulas)
        try fields.encodeIfPresent(container, forKey: .container)
        let floats = runConfig.parameters.compactMapValues(\.wholeFloat)
        if !floats.isEmpty { try fields.encode(floats, forKey: .floatParameters) }
    }

    private enum CodingKeys: String, CodingKey {
        case attempt, telemetry, outputs, formulas, container
        /// The parameters that are floats although their values are whole: not every reader of JSON tells 1.0 from 1.
        case floatParameters = "float_parameters"
        case jobID = "job_id"
        case batchID = "batch_id"
        case timeoutSecs = "timeout_secs"
        case runConfig = "run_config"
        case earlyTermination = "early_termination"
    }
}

public struct AttemptKey: Codable, Hashable, Sendable {
    public var jobID: String
    public var attempt: Int

    public init(jobID: String, attempt: Int) {
        self.jobID = jobID
        self.attempt = attempt
    }

    private enum CodingKeys: String, CodingKey {
        case attempt
        case jobID = "job_id"
    }
}

public struct HeartbeatRequest: Codable, Hashable, Sendable {
    public var runnerID: String
    public var sessionID: String
    /// The attempts whose leases to renew: running here, or ended and not yet reported.
    public var attempts: [AttemptKey]
    /// How long the control plane may hold the call while it has nothing to order, in seconds; nil is 0. Since 1.1.
    public var waitSeconds: Double?
    /// Attempts that are being stopped already: no reason to answer. Since 1.1.
    public var cancelling: [AttemptKey]?
    /// Whether the runner takes itself for drained: as long as it is right that is no reason to answer. Since 1.1.
    public var drained: Bool?
    /// The engines as they are now, in place of those that came with the registration. Nil: as before. Since 1.3.
    public var engines: [RunnerEngine]?
    /// The same of scenarios and bundles. Since 1.6.
    public var offer: RunnerOffer?

    public init(
        runnerID: String, sessionID: String, attempts: [AttemptKey], waitSeconds: Double? = nil, cancelling: [AttemptKey]? = nil,
        drained: Bool? = nil, engines: [RunnerEngine]? = nil, offer: RunnerOffer? = nil
    ) {
        self.offer = offer
        self.engines = engines
        self.runnerID = runnerID
        self.sessionID = sessionID
        self.attempts = attempts
        self.waitSeconds = waitSeconds
        self.cancelling = cancelling
        self.drained = drained
    }

    private enum CodingKeys: String, CodingKey {
        case attempts, cancelling, drained, engines, offer
        case waitSeconds = "wait_seconds"
        case runnerID = "runner_id"
        case sessionID = "session_id"
    }
}

public struct HeartbeatResponse: Codable, Hashable, Sendable {
    /// Attempts to kill and report as cancelled.
    public var cancel: [AttemptKey]
    /// Attempts that are this runner's no longer: kill them and forget them.
    public var stale: [AttemptKey]
    public var drain: Bool

    public init(cancel: [AttemptKey] = [], stale: [AttemptKey] = [], drain: Bool = false) {
        self.cancel = cancel
        self.stale = stale
        self.drain = drain
    }
}

public struct StartedReport: Codable, Hashable, Sendable {
    public var runnerID: String
    public var attempt: Int
    public var startedAt: Date

    public init(runnerID: String, attempt: Int, startedAt: Date) {
        self.runnerID = runnerID
        self.attempt = attempt
        self.startedAt = startedAt
    }

    private enum CodingKeys: String, CodingKey {
        case attempt
        case runnerID = "runner_id"
        case startedAt = "started_at"
    }
}

/// The end of an attempt. The outcome is in `result.metadata.outcome`.
public struct AttemptReport: Codable, Hashable, Sendable, HoldsNumberLists {
    public var runnerID: String
    public var batchID: String
    public var attempt: Int
    /// False when the same configuration would end the same way on any runner.
    public var retryable: Bool
    public var result: JobResult
    /// How many chunks of telemetry went before; `result.telemetryData` then has the points after them, and statistics of
    /// the whole run. Nil: none, or some that were lost. Since 1.1.
    public var telemetryChunks: Int?
    /// Where the points in `result.telemetryData` stand in their series, by variable name. Since 1.1.
    public var telemetryTail: [String: TelemetryPosition]?
    /// The records that the result's provenance refers to; nil once the control plane has those of the batch. Since 1.7.
    public var records: [ProvenanceRecord]?
    /// What an attempt whose outcome is `lost` was lost to; nil if it doesn't say.
    public var lossCause: LossCause? {
        get { lossCauseName.flatMap(LossCause.init) }
        set { lossCauseName = newValue?.rawValue }
    }
    /// As it came: a later version may know more causes.
    private var lossCauseName: String?

    public var outcome: AttemptOutcome { result.metadata.outcome }
    public var jobID: String { result.jobID }

    public init(runnerID: String, batchID: String, attempt: Int, retryable: Bool, result: JobResult) {
        self.runnerID = runnerID
        self.batchID = batchID
        self.attempt = attempt
        self.retryable = retryable
        self.result = result
    }

    private enum CodingKeys: String, CodingKey {
        case attempt, retryable, result, records
        case telemetryChunks = "telemetry_chunks"
        case telemetryTail = "telemetry_tail"
        case lossCauseName = "loss_cause"
        case runnerID = "runner_id"
        case batchID = "batch_id"
    }
}

public struct LeaveRequest: Codable, Hashable, Sendable {
    public var runnerID: String
    public var sessionID: String

    public init(runnerID: String, sessionID: String) {
        self.runnerID = runnerID
        self.sessionID = sessionID
    }

    private enum CodingKeys: String, CodingKey {
        case runnerID = "runner_id"
        case sessionID = "session_id"
    }
}
