import EngineKit
import Support

/// The program that a job starts: a Python script, its interpreter, and the directory and environment that all its jobs share.
struct Scenario: Sendable {
    /// The variables that differ between jobs.
    static let ownVariables = ["TETRYX_RUN_CONFIG", "TETRYX_TELEMETRY_URL", "TETRYX_OUTPUT_DIR", "TMPDIR"]

    let python: String
    let entrypoint: String
    let workingDirectory: String
    let captureBytes: UInt64
    let hasPrivateSharedMemory: Bool
    /// What the scenario adds to the environment.
    var variables: [String: String] = [:]

    private static let defaults = [
        // The output of a killed scenario is in its log rather than lost in a buffer.
        "PYTHONUNBUFFERED": "1",
        // Jobs already run in parallel on the machine; and a warm parent must have a single thread, with the same settings as a
        // cold start.
        "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
        // Arrow's allocator gives unused memory back from a thread of its own.
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        // Basilisk's integrators allocate and free small blocks all the time; the C library's own cache of them holds seven of
        // each size. With more, an attitude simulation takes a seventh less time.
        "GLIBC_TUNABLES": "glibc.malloc.tcache_count=127",
    ]

    /// The environment without the variables of a single job.
    func environment() -> [String: String] {
        ScenarioEnvironment.make(runConfig: "", telemetryURL: "", outputDirectory: "", temporaryDirectory: nil)
            .merging(variables) { $1 }
            .filter { !Self.ownVariables.contains($0.key) }
            .merging(Self.defaults) { own, _ in own }
    }

    func environment(of files: JobFiles, telemetryURL: String) -> [String: String] {
        ScenarioEnvironment.make(
            runConfig: files.runConfig, telemetryURL: telemetryURL, outputDirectory: files.output, temporaryDirectory: files.temporary
        ).merging(variables) { $1 }.merging(Self.defaults) { own, _ in own }
    }

    /// The request for a process that runs a whole job.
    func request(_ files: JobFiles, telemetryURL: String) -> GuardedProcess.Request {
        GuardedProcess.Request(
            program: python, arguments: [entrypoint], environment: environment(of: files, telemetryURL: telemetryURL),
            workingDirectory: workingDirectory, stdoutPath: files.stdout, stderrPath: files.stderr, captureBytes: captureBytes,
            hasPrivateSharedMemory: hasPrivateSharedMemory)
    }

    /// A name for everything that a proof depends on, except for the contents of files.
    ///
    /// - Parameter options: the settings of the proof itself, `name=value` each.
    func key(image: [UInt8], options: [String]) -> String {
        var hash = SHA256()
        let settings = (Self.defaults.merging(variables) { $1 }).map { "\($0.key)=\($0.value)" }.sorted()
        for text in [python, entrypoint, workingDirectory] + settings + options { hash.update(Array(text.utf8) + [0]) }
        hash.update(image)
        return hash.finalize().hexadecimal
    }
}
