import Foundation
import LynxModel
import TestSupport

/// A study of a scenario that one test wrote for itself, in a directory of its own.
///
/// The scenario is Python. It finds `run` and `attempt` set, `output` as its output directory, and three functions:
/// `tell(...)` sends the test an event, `wait()` waits at the test's gate, `spawn(...)` starts a program that outlives
/// the scenario unless somebody ends it. All its processes hold the test's lifeline.
final class StudyFixture: Sendable {
    let directory: TemporaryDirectory
    let events: EventPipe
    let gate: Gate
    let lifeline: Lifeline

    /// - Parameters:
    ///   - earlyTermination: that part of the batch, in YAML's flow style.
    ///   - telemetry: likewise.
    ///   - dispersions: further ones, each a line of YAML.
    ///   - python: what starts the scenario, instead of the virtual environment's Python.
    ///   - isWarm: whether the engine may prove a warm parent, for which it runs the scenario beside the study.
    init(
        _ scenario: String, runs: Int, slots: Int = 2, timeoutSeconds: Double = 300, maxRetries: Int = 0,
        earlyTermination: String = "{enabled: false}", telemetry: String = "{}", python: String = Repository.python,
        dispersions: [String] = [], isWarm: Bool = false
    ) throws {
        directory = try TemporaryDirectory()
        events = try EventPipe(directory.path + "/events")
        gate = try Gate(directory.path + "/gate")
        lifeline = try Lifeline(directory.path + "/lifeline")
        try directory.write("scenario.py", Self.prelude + scenario + "\n")
        try directory.write(
            "batch.yaml",
            """
            name: made for a test
            config:
              simulation: {name: scripted, type: basilisk}
              monte_carlo: {runs: \(runs), seed: 7}
              dispersions:
                mass: {distribution: {type: uniform, min: 1, max: 2}, units: kg}
            \(dispersions.map { "    \($0)\n" }.joined())\
              compute: {job_timeout_seconds: \(timeoutSeconds), max_retries: \(maxRetries)}
              early_termination: \(earlyTermination)
              telemetry: \(telemetry)
            """)
        try directory.write(
            "runner.yaml",
            """
            engines: [basilisk]
            python_executable: \(python)
            basilisk_entrypoint: \(directory.path)/scenario.py
            output_root: \(directory.path)/runs
            working_directory: \(directory.path)
            max_concurrent_jobs: \(slots)
            warm_workers: \(isWarm)

            """)
    }

    private static let prelude = """
        import json, os, signal, subprocess, sys, time

        here = os.path.dirname(os.path.abspath(__file__))
        output = os.environ["TETRYX_OUTPUT_DIR"]
        with open(os.environ["TETRYX_RUN_CONFIG"]) as file:
            run = json.load(file)["run_index"]
        attempt = int(output.rsplit("/attempt-", 1)[1].split("/")[0].split(".")[0])
        lifeline = os.open(here + "/lifeline", os.O_WRONLY)
        os.set_inheritable(lifeline, True)

        def tell(*words):
            with open(here + "/events", "w") as events:
                events.write(" ".join(map(str, words)) + "\\n")

        def wait():
            with open(here + "/gate", "rb", buffering=0) as gate:
                gate.read(1)

        def spawn(*words):
            return subprocess.Popen(words, pass_fds=[lifeline])


        """

    var outputRoot: String { directory.path + "/runs" }

    func start(
        _ program: String, _ arguments: [String], environment: [String: String?] = [:], output: EventPipe? = nil, errors: EventPipe? = nil
    ) throws -> Program {
        try Program.start(program, arguments, in: directory.path, environment: environment, output: output, errors: errors)
    }

    /// `lynxctl run` of this study; it prints JSON.
    func startRun(_ arguments: String...) throws -> Program {
        try start("lynxctl", ["run", "batch.yaml", "--runner-config", "runner.yaml", "--state", "state", "--json"] + arguments)
    }

    /// The `runner-host` that a `lynxctl run` has started.
    func runnerPID() throws -> Int32 {
        let record = try directory.read("state/runner-host.pid")
        guard let pid = record.split(separator: " ").first.flatMap({ Int32($0) }) else { throw CocoaError(.fileReadCorruptFile) }
        return pid
    }

    /// Whether nothing of the study runs any more.
    var isQuiet: Bool { lifeline.hasEnded && Simulations.running(below: outputRoot).isEmpty }
}
