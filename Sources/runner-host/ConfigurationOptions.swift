import ArgumentParser
import FoundationEssentials
import Glibc
import LynxModel
import RunnerHost

/// The options that stand for fields of the configuration file.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: "The configuration file (LYNX_RUNNER_CONFIG).")
    var config: String?
    @Option(help: "Ids of the engines to load, comma-separated.")
    var engines: String?
    @Option(help: "Tags under which to take jobs, comma-separated.")
    var capabilities: String?
    @Option(help: "The Python that runs scenarios.")
    var pythonExecutable: String?
    @Option(help: "The scenario that the basilisk engine starts.")
    var basiliskEntrypoint: String?
    @Option(help: "Whether basilisk jobs are copies of a process that has done the imports.")
    var warmWorkers: String?
    @Option(name: .customLong("px4-binary"), help: "The px4 that the px4_sitl engine starts.")
    var px4Binary: String?
    @Option(name: .customLong("px4-etc"), help: "The etc folder of the same PX4 build.")
    var px4Etc: String?
    @Option(name: .customLong("px4-entrypoint"), help: "The mission that the px4_sitl engine runs on each vehicle.")
    var px4Entrypoint: String?
    @Option(help: "The folder under which each job gets its own.")
    var outputRoot: String?
    @Option(help: "The folder that simulations start in.")
    var workingDirectory: String?
    @Option(help: "How many jobs run at the same time.")
    var maxConcurrentJobs: String?
    @Option(help: "Folders searched for engines first, comma-separated.")
    var enginePath: String?
    @Option(name: [.customLong("control-plane-url"), .customLong("control-plane")], help: "The control plane's URL.")
    var controlPlaneURL: String?
    @Option(name: .customLong("control-plane-ca-file"), help: "Certificates that the control plane's may be signed by.")
    var controlPlaneCAFile: String?
    @Option(help: "The file of the token that enrols this runner.")
    var enrollmentTokenFile: String?
    @Option(help: "What lists of runners call this one.")
    var runnerName: String?
    @Option(help: "The folder for what outlives a restart.")
    var stateDirectory: String?
    @Option(help: "How long one call of an engine may take, in seconds.")
    var engineCallTimeoutSeconds: String?
    @Option(help: "How much is kept of each output stream of a simulation.")
    var logCaptureBytes: String?
    @Option(help: "The largest telemetry message that is taken.")
    var telemetryMaxMessageBytes: String?
    @Option(help: "How many points of each variable a result keeps.")
    var telemetryMaxPoints: String?
    @Option(help: "Whether each job gets a /dev/shm of its own.")
    var privateDevShm: String?
    @Option(help: "The largest file that is collected of a job.")
    var artifactMaxBytes: String?
    @Option(help: "How much is collected of all files of a job.")
    var artifactMaxTotalBytes: String?
    @Option(help: "Whether simulations that crash leave core files.")
    var coreFiles: String?
    @Option(help: "Whose files stay here once uploaded.")
    var keepOutputs: String?
    @Option(help: "The least severe log events that are written.")
    var logLevel: String?

    private var flags: [String: String] {
        let values = [
            "engines": engines, "capabilities": capabilities, "python_executable": pythonExecutable,
            "basilisk_entrypoint": basiliskEntrypoint, "warm_workers": warmWorkers, "px4_binary": px4Binary, "px4_etc": px4Etc,
            "px4_entrypoint": px4Entrypoint, "output_root": outputRoot, "working_directory": workingDirectory,
            "max_concurrent_jobs": maxConcurrentJobs, "engine_path": enginePath, "control_plane_url": controlPlaneURL,
            "control_plane_ca_file": controlPlaneCAFile, "enrollment_token_file": enrollmentTokenFile,
            "runner_name": runnerName, "state_directory": stateDirectory, "engine_call_timeout_seconds": engineCallTimeoutSeconds, "log_capture_bytes": logCaptureBytes,
            "telemetry_max_message_bytes": telemetryMaxMessageBytes, "telemetry_max_points": telemetryMaxPoints,
            "private_dev_shm": privateDevShm,
            "artifact_max_bytes": artifactMaxBytes,
            "artifact_max_total_bytes": artifactMaxTotalBytes,
            "core_files": coreFiles,
            "keep_outputs": keepOutputs, "log_level": logLevel,
        ]
        return values.compactMapValues { $0 }
    }

    func load() -> RunnerConfiguration {
        do throws(DiagnosticList) {
            return try RunnerConfiguration.load(file: config, environment: ProcessInfo.processInfo.environment, flags: flags)
        } catch {
            refuse(error.lines)
        }
    }
}

/// Ends the program with code 2 and one line for each thing that is wrong.
func refuse(_ lines: [String]) -> Never {
    for line in lines { say("runner-host: " + line, on: STDERR_FILENO) }
    exit(2)
}

/// Writes a line, unbuffered.
func say(_ line: String, on descriptor: Int32) {
    let bytes = Array((line + "\n").utf8)
    var start = 0
    while start < bytes.count {
        let count = bytes[start...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { return }
        start += count
    }
}
