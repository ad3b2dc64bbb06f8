import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@testable import RunnerHost

@Suite("Programs that the host starts for an engine", .timeLimit(.minutes(10)))
struct ProcessExtensionTests {
    private static let both: [EngineIsolation] = [.inProcess, .process]

    private func several(_ name: String, _ isolation: EngineIsolation) async throws -> AttemptBench {
        let directory = try TemporaryDirectory()
        _ = try await EngineCompiler.compile(Repository.path("Tests/Fixtures/process_engine.c"), to: directory.path + "/libSeveral.so")
        return try AttemptBench(directory, ("several", ["case": name]), in: directory.path, isolation: isolation)
    }

    private func text(_ report: AttemptReport, _ path: String) throws -> String {
        try String(contentsOfFile: try #require(report.result.metadata.directory) + "/" + path, encoding: .utf8)
    }

    /// The processes with a working directory below that of the bench.
    private func processes(below bench: AttemptBench) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.filter { pid in
            guard Int(pid) != nil, let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd") else { return false }
            return place.hasPrefix(bench.directory.path + "/runs")
        } ?? []
    }

    @Test("A program has the contract's files and variables; what it prints is telemetry and log, what it leaves is collected", arguments: both)
    func whole(isolation: EngineIsolation) async throws {
        let bench = try await AttemptBench.lab(
            """
            test -f "$TETRYX_RUN_CONFIG" && test "$PWD" = "$TETRYX_OUTPUT_DIR" && test -d "$TMPDIR" && test -n "$TETRYX_TELEMETRY_URL" || exit 9
            read line; test -z "$line" || exit 8
            echo telemetry 1 height_m 10.5 m
            mkdir -p deep; echo content > deep/file.csv
            echo telemetry 2 height_m 9 m
            echo 'no telemetry at all' >&2
            printf 'telemetry 3 height_m 8 m'
            """, isolation: isolation)
        let report = await bench.run(bench.assignment(type: "lab"))
        #expect(report.outcome == .success, "\(report.result.errorMessage ?? "")")
        let series = try #require(report.result.telemetryData["height_m"])
        #expect(series.values == [10.5, 9, 8] && series.timeS == [1, 2, 3] && series.units == "m")
        #expect(report.result.artifacts.map(\.path) == ["deep/file.csv"] && report.result.artifacts.map(\.sizeBytes) == [8])
        #expect(try text(report, "stdout.log").hasPrefix("telemetry 1 height_m 10.5 m\n"))
        #expect(try text(report, "stderr.log") == "no telemetry at all\n")
    }

    @Test("An exit code is a failure, with the reason that standard error gives", arguments: both)
    func failure(isolation: EngineIsolation) async throws {
        let bench = try await AttemptBench.lab("echo 'Error: the sky is too low' >&2; exit 4", isolation: isolation)
        let report = await bench.run(bench.assignment(type: "lab"))
        #expect(report.outcome == .failure && report.retryable && report.result.metadata.exitCode == 4)
        #expect(report.result.errorMessage?.hasPrefix("exit code 4: Error: the sky is too low") == true)
    }

    // Within the host the size is one for all engines, and the tests beside this one have others.
    @Test("Lines past the size of the log are telemetry too, and the log is cut to its size") func manyLines() async throws {
        let bench = try await AttemptBench.lab(
            "for i in $(seq 1 20000); do echo telemetry $i x $i m; done; head -c 2000000 /dev/zero | tr '\\0' y", isolation: .process,
            settings: ["log_capture_bytes": "1000"])
        let report = await bench.run(bench.assignment(type: "lab"))
        #expect(report.outcome == .success)
        // What is kept is thinned out; the log alone would end below line 50.
        #expect(try #require(report.result.telemetryData["x"]?.timeS.last) > 19_000)
        #expect(try text(report, "stdout.log").utf8.count < 1100)
    }

    @Test("A breach kills it, with what has left its process group", arguments: both)
    func breach(isolation: EngineIsolation) async throws {
        let bench = try await AttemptBench.lab(
            "setsid sleep 1000 & setsid setsid sleep 1000 & echo telemetry 1 speed 50 m/s; sleep 1000", isolation: isolation)
        let condition = StoppingCondition(name: "fast", variable: "speed", operator: .gt, threshold: 40, units: "m/s")
        let report = await bench.run(bench.assignment(type: "lab", conditions: [condition]))
        #expect(report.outcome == .breach && report.result.metadata.exitSignal == SIGKILL, "\(report.result.errorMessage ?? "")")
        #expect(processes(below: bench).isEmpty)
    }

    @Test("A server starts the program that it serves, and ends with it", arguments: both)
    func server(isolation: EngineIsolation) async throws {
        let bench = try await several("server", isolation)
        let report = await bench.run(bench.assignment(type: "several"))
        #expect(report.outcome == .failure && report.result.metadata.exitCode == 3, "\(report.result.errorMessage ?? "")")
        #expect(report.result.artifacts.map(\.path) == ["process-1.stderr.log", "process-1.stdout.log", "result.txt"])
        #expect(processes(below: bench).isEmpty)
    }

    @Test("Twenty programs of a job, each with a process outside its group, end together", arguments: both)
    func many(isolation: EngineIsolation) async throws {
        let bench = try await several("many", isolation)
        let started = Monitor(false)
        let attempt = bench.attempt(bench.assignment(type: "several")) { started.with { $0 = true } }
        async let running = bench.run(attempt)
        try await started.reach { $0 }
        while processes(below: bench).count < 60 { try await Task.sleep(for: .milliseconds(5)) }
        attempt.stop(.cancelled)
        let report = await running
        #expect(report.outcome == .cancelled && report.result.artifacts.filter { $0.path.hasPrefix("pid.") }.count == 20)
        #expect(processes(below: bench).isEmpty)
    }

    @Test("What comes out of order is refused, and leaves nothing", arguments: both)
    func order(isolation: EngineIsolation) async throws {
        let killed = try await several("killed", isolation)
        let report = await killed.run(killed.assignment(type: "several"))
        #expect(report.outcome == .failure && report.result.metadata.exitSignal == SIGKILL, "\(report.result.errorMessage ?? "")")
        let left = try await several("left", isolation)
        #expect(await left.run(left.assignment(type: "several")).result.errorMessage == "wrong: left")
        #expect(processes(below: killed).isEmpty && processes(below: left).isEmpty)
    }

    @Test("The job lasts until the last of its programs has ended, and its exit is that of the first", arguments: both)
    func oneAfterTheOther(isolation: EngineIsolation) async throws {
        let bench = try await several("one_after_the_other", isolation)
        let report = await bench.run(bench.assignment(type: "several"))
        #expect(report.outcome == .success && report.result.artifacts.contains { $0.path == "late.txt" }, "\(report.result.errorMessage ?? "")")
    }

    @Test("A program that is none is refused in one line", arguments: both)
    func refused(isolation: EngineIsolation) async throws {
        let bench = try await several("refused", isolation)
        let report = await bench.run(bench.assignment(type: "several"))
        #expect(report.outcome == .failure && !report.retryable)
        #expect(report.result.errorMessage == "program: no such file '/no/such/program'; give the path of a program or a name in PATH")
    }
}
