public import EngineABI
import EngineKit

/// Runs a Python scenario, such as one built on Basilisk: one interpreter per job, as if started on the entrypoint.
struct BasiliskEngine: Engine {
    static let id = "basilisk"
    static let displayName = "Basilisk"
    static let version = "1.0.0"

    let host: HostHandle
    let python: String
    let entrypoint: String
    let workingDirectory: String
    let captureBytes: UInt64
    let hasPrivateSharedMemory: Bool
    /// Nil if every job is to be started cold.
    let warm: WarmWorkers?
    let check: CheckSettings

    /// Settings: `python_executable`, `basilisk_entrypoint` (required), `working_directory`, `log_capture_bytes`,
    /// `private_dev_shm`, `warm_workers`, `warm_check_every`, `warm_check_ignore`.
    init(host: HostHandle, settings: EngineSettings) throws(EngineError) {
        self.host = host
        python = try ProgramLookup.executable(settings["python_executable"] ?? "python3", setting: "python_executable")
        guard let entrypoint = settings["basilisk_entrypoint"] else {
            throw .invalid("basilisk_entrypoint: missing; give the path of the Python scenario that each job runs")
        }
        self.entrypoint = try ProgramLookup.file(entrypoint, setting: "basilisk_entrypoint")
        workingDirectory = try ProgramLookup.directory(settings["working_directory"] ?? ".", setting: "working_directory")
        captureBytes = settings["log_capture_bytes"].flatMap(UInt64.init) ?? 10 << 20
        check = try CheckSettings(settings)
        hasPrivateSharedMemory = try PrivateSharedMemory.isWanted(settings)
        // What a warm parent's imports have put into /dev/shm a job with its own would not find there.
        warm =
            settings["warm_workers"] == "false" || hasPrivateSharedMemory
            ? nil
            : WarmWorkers(
                host: host, python: python, entrypoint: self.entrypoint, workingDirectory: workingDirectory,
                environment: Self.environment(runConfig: "", telemetryURL: "", outputDirectory: "", temporaryDirectory: nil))
        warm?.start()
    }

    var warmWorkers: [WarmWorker] { warm.map { [$0.status] } ?? [] }

    func prepare(_ request: JobRequest) throws(EngineError) -> any EngineJob {
        let files = JobFiles(directory: request.directory, temporary: request.temporaryDirectory)
        try files.create(runConfigJSON: request.runConfigJSON)
        warm?.waitUntilReady()
        return ScriptJob(
            host: host, token: request.token, files: files,
            request: GuardedProcess.Request(
                program: python, arguments: [entrypoint],
                environment: Self.environment(
                    runConfig: files.runConfig, telemetryURL: request.telemetryURL, outputDirectory: files.output,
                    temporaryDirectory: files.temporary),
                workingDirectory: workingDirectory, stdoutPath: files.stdout, stderrPath: files.stderr, captureBytes: captureBytes,
                hasPrivateSharedMemory: hasPrivateSharedMemory),
            warm: warm, check: warm != nil && check.applies(toRun: request.runConfigJSON) ? check : nil)
    }

    private static func environment(
        runConfig: String, telemetryURL: String, outputDirectory: String, temporaryDirectory: String?
    ) -> [String: String] {
        let defaults = [
            // What a killed scenario had printed is in its log, not lost in a buffer.
            "PYTHONUNBUFFERED": "1",
            // Jobs share the machine already; and a warm parent must have one thread, as what it has must be what a cold start has.
            "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
        ]
        return ScenarioEnvironment.make(
            runConfig: runConfig, telemetryURL: telemetryURL, outputDirectory: outputDirectory, temporaryDirectory: temporaryDirectory
        ).merging(defaults) { own, _ in own }
    }
}

@c @implementation
public func lynx_engine_entry(_ host: UnsafePointer<lynx_host>!, _ abiMajor: UInt32) -> UnsafePointer<lynx_engine>! {
    EngineTable.make(BasiliskEngine.self, host: host, abiMajor: abiMajor)
}
