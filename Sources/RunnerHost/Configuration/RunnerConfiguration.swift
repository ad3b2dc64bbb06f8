import Glibc
package import Logging
package import LynxModel

/// How a runner runs, resolved from command line > environment > file > default.
///
/// The fields' names in files, variables and flags, their types, defaults and meanings are in `RunnerField.all`.
/// Relative paths are relative to the current directory.
package struct RunnerConfiguration: Hashable, Sendable {
    /// Where a value came from.
    package enum Source: Hashable, Sendable {
        /// Such as `--engines`.
        case flag(String)
        /// Such as `LYNX_RUNNER_ENGINES`.
        case variable(String)
        case file(Mark)
        case `default`
    }

    package var engines = ["basilisk"]
    /// Tags under which this runner takes jobs.
    package var capabilities: [String] = []
    package var pythonExecutable = "python3"
    package var basiliskEntrypoint: String?
    package var warmWorkers = true
    package var px4Binary: String?
    package var px4Etc: String?
    package var px4Entrypoint: String?
    package var outputRoot = ".lynx/runs"
    package var workingDirectory = "."
    package var maxConcurrentJobs = MachineCapabilities.processors
    /// Folders searched for engines before the built-in ones.
    package var enginePath: [String] = []
    /// Without a slash at the end.
    package var controlPlaneURL = "http://127.0.0.1:8080"
    /// Certificates that the control plane's may be signed by, instead of the system's.
    package var controlPlaneCAFile: String?
    /// Where a token lies that enrols this runner, should it have no credential yet.
    package var enrollmentTokenFile: String?
    package var runnerName = Self.hostName
    /// For what must survive a restart of the runner.
    package var stateDirectory = ""
    /// How long one call of an engine is waited for.
    package var engineCallTimeoutSeconds = 180
    /// Bytes captured of each of a simulation's two output streams.
    package var logCaptureBytes = 10 << 20
    package var telemetryMaxMessageBytes = 4 << 20
    /// Per variable and job.
    package var telemetryMaxPoints = 10_000
    /// Each job has a `/dev/shm` of its own.
    package var hasPrivateSharedMemory = false
    package var artifactMaxBytes = 16 << 30
    package var artifactMaxTotalBytes = 64 << 30
    package var writesCoreFiles = false
    package var keepOutputs = KeepOutputs.always
    package var logLevel = Logger.Level.info
    /// By engine id; the host passes them on without knowing them.
    package var engineOptions: [String: [String: EngineOption]] = [:]

    /// By YAML key; a key that is absent has its default.
    var sources: [String: Source] = [:]

    /// All defaults.
    package init() { applyDependentDefaults() }

    /// - Parameter key: the YAML key, such as `max_concurrent_jobs`.
    package func source(of key: String) -> Source { sources[key] ?? .default }

    /// Defaults that follow from other fields.
    mutating func applyDependentDefaults() {
        if source(of: "capabilities") == .default { capabilities = engines }
        if source(of: "state_directory") == .default { stateDirectory = outputRoot + (outputRoot.utf8.last == UInt8(ascii: "/") ? "" : "/") + ".runner" }
    }

    private static var hostName: String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let status = buffer.withUnsafeMutableBytes { gethostname($0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count - 1) }
        let name = String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
        return status == 0 && !name.isEmpty ? name : "runner"
    }
}

extension RunnerConfiguration.Source: CustomStringConvertible {
    package var description: String {
        switch self {
        case .flag(let name), .variable(let name): name
        case .file(let mark): "\(mark.file):\(mark.line)"
        case .default: "default"
        }
    }
}
