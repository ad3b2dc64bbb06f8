public import EngineABI
import EngineKit

/// Runs a Python scenario, such as one built on Basilisk: one interpreter per job, started on the entrypoint.
struct BasiliskEngine: Engine {
    static let id = "basilisk"
    static let displayName = "Basilisk"
    static let version = "1.0.0"

    let host: HostHandle
    let python: String
    let entrypoint: String
    let workingDirectory: String
    let captureBytes: UInt64

    /// Settings: `python_executable`, `basilisk_entrypoint` (required), `working_directory`, `log_capture_bytes`.
    init(host: HostHandle, settings: EngineSettings) throws(EngineError) {
        self.host = host
        python = try ProgramLookup.executable(settings["python_executable"] ?? "python3", setting: "python_executable")
        guard let entrypoint = settings["basilisk_entrypoint"] else {
            throw .invalid("basilisk_entrypoint: missing; give the path of the Python scenario that each job runs")
        }
        self.entrypoint = try ProgramLookup.file(entrypoint, setting: "basilisk_entrypoint")
        workingDirectory = try ProgramLookup.directory(settings["working_directory"] ?? ".", setting: "working_directory")
        captureBytes = settings["log_capture_bytes"].flatMap(UInt64.init) ?? 10 << 20
    }

    func prepare(_ request: JobRequest) throws(EngineError) -> any EngineJob {
        let files = JobFiles(directory: request.directory)
        try files.create(runConfigJSON: request.runConfigJSON)
        var environment = ScenarioEnvironment.make(
            runConfig: files.runConfig, telemetryURL: request.telemetryURL, outputDirectory: files.output)
        // What a killed scenario had printed is in its log, not lost in a buffer.
        environment["PYTHONUNBUFFERED"] = environment["PYTHONUNBUFFERED"] ?? "1"
        return ScriptJob(
            files: files,
            request: GuardedProcess.Request(
                program: python, arguments: [entrypoint], environment: environment, workingDirectory: workingDirectory,
                stdoutPath: files.stdout, stderrPath: files.stderr, captureBytes: captureBytes))
    }
}

@c @implementation
public func lynx_engine_entry(_ host: UnsafePointer<lynx_host>!, _ abiMajor: UInt32) -> UnsafePointer<lynx_engine>! {
    EngineTable.make(BasiliskEngine.self, host: host, abiMajor: abiMajor)
}
