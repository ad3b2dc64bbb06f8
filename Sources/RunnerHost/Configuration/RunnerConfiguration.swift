import FoundationEssentials
import Glibc
package import Logging
package import LynxDocument
package import LynxModel
import Support

/// The configuration of a runner, resolved from command line > environment > file > default.
///
/// `RunnerField.all` defines the fields' names in files, variables and flags, their types, defaults and meanings. Relative
/// paths are relative to the current directory.
package struct RunnerConfiguration: Hashable, Sendable {
    /// The source of a field's value.
    package enum Source: Hashable, Sendable {
        /// A flag such as `--engines`.
        case flag(String)
        /// An environment variable such as `LYNX_RUNNER_ENGINES`.
        case variable(String)
        case file(Mark)
        case `default`
    }

    package var engines = [SimulationSpec.defaultType]
    /// The tags that this runner claims jobs for.
    package var capabilities: [String] = []
    package var pythonExecutable = "python3"
    package var warmWorkers = true
    /// The fields that the host does not have, as texts: engines declare them (`EngineFields`).
    package var engineFields: [String: String] = [:]
    package var outputRoot = ".lynx/runs"
    package var workingDirectory = "."
    package var maxConcurrentJobs = MachineCapabilities.processors
    /// The folders searched for engines before the built-in ones.
    package var enginePath: [String] = []
    /// The control plane's URL without a trailing slash.
    package var controlPlaneURL = "http://127.0.0.1:8080"
    /// A file with the certificate authorities that the control plane's certificate may be signed by, instead of the system's.
    package var controlPlaneCAFile: String?
    /// A file with the token that enrols this runner if it has no credential yet.
    package var enrollmentTokenFile: String?
    package var runnerName = Self.hostName
    /// The directory for data that must survive a restart of the runner.
    package var stateDirectory = ""
    /// The time limit in seconds for one call into an engine.
    package var engineCallTimeoutSeconds = 180
    /// How long in seconds a simulation that is stopped may take to end by itself.
    package var stopGraceSeconds = 5
    /// The limit in bytes for each of a simulation's two output streams.
    package var logCaptureBytes = 10 << 20
    package var telemetryMaxMessageBytes = 4 << 20
    /// The limit for points per variable and job.
    package var telemetryMaxPoints = 10_000
    /// Whether each job has its own `/dev/shm`.
    package var hasPrivateSharedMemory = false
    package var artifactMaxBytes = 16 << 30
    package var artifactMaxTotalBytes = 64 << 30
    package var writesCoreFiles = false
    package var keepOutputs = KeepOutputs.always
    package var logLevel = Logger.Level.info
    /// Options by engine id.
    package var engineOptions: [String: [String: EngineOption]] = [:]
    /// Scenarios by name.
    package var scenarios: [String: ScenarioSpec] = [:]
    package var allowsBundles = false
    /// Podman, apptainer or singularity, and its arguments before `run` or `exec`; empty if no container images are run.
    package var containerRuntime: [String] = []
    /// Arguments of `run` or `exec`.
    package var containerArguments: [String] = []
    package var isSandboxed = false
    package var bundleCacheMaxBytes = 20 << 30
    package var bundleBuildSeconds = 1800
    package var bundleBuildMaxBytes = 8 << 30

    /// Sources by YAML key; a key that is absent has its default.
    var sources: [String: Source] = [:]

    /// Where the engines' options are in the file.
    var optionSources = OptionSources()

    /// Creates a configuration of defaults.
    package init() { applyDependentDefaults() }

    /// - Parameter key: the YAML key, such as `max_concurrent_jobs`.
    package func source(of key: String) -> Source { sources[key] ?? .default }

    /// Sets the defaults that depend on other fields.
    mutating func applyDependentDefaults() {
        if source(of: "capabilities") == .default { capabilities = engines }
        if source(of: "state_directory") == .default {
            stateDirectory = outputRoot + (outputRoot.utf8.last == UInt8(ascii: "/") ? "" : "/") + ".runner"
        }
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

extension RunnerConfiguration {
    /// The secrets in the file of the runner's credential and in those that it names. Blocks on the disk.
    func secrets(credential: String) -> [String] {
        let stored = WholeFile.read(credential, atMost: 64 << 10).flatMap { try? WireJSON.decode(StoredCredential.self, from: Data($0)) }
        return (stored.map { [$0.secret] } ?? [])
            + [enrollmentTokenFile].compactMap { $0 }.compactMap { WholeFile.read($0, atMost: 64 << 10) }.flatMap { bytes in
            String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace }.map(String.init)
        }
    }
}
