import FoundationEssentials
import Glibc
import LynxModel
import Support
import TestSupport
import Testing

@testable import RunnerHost

@Suite("Simulations in container images", .serialized)
struct ContainerTests {
    private static func bench(
        _ script: String, _ runtime: TestRuntime, isolation: EngineIsolation = .inProcess, limits: LimitGroups? = nil, variables: [String: String] = [:]
    ) throws -> AttemptBench {
        let directory = try TemporaryDirectory()
        var settings = [
            "command.0": "/bin/sh", "command.1": "-c", "command.2": script, "telemetry.from": "stdout", "working_directory": directory.path,
            "log_capture_bytes": "65536",
        ]
        for (name, value) in variables { settings["env.\(name)"] = value }
        return try bench(directory, ("command", settings), runtime, isolation: isolation, limits: limits)
    }

    /// With the engine `python` and a script beside which there is nothing.
    private static func bench(python script: String, _ runtime: TestRuntime, isolation: EngineIsolation) throws -> AttemptBench {
        let directory = try TemporaryDirectory()
        let settings = [
            "python_executable": "/no/such/python", "entrypoint": try directory.write("code/scenario.py", script), "working_directory": directory.path + "/code",
            "log_capture_bytes": "65536", "warm_workers": "false",
        ]
        return try bench(directory, ("python", settings), runtime, isolation: isolation)
    }

    private static func bench(
        _ directory: TemporaryDirectory, _ engine: (String, [String: String]), _ runtime: TestRuntime, isolation: EngineIsolation, limits: LimitGroups? = nil
    ) throws -> AttemptBench {
        // The engine itself is configured with what there is on this machine; jobs come with the settings below.
        let own = engine.1.merging(engine.0 == "python" ? ["python_executable": Repository.python] : [:]) { $1 }
        return try AttemptBench(directory, (engine.0, own), in: Repository.products, isolation: isolation) { tool, logger in
            let containers = runtime.make(directory, tool: tool)
            try containers.check(Repository.products + "/lynx-spawner")
            return Confinements(containers: containers, limits: limits, logger: logger) { _ in engine.1 }
        }
    }

    private static func assignment(
        _ bench: AttemptBench, type: String = "command", _ container: ContainerSpec, conditions: [StoppingCondition] = []
    ) -> JobAssignment {
        bench.assignment(type: type, parameters: ["x": .number(1)], conditions: conditions, container: container)
    }

    private static let isLow = StoppingCondition(name: "low", variable: "altitude", operator: .lt, threshold: 10)

    @Test(
        "It has its configuration, its endpoint and its output directory, and the image's files",
        arguments: TestRuntime.allCases, EngineIsolation.allCases)
    func contract(runtime: TestRuntime, isolation: EngineIsolation) async throws {
        let script = """
            cat "$TETRYX_RUN_CONFIG" > "$TETRYX_OUTPUT_DIR/config.json"; env > "$TETRYX_OUTPUT_DIR/env"; ls /usr > /dev/null 2>&1 && exit 9
            echo > "$TMPDIR/x" && echo '{"altitude": 5}'
            """
        let note = #"a,b="c" $HOME `id` \d"#
        let image = try TestImage(for: runtime)
        let bench = try Self.bench(script, runtime, isolation: isolation, variables: ["NOTE": note])
        let report = await bench.run(Self.assignment(bench, ContainerSpec(image: image.name)))
        #expect(report.result.success, "\(report.result.errorMessage ?? "")")
        #expect(report.result.telemetryData["altitude"] != nil)
        #expect(Set(report.result.artifacts.map(\.path)) == ["config.json", "env"])
        let output = bench.directory.path + "/runs/batch/job/attempt-1/output"
        let variables = String(decoding: WholeFile.read(output + "/env") ?? [], as: UTF8.self).split(separator: "\n")
        #expect(variables.contains { $0.hasPrefix("TETRYX_TELEMETRY_URL=http://127.0.0.1:") })
        #expect(variables.contains("NOTE=\(note)"))
        // The runner's own environment stays outside.
        #expect(getenv("PWD") == nil || !variables.contains("PWD=\(String(cString: getenv("PWD")))"))
        #expect(report.result.metadata.provenance?.files["image"]?.count == 64)
        #expect(report.result.metadata.warnings.isEmpty)
        #expect(runtime.left(of: bench.directory).isEmpty)
    }

    @Test("A breach ends all of it at once, and nothing stays: no container, no monitor, no process", arguments: TestRuntime.allCases)
    func breach(runtime: TestRuntime) async throws {
        let image = try TestImage(for: runtime)
        let bench = try Self.bench("sleep 1000 & echo '{\"altitude\": 5}'; sleep 1000", runtime)
        let report = await bench.run(Self.assignment(bench, ContainerSpec(image: image.name), conditions: [Self.isLow]))
        #expect(report.outcome == .breach)
        #expect(runtime.left(of: bench.directory).isEmpty)
    }

    @Test("A program that takes more memory than requested is told as that", arguments: TestRuntime.allCases)
    func outOfMemory(runtime: TestRuntime) async throws {
        // Podman sets the limits by itself; for the other the runner does, and the program that starts the simulation counts, too.
        let limits = runtime == .podman ? nil : LimitGroups(name: "lynx-test-\(getpid())-container")
        if let limits { try #require(limits.obstacle == nil) }
        let image = try TestImage(for: runtime)
        let bench = try Self.bench("x=0123456789; while :; do x=$x$x; done", runtime, limits: limits)
        let request = runtime == .podman ? "32M" : "128M"
        let report = await bench.run(Self.assignment(bench, ContainerSpec(image: image.name, memoryRequest: request)))
        #expect(report.outcome == .failure)
        let line = String(report.result.errorMessage?.split(separator: "\n").first ?? "")
        let limit = "\(request.dropLast()).0 MB, compute.container.memory_request of the batch"
        // Where podman watches the control group it knows whose signal it was.
        let known = line.hasPrefix("out of memory: the kernel ended it; its peak ") && line.hasSuffix(", and the limit is \(limit)")
        let guessed = line == "ended by signal 9 in its container; it may have taken more memory than its limit of \(limit)"
        #expect(known || runtime == .podman && guessed, "\(line)")
        #expect(runtime.left(of: bench.directory).isEmpty)
    }

    @Test("An image that cannot be had fails the job with one line, and not the runner", arguments: TestRuntime.allCases)
    func unknown(runtime: TestRuntime) async throws {
        let bench = try Self.bench("true", runtime)
        let report = await bench.run(Self.assignment(bench, ContainerSpec(image: "localhost/lynx-test:none")))
        #expect(report.outcome == .failure)
        #expect(
            report.result.errorMessage?.hasPrefix(
                "compute.container.image: 'localhost/lynx-test:none' is not on this machine and cannot be pulled: ") == true)
        #expect(report.result.errorMessage?.contains("\n") == false)
    }

    @Test("Arguments that the machine does not allow are found out before the first job", arguments: TestRuntime.allCases)
    func check(runtime: TestRuntime) throws {
        let directory = try TemporaryDirectory()
        let containers = runtime.make(directory, arguments: ["--no-such-option"], tool: ConfinementTool(folder: directory.path))
        let error = #expect(throws: ConfinementTool.Failure.self) { try containers.check(Repository.products + "/lynx-spawner") }
        #expect(error?.message.contains("--no-such-option") == true, "\(error?.message ?? "")")
        #expect(Directory.visibleNames(in: directory.path).isEmpty)
    }

    @Test("A Python scenario streams from inside by gRPC, with the image's interpreter, and the runner can read and remove what it leaves", arguments: TestRuntime.allCases)
    func python(runtime: TestRuntime) async throws {
        let script = """
            import os, sys
            from lynx_scenario import RunConfig, TelemetryClient, output_dir

            assert sys.executable == "/usr/bin/python3", sys.executable
            assert RunConfig.load().parameters["x"] == 1
            with TelemetryClient.from_env() as telemetry:
                for step in range(1000):
                    telemetry.emit("step", float(step), float(step))
            folder = output_dir() / "folder"
            folder.mkdir()
            for name, mode in (("own", 0o600), ("shut", 0)):
                (folder / name).write_text(name)
                (folder / name).chmod(mode)
            try:
                os.chown(folder / "own", 1234, 1234)
                os.chown(folder, 1234, 1234)
            except PermissionError:
                pass
            try:
                open(os.path.dirname(__file__) + "/x", "w")
            except OSError:
                pass
            else:
                sys.exit("the folder of the code could be written to")
            """
        let image = try TestImage(.python, for: runtime)
        let bench = try Self.bench(python: script, runtime, isolation: .process)
        let report = await bench.run(Self.assignment(bench, type: "python", ContainerSpec(image: image.name)))
        #expect(report.result.success, "\(report.result.errorMessage ?? "")")
        #expect(report.result.telemetryData["step"]?.count == 1000 && report.result.telemetryData["step"]?.last == 999)
        #expect(Set(report.result.artifacts.map(\.path)) == ["folder/own", "folder/shut"])
        #expect(report.result.artifacts.allSatisfy { $0.sha256.utf8.count == 64 && $0.sizeBytes > 0 })
        // The interpreter of this machine has nothing to do with it.
        #expect(report.result.metadata.provenance?.interpreter == nil)
        #expect(report.result.metadata.warnings.isEmpty)
        #expect(runtime.left(of: bench.directory).isEmpty)
        try DirectoryRemoval.remove(bench.directory.path + "/runs")
        #expect(FileStatus(bench.directory.path + "/runs") == nil)
    }

    @Test("A value that a Python scenario streams from inside ends it, and what it has started", arguments: TestRuntime.allCases)
    func pythonBreach(runtime: TestRuntime) async throws {
        let script = """
            import subprocess, time
            from lynx_scenario import TelemetryClient

            subprocess.Popen(["sleep", "1000"], start_new_session=True)
            with TelemetryClient.from_env() as telemetry:
                telemetry.emit("altitude", 5.0, 0.0)
                telemetry.flush()
                time.sleep(1000)
            """
        let image = try TestImage(.python, for: runtime)
        let bench = try Self.bench(python: script, runtime, isolation: .process)
        let report = await bench.run(Self.assignment(bench, type: "python", ContainerSpec(image: image.name), conditions: [Self.isLow]))
        #expect(report.outcome == .breach, "\(report.result.errorMessage ?? "")")
        #expect(report.result.metadata.breach?.condition == "low")
        #expect(runtime.left(of: bench.directory).isEmpty)
    }
}
