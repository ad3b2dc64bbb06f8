import Foundation
import Glibc
import LynxModel
import Synchronization
import TestSupport
import Testing

@testable import RunnerHost

@Suite("Asking a simulation to end", .timeLimit(.minutes(10)))
struct SoftStopTests {
    private static let both: [EngineIsolation] = [.inProcess, .process]
    /// Far longer than a test may last, so that nothing waits for its end.
    private static let long = Duration.seconds(3600)

    /// Prints a line when it is ready, and writes down what it has when it is asked to end; then does `last`.
    private static func script(_ last: String) -> String {
        """
        trap 'echo asked >late.txt; \(last)' TERM
        echo telemetry 1 ready 1 none
        while true; do sleep 0.05; done
        """
    }

    /// Runs an attempt whose telemetry says that it is ready, and stops it then.
    private func run(
        _ bench: AttemptBench, type: String = "lab", conditions: [StoppingCondition] = [], _ cause: StopCause, atOnce: Bool = false
    ) async throws -> AttemptReport {
        let (attempt, started) = begin(bench, type: type, conditions)
        async let report = bench.run(attempt)
        try await ready(bench, started)
        attempt.stop(cause, atOnce: atOnce)
        return await report
    }

    private func begin(_ bench: AttemptBench, type: String = "lab", _ conditions: [StoppingCondition] = []) -> (Attempt, Monitor<Bool>) {
        let started = Monitor(false)
        return (bench.attempt(bench.assignment(type: type, conditions: conditions)) { started.with { $0 = true } }, started)
    }

    /// Waits until the host knows that it runs, as one that is only being launched is killed, and until it handles the signal.
    private func ready(_ bench: AttemptBench, _ started: Monitor<Bool>) async throws {
        try await started.reach { $0 }
        let log = bench.directory.path + "/runs/batch/job/attempt-1/stdout.log"
        while (try? String(contentsOfFile: log, encoding: .utf8).contains("ready")) != true { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test(
        "It can write down what it has, which is collected; its exit code 0 makes it no success", arguments: both,
        [StopCause.timeout, .cancelled, .lost])
    func asked(isolation: EngineIsolation, cause: StopCause) async throws {
        let bench = try await AttemptBench.lab(Self.script("exit 0"), isolation: isolation, grace: Self.long)
        let report = try await run(bench, cause)
        let expected: AttemptOutcome =
            switch cause {
            case .timeout: .timeout
            case .cancelled: .cancelled
            default: .lost
            }
        #expect(report.outcome == expected && !report.result.success, "\(report.result.errorMessage ?? "")")
        #expect(report.result.metadata.exitCode == 0 && report.result.artifacts.map(\.path) == ["late.txt"])
    }

    @Test("One that does not end is killed when its grace is over", arguments: both)
    func overdue(isolation: EngineIsolation) async throws {
        let bench = try await AttemptBench.lab(Self.script(":"), isolation: isolation, grace: .seconds(1))
        let report = try await run(bench, .timeout)
        #expect(report.outcome == .timeout && report.result.metadata.exitSignal == SIGKILL)
        #expect(report.result.artifacts.map(\.path) == ["late.txt"])
    }

    @Test("Without a grace, at once, and where nobody wants the result, it is not asked", arguments: [0, 1, 2])
    func notAsked(way: Int) async throws {
        let bench = try await AttemptBench.lab(Self.script("exit 0"), grace: way == 0 ? .zero : Self.long)
        let report = try await run(bench, way == 2 ? .stale : .cancelled, atOnce: way == 1)
        #expect(report.result.metadata.exitSignal == SIGKILL && report.result.artifacts.isEmpty)
    }

    private let condition = StoppingCondition(name: "fast", variable: "speed", operator: .gt, threshold: 40, units: "m/s")

    @Test("A breach is SIGKILL at once: it is not asked", arguments: both)
    func breach(isolation: EngineIsolation) async throws {
        let bench = try await AttemptBench.lab(
            "trap 'echo asked >late.txt; exit 0' TERM; echo telemetry 1 speed 50 m/s; while true; do sleep 0.05; done", isolation: isolation, grace: Self.long)
        let report = await bench.run(bench.assignment(type: "lab", conditions: [condition]))
        #expect(report.outcome == .breach && report.result.metadata.exitSignal == SIGKILL && report.result.artifacts.isEmpty)
    }

    @Test("A breach in the grace ends it at once", arguments: both)
    func breachInGrace(isolation: EngineIsolation) async throws {
        let bench = try await AttemptBench.lab(Self.script("echo telemetry 2 speed 50 m/s"), isolation: isolation, grace: Self.long)
        let report = try await run(bench, conditions: [condition], .cancelled)
        #expect(report.outcome == .cancelled && report.result.metadata.exitSignal == SIGKILL)
        #expect(report.result.artifacts.map(\.path) == ["late.txt"])
    }

    @Test("A second stop leaves the grace as it is; one that is to be at once ends it")
    func twice() async throws {
        let bench = try await AttemptBench.lab(Self.script(":"), grace: Self.long)
        let (attempt, started) = begin(bench)
        async let running = bench.run(attempt)
        try await ready(bench, started)
        let folder = bench.directory.path + "/runs/batch/job/attempt-1/"
        attempt.stop(.cancelled)
        while access(folder + "output/late.txt", F_OK) != 0 { try await Task.sleep(for: .milliseconds(5)) }
        for cause in [StopCause.cancelled, .timeout, .lost] { attempt.stop(cause) }
        #expect(attempt.state.withLock { !$0.isKilled })
        attempt.stop(.lost, atOnce: true)
        #expect(await running.outcome == .cancelled)
    }

    @Test("The command engine sends the signal of its option stop, also with a server beside it", arguments: [false, true])
    func command(hasServer: Bool) async throws {
        let directory = try TemporaryDirectory()
        let program = try directory.write("sim.sh", "#!/bin/bash\n" + Self.script("exit 0"), mode: 0o755)
        var settings = ["command.0": program, "working_directory": directory.path, "log_capture_bytes": "10000"]
        if hasServer {
            settings["servers.0.command.0"] = "/bin/sh"
            settings["servers.0.command.1"] = "-c"
            settings["servers.0.command.2"] = "trap 'echo stopped >server.txt; exit' TERM; while true; do sleep 0.05; done"
        }
        let bench = try AttemptBench(directory, ("command", settings), in: Repository.products, grace: Self.long)
        let report = try await run(bench, type: "command", .timeout)
        #expect(
            report.outcome == .timeout && report.result.metadata.exitCode == 0,
            "\(report.result.errorMessage ?? "") \(report.result.metadata.warnings)")
        #expect(report.result.artifacts.contains { $0.path == "late.txt" })
        #expect(!hasServer || report.result.artifacts.contains { $0.path == "server.txt" })
    }

    @Test("A Python scenario with a handler for SIGTERM can write down what it has; one without ends there and then", arguments: [true, false])
    func python(handles: Bool) async throws {
        let handler = "signal.signal(signal.SIGTERM, lambda *_: (open(os.environ['TETRYX_OUTPUT_DIR'] + '/late.txt', 'w').write('asked'), sys.exit(0)))"
        let script = "import os, signal, sys, time\n\(handles ? handler : "")\nprint('ready', flush=True)\nwhile True: time.sleep(0.05)\n"
        let bench = try AttemptBench.basilisk(script, grace: Self.long)
        let report = try await run(bench, type: "basilisk", .cancelled)
        #expect(report.outcome == .cancelled && report.result.artifacts.map(\.path) == (handles ? ["late.txt"] : []))
        #expect(report.result.metadata.exitSignal == (handles ? nil : SIGTERM))
    }
}
