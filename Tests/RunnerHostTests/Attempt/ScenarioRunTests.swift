import Foundation
import LynxModel
import LynxTelemetry
import Testing
import TestSupport

@testable import RunnerHost

@Suite("A job of the Basilisk engine")
struct ScenarioRunTests {
    private static let streaming = """
        import json, os, sys, time
        from lynx_scenario import RunConfig, TelemetryClient, output_dir
        config = RunConfig.load()
        out = output_dir()
        with TelemetryClient.from_env() as telemetry:
            for step in range(50):
                telemetry.emit("level", float(step), float(10 * step), "m")
            telemetry.flush(10)
            (out / "part.txt").write_text("partial")
            if config.parameters.get("linger"):
                time.sleep(1000)
        """

    @Test("It gets its configuration, directory and endpoint, and brings back files and telemetry")
    func wholeRun() async throws {
        let bench = try AttemptBench.basilisk(Self.streaming)
        let report = await bench.run(bench.assignment(parameters: ["mass": .number(1.5)]))
        #expect(report.outcome == .success, "\(report.result.errorMessage ?? "")")
        #expect(report.result.artifacts.map(\.path) == ["part.txt"])
        let series = try #require(report.result.telemetryData["level"])
        #expect(series.count == 50 && series.units == "m" && series.values == (0..<50).map(Double.init))
        #expect(series.first == 0 && series.last == 49 && series.min == 0 && series.max == 49)
        let config = try WireJSON.decode(
            RunConfiguration.self, from: Data(try bench.directory.read("runs/batch/job/attempt-1/run_config.json").utf8))
        #expect(config.parameters == ["mass": .number(1.5)] && config.seed == 7)
        let mode = try FileManager.default.attributesOfItem(atPath: bench.directory.path + "/runs/batch/job/attempt-1/output")[.posixPermissions]
        #expect(mode as? Int == 0o700)
        #expect(report.result.executionTimeSecs > 0 && report.result.metadata.exitCode == 0)
    }

    @Test("Of much telemetry little stays in memory: it goes in chunks before any interval is over, and nothing is missing")
    func chunksWhenMuchGathers() async throws {
        let bench = try AttemptBench.basilisk(
            """
            from lynx_scenario import TelemetryClient
            with TelemetryClient.from_env() as telemetry:
                for step in range(10_000):
                    telemetry.emit("x", float(step), float(step))
                    telemetry.emit("y", -float(step), float(step))
            """, maxPoints: 10_000)
        // A control plane of protocol 1.1 takes telemetry while an attempt runs.
        bench.runner.monitor.with { $0.registered(RegisterResponse(leaseSeconds: 30, heartbeatIntervalSeconds: 5, protocolVersion: "1.1")) }
        var assignment = bench.assignment()
        assignment.telemetry.bufferFlushIntervalSeconds = 3600
        let report = await bench.run(assignment)
        #expect(report.outcome == .success)
        #expect(report.result.telemetryData.values.allSatisfy { $0.count == 10_000 })
        let spooled = try bench.runner.spool.chunks(of: assignment.key).map(\.seq)
        #expect(!spooled.isEmpty && spooled == Array(0..<(report.telemetryChunks ?? 0)))
        var assembly = TelemetryAssembly()
        for seq in spooled {
            assembly.add(try TelemetryChunk(try #require(try bench.runner.spool.loadChunk(seq, of: assignment.key))))
        }
        assembly.add(
            TelemetryChunk(
                columns: try report.result.telemetryData.map { name, series in
                    let position = try #require(report.telemetryTail?[name])
                    return .init(name: name, units: series.units, position: position, timeS: series.timeS, values: series.values)
                }))
        #expect(assembly.series["x"]?.values == (0..<10_000).map(Double.init))
        #expect(assembly.series["y"]?.timeS == (0..<10_000).map(Double.init))
    }

    @Test("A breach kills at once and keeps what there was", arguments: [0, 20.0])
    func breach(frequency: Double) async throws {
        let bench = try AttemptBench.basilisk(Self.streaming)
        let report = await bench.run(
            bench.assignment(
                parameters: ["linger": .bool(true)],
                conditions: [StoppingCondition(name: "ceiling", variable: "level", operator: .gte, threshold: 40, units: "m")],
                frequency: frequency))
        #expect(report.outcome == .breach && !report.retryable)
        #expect(report.result.errorMessage == "early termination 'ceiling': level = 40 m ≥ 40 m at t = 400 s")
        #expect(report.result.metadata.exitSignal == SIGKILL)
        #expect((report.result.telemetryData["level"]?.count ?? 0) >= 41)
    }

    @Test("A breach that arrived before a successful exit fails the job all the same")
    func breachBeforeExit() async throws {
        let bench = try AttemptBench.basilisk(Self.streaming)
        let report = await bench.run(
            bench.assignment(
                conditions: [StoppingCondition(name: "late", variable: "level", operator: .eq, threshold: 49, units: "m")], frequency: 0.001))
        #expect(report.outcome == .breach)
        #expect(report.result.errorMessage == "early termination 'late': level = 49 m = 49 m at t = 490 s")
    }

    @Test("A cancel ends the collection of files, too")
    func cancelledWhileCollecting() async throws {
        let bench = try AttemptBench.basilisk(
            """
            import os
            os.truncate(os.open(os.environ["TETRYX_OUTPUT_DIR"] + "/a", os.O_CREAT | os.O_WRONLY), 8 << 40)
            """, settings: ["warm_workers": "false"], artifacts: ArtifactLimits(file: .max, total: .max))
        let (starts, started) = AsyncStream.makeStream(of: Void.self)
        let attempt = bench.attempt(bench.assignment()) { started.yield() }
        let report = await withTaskGroup(of: AttemptReport?.self) { group in
            group.addTask { await bench.run(attempt) }
            group.addTask {
                for await _ in starts { break }
                // Not before it has been written, and so perhaps after the simulation's end: either is right.
                let file = bench.directory.path + "/runs/batch/job/attempt-1/output/a"
                while (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) != 8 << 40 { await Task.yield() }
                attempt.stop(.cancelled)
                return nil
            }
            return await group.first { $0 != nil } ?? nil
        }
        #expect(report?.outcome == .cancelled && report?.result.errorMessage == "cancelled")
        #expect(report?.result.artifacts == [])
        #expect(report?.result.metadata.warnings == ["stopped while files were being collected; not all of them are listed"])
    }

    @Test("A file larger than the limit is named in the result, and stays")
    func tooLarge() async throws {
        let bench = try AttemptBench.basilisk(
            """
            import os
            for name, size in ("a", 10), ("b", 11):
                open(os.environ["TETRYX_OUTPUT_DIR"] + "/" + name, "w").write("x" * size)
            """, artifacts: ArtifactLimits(file: 10, total: 100))
        let report = await bench.run(bench.assignment())
        #expect(report.outcome == .success && report.result.artifacts.map(\.path) == ["a"])
        #expect(report.result.metadata.warnings == ["b: not collected, as it has 11 bytes and artifact_max_bytes is 10"])
        #expect(try bench.directory.names("runs/batch/job/attempt-1/output") == ["a", "b"])
    }

    @Test("Conditions in other units than the scenario's fail the job, naming both")
    func unitsMismatch() async throws {
        let bench = try AttemptBench.basilisk(Self.streaming)
        let report = await bench.run(
            bench.assignment(
                parameters: ["linger": .bool(true)],
                conditions: [StoppingCondition(name: "ceiling", variable: "level", operator: .gt, threshold: 40, units: "km")]))
        #expect(report.outcome == .breach)
        #expect(report.result.errorMessage?.contains("'m'") == true && report.result.errorMessage?.contains("'km'") == true)
    }

    @Test("A condition whose variable never came is said in the result")
    func unseenVariable() async throws {
        let bench = try AttemptBench.basilisk(Self.streaming)
        let report = await bench.run(
            bench.assignment(conditions: [StoppingCondition(name: "heat", variable: "temperature", operator: .gt, threshold: 1)]))
        #expect(report.outcome == .success)
        #expect(report.result.metadata.warnings.contains { $0.contains("'heat'") && $0.contains("'temperature'") })
    }

    @Test("The timeout ends the run as Timeout, not to be retried")
    func timeout() async throws {
        let bench = try AttemptBench.basilisk("import time\ntime.sleep(1000)")
        let report = await bench.run(bench.assignment(timeout: 0.5))
        #expect(report.outcome == .timeout && !report.retryable)
        #expect(report.result.errorMessage == "timed out after 0.5 s")
        #expect(report.result.metadata.exitSignal == SIGKILL)
    }

    @Test("A failing scenario's message is its exit code and the end of its stderr")
    func failure() async throws {
        let bench = try AttemptBench.basilisk("import sys\nprint('on the way', file=sys.stderr)\nraise ValueError('bad mass')")
        let report = await bench.run(bench.assignment())
        #expect(report.outcome == .failure && report.retryable)
        let lines = (report.result.errorMessage ?? "").split(separator: "\n")
        #expect(lines.first == "exit code 1: ValueError: bad mass")
        #expect(lines.dropFirst().first == "on the way")
    }

    @Test("A scenario that puts a FIFO in its log's place holds nothing up")
    func logReplaced() async throws {
        let bench = try AttemptBench.basilisk(
            """
            import os, sys
            log = os.environ["TETRYX_OUTPUT_DIR"] + "/../stderr.log"
            os.remove(log)
            os.mkfifo(log)
            sys.exit(3)
            """)
        let report = await bench.run(bench.assignment())
        #expect(report.outcome == .failure && report.result.errorMessage == "exit code 3")
    }

    @Test("A flood of things to warn of is cut short, with their number")
    func warningFlood() async throws {
        let bench = try AttemptBench.basilisk(
            """
            import os
            for index in range(300):
                os.symlink("nowhere", f"{os.environ['TETRYX_OUTPUT_DIR']}/{index:03}")
            """)
        let report = await bench.run(bench.assignment())
        #expect(report.outcome == .success && report.result.metadata.warnings.count == 101)
        #expect(report.result.metadata.warnings.last == "and 200 more warnings about the output")
    }

    @Test("Stopping from outside ends the run with that outcome", arguments: [AttemptOutcome.cancelled, .lost])
    func stop(outcome: AttemptOutcome) async throws {
        let bench = try AttemptBench.basilisk("import time\ntime.sleep(1000)")
        let report = await bench.run(bench.assignment(), stopping: outcome == .cancelled ? .cancelled : .lost)
        #expect(report.outcome == outcome)
        #expect(report.result.metadata.exitSignal == SIGKILL)
    }

    @Test("Many at once stay apart: each has its own endpoint, directory and telemetry")
    func sideBySide() async throws {
        let bench = try AttemptBench.basilisk(
            """
            import os
            from lynx_scenario import RunConfig, TelemetryClient, output_dir
            index = RunConfig.load().parameters["index"]
            with TelemetryClient.from_env() as telemetry:
                telemetry.emit("index", float(index), 0.0)
            (output_dir() / "index").write_text(str(index))
            """)
        let reports = await withTaskGroup(of: (Int, AttemptReport).self) { group in
            for index in 0..<6 {
                group.addTask { (index, await bench.run(bench.assignment("job-\(index)", parameters: ["index": .integer(Int64(index))]))) }
            }
            return await group.reduce(into: [Int: AttemptReport]()) { $0[$1.0] = $1.1 }
        }
        for (index, report) in reports {
            #expect(report.outcome == .success, "\(report.result.errorMessage ?? "")")
            #expect(report.result.telemetryData["index"]?.values == [Double(index)])
            #expect(try bench.directory.read("runs/batch/job-\(index)/attempt-1/output/index") == "\(index)")
        }
    }

    @Test("The environment carries the contract's variables and none of the runner's own")
    func environment() async throws {
        setenv("LYNX_RUNNER_TEST_SECRET", "secret", 1)
        defer { unsetenv("LYNX_RUNNER_TEST_SECRET") }
        let bench = try AttemptBench.basilisk(
            "import os, json; json.dump(dict(os.environ), open(os.environ['TETRYX_OUTPUT_DIR'] + '/env.json', 'w'))")
        #expect(await bench.run(bench.assignment()).outcome == .success)
        let environment = try WireJSON.decode(
            [String: String].self, from: Data(try bench.directory.read("runs/batch/job/attempt-1/output/env.json").utf8))
        #expect(environment["TETRYX_RUN_CONFIG"]?.hasSuffix("/attempt-1/run_config.json") == true)
        #expect(environment["TETRYX_TELEMETRY_URL"]?.hasPrefix("http://127.0.0.1:") == true)
        #expect(environment["LYNX_RUNNER_TEST_SECRET"] == nil)
    }

    @Test("A sweep ends what an earlier runner left, and only that")
    func sweep() async throws {
        let bench = try AttemptBench.basilisk("")
        let left = bench.directory.path + "/runs/batch/job/attempt-1"
        try bench.records.add(AttemptKey(jobID: "job", attempt: 1), AttemptDirectory(path: left, temporary: left + "/tmp"))
        let mine = try ChildProcess(Command.make("/bin/sleep", ["1000"], environment: ["TETRYX_OUTPUT_DIR": left + "/output"]))
        let other = try ChildProcess(Command.make("/bin/sleep", ["1000"], environment: ["TETRYX_OUTPUT_DIR": left + "0/output"]))
        defer { other.send(SIGKILL) }
        #expect(bench.records.sweep().ended == 1)
        _ = await mine.ended()
        #expect(isRunning(other.pid))
        #expect(bench.records.sweep().ended == 0)
    }
}
