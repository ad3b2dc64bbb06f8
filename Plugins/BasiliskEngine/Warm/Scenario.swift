import EngineKit
import Support

/// What is started for a job: a Python script, the interpreter, the directory and the environment that all its jobs have.
struct Scenario: Sendable {
    /// The variables that differ between two jobs.
    static let ownVariables = ["TETRYX_RUN_CONFIG", "TETRYX_TELEMETRY_URL", "TETRYX_OUTPUT_DIR", "TMPDIR"]

    let python: String
    let entrypoint: String
    let workingDirectory: String
    let captureBytes: UInt64
    let hasPrivateSharedMemory: Bool

    private static let defaults = [
        // What a killed scenario had printed is in its log, not lost in a buffer.
        "PYTHONUNBUFFERED": "1",
        // Jobs share the machine already; and a warm parent must have one thread, as what it has must be what a cold start has.
        "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
        // Basilisk's integrators allocate and free small blocks all the time; the C library's own cache of them holds seven
        // of a size. With more an attitude simulation takes a seventh less time.
        "GLIBC_TUNABLES": "glibc.malloc.tcache_count=127",
    ]

    /// Without what is a job's own.
    func environment() -> [String: String] {
        ScenarioEnvironment.make(runConfig: "", telemetryURL: "", outputDirectory: "", temporaryDirectory: nil)
            .filter { !Self.ownVariables.contains($0.key) }
            .merging(Self.defaults) { own, _ in own }
    }

    func environment(of files: JobFiles, telemetryURL: String) -> [String: String] {
        ScenarioEnvironment.make(
            runConfig: files.runConfig, telemetryURL: telemetryURL, outputDirectory: files.output, temporaryDirectory: files.temporary
        ).merging(Self.defaults) { own, _ in own }
    }

    /// A process that does the whole of a job by itself.
    func request(_ files: JobFiles, telemetryURL: String) -> GuardedProcess.Request {
        GuardedProcess.Request(
            program: python, arguments: [entrypoint], environment: environment(of: files, telemetryURL: telemetryURL),
            workingDirectory: workingDirectory, stdoutPath: files.stdout, stderrPath: files.stderr, captureBytes: captureBytes,
            hasPrivateSharedMemory: hasPrivateSharedMemory)
    }

    /// Names everything that a proof is good for, but for the contents of files.
    func key(image: [UInt8]) -> String {
        var hash = SHA256()
        let settings = Self.defaults.map { "\($0.key)=\($0.value)" }.sorted()
        for text in [python, entrypoint, workingDirectory] + settings { hash.update(Array(text.utf8) + [0]) }
        hash.update(image)
        return hash.finalize().hexadecimal
    }
}
