import EngineABI

/// An engine written in Swift. `EngineTable.make` gives it the C table of `engine_abi.h`, whose comments
/// say on which thread and in which state each function is called.
public protocol Engine: Sendable {
    static var id: String { get }
    static var displayName: String { get }
    static var version: String { get }

    /// A configured engine. Checks what can be checked without a job.
    init(host: HostHandle, settings: EngineSettings) throws(EngineError)

    /// Writes what the job needs into `request.directory`.
    func prepare(_ request: JobRequest) throws(EngineError) -> any EngineJob

    /// What it keeps from one job to the next; none unless it says otherwise. Any thread, without waiting.
    var warmWorkers: [WarmWorker] { get }
}

extension Engine {
    public var warmWorkers: [WarmWorker] { [] }
}

/// One prepared attempt; released when the host lets go of it.
public protocol EngineJob: AnyObject, Sendable {
    /// Starts the simulation without waiting for it.
    func launch() throws(EngineError) -> LaunchedProcess
    /// Ends the simulation and all it started, at once. Any thread.
    func terminate()
    /// Called once `LaunchedProcess.exitDescriptor` is readable.
    func reap() throws(EngineError) -> SimulationExit
    /// Reports every file the simulation left.
    func collect(into sink: borrowing ArtifactSink) throws(EngineError)
}

public struct LaunchedProcess: Sendable {
    /// Leader of its own process group; 0 if the job's processes are the engine's alone to end.
    public var pid: Int32
    /// Readable when the whole process tree is gone; owned by the job.
    public var exitDescriptor: Int32

    public init(pid: Int32, exitDescriptor: Int32) {
        self.pid = pid
        self.exitDescriptor = exitDescriptor
    }
}

public struct SimulationExit: Sendable {
    /// nil when a signal ended it.
    public var exitCode: Int32?
    public var exitSignal: Int32?
    public var success: Bool
    public var retryable: Bool
    public var maxRSSBytes: Int64
    /// For a person, when `success` is false.
    public var message: String
    /// What failed, when `success` is false.
    public var failureClass: FailureClass

    public enum FailureClass: UInt32, Sendable {
        /// The simulated system, or the scenario.
        case simulation
        /// The simulator: tried again without spending the job's retries.
        case simulator
    }

    public init(
        exitCode: Int32?, exitSignal: Int32?, success: Bool, retryable: Bool, maxRSSBytes: Int64, message: String,
        failureClass: FailureClass = .simulation
    ) {
        self.exitCode = exitCode
        self.exitSignal = exitSignal
        self.success = success
        self.retryable = retryable
        self.maxRSSBytes = maxRSSBytes
        self.message = message
        self.failureClass = failureClass
    }
}

/// One attempt at one job, as `lynx_job` has it.
public struct JobRequest: Sendable {
    public var token: UInt64
    public var jobID: String
    public var batchID: String
    public var attempt: UInt32
    /// The attempt's own directory, absolute.
    public var directory: String
    /// For what is needed only while the simulation runs, absolute; nil from a host before version 1.2 of the ABI.
    public var temporaryDirectory: String?
    public var runConfigJSON: [UInt8]
    public var telemetryURL: String
    public var simulationType: String

    /// From where it lies: the struct of an older host ends before the last fields.
    init(_ job: UnsafePointer<lynx_job>) {
        token = job.pointee.token
        jobID = String(lynx: job.pointee.job_id)
        batchID = String(lynx: job.pointee.batch_id)
        attempt = job.pointee.attempt
        directory = String(lynx: job.pointee.directory)
        runConfigJSON = job.pointee.run_config_json.bytes.map { [UInt8]($0) } ?? []
        telemetryURL = String(lynx: job.pointee.telemetry_url)
        simulationType = String(lynx: job.pointee.simulation_type)
        if Int(job.pointee.struct_size) >= MemoryLayout<lynx_job>.offset(of: \.temporary_directory)! + MemoryLayout<lynx_string>.size {
            temporaryDirectory = String(lynx: job.pointee.temporary_directory)
        }
    }
}
