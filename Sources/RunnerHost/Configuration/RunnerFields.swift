import FoundationEssentials
import Logging
import LynxDocument
import LynxModel

extension RunnerField {
    /// All fields, in the order of the reference.
    package static let all: [RunnerField] = [
        RunnerField(
            "engines", \.engines, .engineIDs(minimum: 1), default: "[\(SimulationSpec.defaultType)]",
            "Ids of the engines to load; each takes the jobs of its simulation type."),
        RunnerField(
            "capabilities", \.capabilities, .engineIDs(), default: "as engines",
            "Tags under which this runner takes jobs."),
        RunnerField(
            "python_executable", \.pythonExecutable, .path, default: "python3",
            "The Python interpreter for scenarios: a path, or a command found in `PATH`."),
        RunnerField(
            "warm_workers", \.warmWorkers, .bool, default: "true",
            "Whether jobs of engines that can do so are copied from a process that has done the scenario's imports, once that is "
                + "proved; see [warm workers](operate-a-runner.md#warm-workers)."),
        RunnerField(
            "output_root", \.outputRoot, .path, default: ".lynx/runs",
            "The parent folder of all job directories."),
        RunnerField(
            "working_directory", \.workingDirectory, .path, default: ".",
            "The working directory of simulations."),
        RunnerField(
            "max_concurrent_jobs", \.maxConcurrentJobs, .integer(1...4096), default: "the number of processors",
            "Maximum number of concurrent jobs; the default counts the processors that the runner may use (`taskset`, cpusets), "
                + "capped at the CPU quota of its control groups (v1 and v2) in whole processors; if jobs take less than a second, as many "
                + "again are prefetched, and listed as running."),
        RunnerField(
            "engine_path", \.enginePath, .list(of: .path, named: "folders"), default: "[]",
            "Folders searched for engines, before the executable's own and its `engines/`."),
        RunnerField(
            "control_plane_url", \.controlPlaneURL, .controlPlaneURL, default: "http://127.0.0.1:8080",
            "The control plane that this runner claims jobs from."),
        RunnerField(
            "control_plane_ca_file", \.controlPlaneCAFile, .optionalPath, default: "none",
            "CA certificates (PEM) that replace the system's for verifying the control plane."),
        RunnerField(
            "enrollment_token_file", \.enrollmentTokenFile, .optionalPath, default: "none",
            "File with the one-time token that a runner without a credential [exchanges for one](operate-a-runner.md#enrol-a-runner)."),
        RunnerField(
            "runner_name", \.runnerName, .line(maximum: 128), default: "the host's name",
            "Name shown for this runner in listings."),
        RunnerField(
            "state_directory", \.stateDirectory, .path, default: "<output_root>/.runner",
            "The folder for unreported results and other state that outlives a restart."),
        RunnerField(
            "engine_call_timeout_seconds", \.engineCallTimeoutSeconds, .integer(1...86400), default: "180",
            "Time limit in seconds of one engine call, such as the preparation of a job, after which [its job is "
                + "lost](operate-a-runner.md#failure-handling)."),
        RunnerField(
            "stop_grace_seconds", \.stopGraceSeconds, .integer(0...3600), default: "5",
            "How many seconds a simulation may take to end [by itself](write-a-scenario.md#termination) at a timeout, a cancellation or a "
                + "stop of the runner, before it is killed; 0 kills at once. A stopping condition always kills at once."),
        RunnerField(
            "log_capture_bytes", \.logCaptureBytes, .integer(0...(1 << 40)), default: "10485760 (10 MiB)",
            "Bytes captured of each of a simulation's two output streams."),
        RunnerField(
            "telemetry_max_message_bytes", \.telemetryMaxMessageBytes, .integer(1024...(1 << 30)), default: "4194304 (4 MiB)",
            "The largest telemetry message accepted, in bytes."),
        RunnerField(
            "telemetry_max_points", \.telemetryMaxPoints, .integer(1...100_000_000), default: "10000",
            "Points kept per telemetry variable of a job; see [stored telemetry](run-a-study.md#stored-telemetry)."),
        RunnerField(
            "private_dev_shm", \.hasPrivateSharedMemory, .bool, default: "false",
            "Whether each job gets its own empty `/dev/shm`, which is [removed with "
                + "it](write-a-scenario.md#temporary-files-and-shared-memory); jobs then start cold, and a runner that may "
                + "not create mount namespaces does not start."),
        RunnerField(
            "artifact_max_bytes", \.artifactMaxBytes, .integer(0...(1 << 50)), default: "17179869184 (16 GiB)",
            "The largest file collected from a job, in bytes, holes included. A larger one stays in the job's directory, and the result "
                + "carries a warning."),
        RunnerField(
            "artifact_max_total_bytes", \.artifactMaxTotalBytes, .integer(0...(1 << 50)), default: "68719476736 (64 GiB)",
            "Total size of the files collected from a job, in bytes."),
        RunnerField(
            "core_files", \.writesCoreFiles, .bool, default: "false",
            "Whether crashing simulations leave core files, at the location set by `kernel.core_pattern`: if relative, in "
                + "`working_directory`, which all share. If `false`, simulations start with a core limit (`RLIMIT_CORE`) of 0, and may "
                + "raise it."),
        RunnerField(
            "keep_outputs", \.keepOutputs, .choice(), default: "always",
            "Which attempts' files are kept on disk once they are uploaded and the result is acknowledged: all, failed ones only, or "
                + "none; files that were not collected are always kept."),
        RunnerField(
            "log_level", \.logLevel, .choice(), default: "info",
            "The least severe log level written."),
        RunnerField(
            "engine_options", \.engineOptions, .engineOptions, default: "{}", isFileOnly: true,
            "Options of engines, as these [declare](write-an-engine.md#declared-configuration) them: engine id, then name and value."),
        RunnerField(
            "scenarios", \.scenarios, .scenarios, default: "{}", isFileOnly: true,
            "[Named scenarios](send-code-with-a-study.md#named-scenarios), which batches select with `simulation.scenario`; SIGHUP reads them again."),
        RunnerField(
            "allow_bundles", \.allowsBundles, .bool, default: "false",
            "Whether this runner runs code that batches bring along; [what that means for its "
                + "security](send-code-with-a-study.md#allow-bundles-on-a-runner)."),
        RunnerField(
            "container_runtime", \.containerRuntime, .list(of: .line(maximum: 4096), named: "words"), default: "[]",
            "Podman, apptainer or singularity, by which this runner runs the [container images](confine-simulations.md#container-images) "
                + "of batches, and its arguments before `run` or `exec`; none are run if empty."),
        RunnerField(
            "container_arguments", \.containerArguments, .list(of: .line(maximum: 4096), named: "words"), default: "[]",
            "Further arguments of podman's `run`, or of apptainer's `exec`."),
        RunnerField(
            "sandbox", \.isSandboxed, .bool, default: "false",
            "Whether simulations run under bubblewrap, in a [sandbox](confine-simulations.md#sandbox): no network but their "
                + "telemetry endpoint, nothing writable but their own directory."),
        RunnerField(
            "bundle_cache_max_bytes", \.bundleCacheMaxBytes, .integer((1 << 20)...(1 << 50)), default: "21474836480 (20 GiB)",
            "Total size in bytes of the bundles, environments and builds kept; what was used longest ago goes first."),
        RunnerField(
            "bundle_build_seconds", \.bundleBuildSeconds, .integer(1...86400), default: "1800",
            "Time limit in seconds for installing a bundle's requirements, and for its build commands."),
        RunnerField(
            "bundle_build_max_bytes", \.bundleBuildMaxBytes, .integer((1 << 20)...(1 << 50)), default: "8589934592 (8 GiB)",
            "The largest size of a bundle's environment, and of its build."),
    ]

    private static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })

    /// The host's own field of that name; nil if it has none.
    static func named(_ key: String) -> RunnerField? { byKey[key] }
}

extension FieldType where Value == [String] {
    fileprivate static func engineIDs(minimum: Int = 0) -> FieldType {
        list(of: .identifier, named: "identifiers", minimum: minimum).checked { ids in
            let twice = ids.enumerated().first { ids[..<$0.offset].contains($0.element) }
            return twice.map { "'\($0.element)' is listed twice; list it once" }
        }
    }
}

extension FieldType where Value == String {
    static var path: FieldType {
        line(maximum: 4096).checked { path in
            path == "~" || path.hasPrefix("~/") ? "'~' is not expanded here; write the path out" : nil
        }
    }

    fileprivate static var controlPlaneURL: FieldType {
        line(maximum: 2048).checked { text in
            guard let url = URLComponents(string: text), url.scheme == "http" || url.scheme == "https", let host = url.host, !host.isEmpty else {
                return "\(Excerpt.quoted(text)) is not an HTTP URL; write it like http://127.0.0.1:8080"
            }
            guard url.port.map({ (1...65535).contains($0) }) ?? true else {
                return "has no port from 1 to 65535; write it like http://127.0.0.1:8080"
            }
            guard url.user == nil, url.password == nil else { return "carries a user or password; remove it" }
            guard url.query == nil, url.fragment == nil else { return "carries a query or fragment; remove it" }
            return nil
        }.map { text in text.utf8.last == UInt8(ascii: "/") ? String(text.dropLast()) : text }
    }
}

extension FieldType where Value == String? {
    fileprivate static var optionalPath: FieldType { FieldType<String>.path.map { .some($0) } }
}
