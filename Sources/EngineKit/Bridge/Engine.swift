public import EngineABI

/// An engine written in Swift. `EngineTable.make` wraps it in the C table of `engine_abi.h`, whose comments define on which
/// thread and in which state each function is called.
public protocol Engine: Sendable {
    static var id: String { get }
    static var displayName: String { get }
    static var version: String { get }

    /// The keys of its configuration, in the order in which they are shown; nil for an engine that does not declare them.
    static var configuration: [ConfigurationKey]? { get }

    /// The number of jobs that may run at the same time on so many processors without disturbing each other's results, by the
    /// settings of the runner's configuration; nil for any number, which is the default. Any thread.
    static func mostJobs(_ settings: EngineSettings, processors: Int) -> Int?

    /// Whether the settings name what jobs run. If not, and jobs may come with settings of their own, no engine is created from
    /// them. True by default.
    static func namesScenario(_ settings: EngineSettings) -> Bool

    /// Whether its jobs can be asked to end (`EngineJob.stop`). False by default.
    static var stopsSoftly: Bool { get }
    /// Whether all commands of its jobs are started with `JobRequest.confinement`; only then do jobs come with any. False by
    /// default.
    static var confinesCommands: Bool { get }

    /// Creates an engine for one scenario: that of the runner's configuration, or one that jobs come with. Checks everything
    /// that can be checked without a job, and starts nothing: it may be dropped again.
    init(host: HostHandle, settings: EngineSettings) throws(EngineError)

    /// Begins what is to be ready for the first job, which follows soon. Nothing by default. The calling thread lives as long as
    /// the process.
    func start()

    /// Writes the files that the job needs into `request.directory`.
    func prepare(_ request: JobRequest) throws(EngineError) -> any EngineJob

    /// The processes that the engine keeps from one job to the next; empty by default. Any thread; must not block.
    var warmWorkers: [WarmWorker] { get }

    /// Ends helper processes: no more jobs of this scenario are expected, though those that are prepared still run. Nothing by
    /// default.
    func retire()
}

extension Engine {
    public static var configuration: [ConfigurationKey]? { nil }
    public static func mostJobs(_ settings: EngineSettings, processors: Int) -> Int? { nil }
    public static func namesScenario(_ settings: EngineSettings) -> Bool { true }
    public static var stopsSoftly: Bool { false }
    public static var confinesCommands: Bool { false }
    public func start() {}
    public func retire() {}
    public var warmWorkers: [WarmWorker] { [] }
}

/// One prepared attempt, released when the host destroys it.
public protocol EngineJob: AnyObject, Sendable {
    /// Starts the simulation without waiting for it.
    func launch() throws(EngineError) -> LaunchedProcess
    /// Ends the simulation and all processes it started, at once. Any thread.
    func terminate()
    /// Asks the simulation to end by `deadline` (nanoseconds of the monotonic clock), when it is killed, and returns at once.
    /// Any thread. Returns false, as by default, if it cannot be asked. Called only if the engine's `stopsSoftly` is true.
    func stop(_ reason: StopReason, deadline: UInt64) -> Bool
    /// Called once `LaunchedProcess.exitDescriptor` is readable.
    func reap() throws(EngineError) -> SimulationExit
    /// Reports every file that the simulation left.
    func collect(into sink: borrowing ArtifactSink) throws(EngineError)
}

extension EngineJob {
    public func stop(_ reason: StopReason, deadline: UInt64) -> Bool { false }
}

/// Why a simulation is asked to end: `lynx_stop_reason` of the ABI.
public enum StopReason: Int32, Sendable {
    case timeout, cancelled
    /// The runner is stopped.
    case drain
}

public struct LaunchedProcess: Sendable {
    /// The leader of the job's own process group; 0 if only the engine can end the job's processes.
    public var pid: Int32
    /// A descriptor that is readable when the whole process tree has ended. The job owns it.
    public var exitDescriptor: Int32

    public init(pid: Int32, exitDescriptor: Int32) {
        self.pid = pid
        self.exitDescriptor = exitDescriptor
    }
}

public struct SimulationExit: Sendable {
    /// Nil if a signal ended the program.
    public var exitCode: Int32?
    public var exitSignal: Int32?
    public var success: Bool
    public var retryable: Bool
    public var maxRSSBytes: Int64
    /// A message for the user if `success` is false.
    public var message: String
    /// What failed if `success` is false.
    public var failureClass: FailureClass

    public enum FailureClass: UInt32, Sendable {
        /// The simulated system or the scenario failed.
        case simulation
        /// The simulator failed: the job is run again without using up one of its retries.
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

/// One attempt at one job, the Swift form of `lynx_job`.
public struct JobRequest: Sendable {
    public var token: UInt64
    public var jobID: String
    public var batchID: String
    public var attempt: UInt32
    /// The attempt's own directory, an absolute path.
    public var directory: String
    /// Absolute path of a directory for files that are needed only while the simulation runs; nil from a host with an ABI
    /// before version 1.2.
    public var temporaryDirectory: String?
    public var runConfigJSON: [UInt8]
    public var telemetryURL: String
    public var simulationType: String
    /// The settings of the job's scenario; nil for the scenario of the runner's configuration.
    var settings: EngineSettings?
    /// What the job's commands are started with.
    public var confinement = Confinement()

    /// Reads the struct in place: that of an older host is shorter and lacks the last fields.
    package init(_ job: UnsafePointer<lynx_job>) {
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
        if Int(job.pointee.struct_size) >= MemoryLayout<lynx_job>.offset(of: \.setting_count)! + MemoryLayout<Int>.size,
            job.pointee.setting_count > 0
        {
            settings = EngineSettings(UnsafeBufferPointer(start: job.pointee.settings, count: job.pointee.setting_count))
        }
        if Int(job.pointee.struct_size) >= MemoryLayout<lynx_job>.offset(of: \.control_group_count)! + MemoryLayout<Int>.size {
            confinement.launcher = UnsafeBufferPointer(start: job.pointee.launcher, count: job.pointee.launcher_count).map { String(lynx: $0) }
            confinement.controlGroups = UnsafeBufferPointer(start: job.pointee.control_groups, count: job.pointee.control_group_count)
                .map { String(lynx: $0) }
        }
    }
}

/// A failure that the host can act on; `message` is one line that states what is wrong and what would be right.
public struct EngineError: Error, Sendable {
    public var code: lynx_status
    public var systemErrno: Int32
    public var message: String

    public init(_ code: lynx_status, _ message: String, errno: Int32 = 0) {
        self.code = code
        self.systemErrno = errno
        self.message = message
    }

    public static func invalid(_ message: String) -> EngineError { EngineError(lynx_status(LYNX_E_INVALID), message) }
    public static func resources(_ message: String) -> EngineError { EngineError(lynx_status(LYNX_E_RESOURCES), message) }

    /// What a function of the ABI returns: a thrown error becomes a status and the caller's `lynx_error`.
    package static func status(
        _ target: UnsafeMutablePointer<lynx_error>?, _ body: () throws(EngineError) -> Void
    ) -> lynx_status {
        do throws(EngineError) {
            try body()
            return lynx_status(LYNX_OK)
        } catch {
            return error.store(in: target)
        }
    }

    package func store(in target: UnsafeMutablePointer<lynx_error>?) -> lynx_status {
        if let target {
            target.pointee.code = code
            target.pointee.system_errno = systemErrno
            // A value that is quoted in it may have line breaks.
            let line = String(String.UnicodeScalarView(message.unicodeScalars.map { $0 == "\n" || $0 == "\r" ? " " : $0 }))
            withUnsafeMutableBytes(of: &target.pointee.message) { copyTruncated(line, into: $0) }
        }
        return code
    }
}

/// Copies as much of `text` as fits with its terminator, cutting between characters.
func copyTruncated(_ text: String, into buffer: UnsafeMutableRawBufferPointer) {
    var count = 0
    for scalar in text.unicodeScalars {
        let bytes = UTF8.encode(scalar)!
        guard count + bytes.count < buffer.count else { break }
        for byte in bytes where byte != 0 {
            buffer[count] = byte
            count += 1
        }
    }
    buffer[count] = 0
}
