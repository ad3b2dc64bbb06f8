import FoundationEssentials
import Glibc
import LynxModel
import Support
import TestSupport
import Testing

@testable import RunnerHost

@Suite("Simulations in container images", .serialized)
struct ContainerTests {
    /// What podman needs where the tests run: no registry, lowered limits, and no unified hierarchy of control groups.
    private static let podman = ["/usr/bin/podman", "--runtime", "runc"]
    private static let arguments = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"]
    private static let image = "localhost/lynx-test:1"

    /// An image of a shell that is linked statically.
    private static func makeImage(in directory: TemporaryDirectory) throws {
        let script = """
            mkdir -p root/bin root/tmp root/etc root/proc root/sys root/dev && cp /bin/busybox root/bin/
            for name in sh sleep cat env; do ln -s busybox root/bin/$name; done
            tar -C root -cf root.tar . && podman import --quiet root.tar \(image)
            """
        #expect(ProgramOutput.of("/bin/sh", ["-c", "cd \(directory.path) && { \(script); } >&2"], atMost: 1 << 16) != nil)
    }

    private static func bench(_ script: String, isolation: EngineIsolation = .inProcess) throws -> AttemptBench {
        let directory = try TemporaryDirectory()
        try makeImage(in: directory)
        let settings = [
            "command.0": "/bin/sh", "command.1": "-c", "command.2": script, "telemetry.from": "stdout", "working_directory": directory.path,
            "log_capture_bytes": "65536",
        ]
        return try AttemptBench(directory, ("command", settings), in: Repository.products, isolation: isolation) { tool, logger in
            let runtime = ContainerRuntime(podman, arguments: arguments, owner: directory.path, tool: tool)
            try runtime.check(Repository.products + "/lynx-spawner")
            return Confinements(containers: runtime, logger: logger) { _ in settings }
        }
    }

    private static func assignment(_ bench: AttemptBench, _ container: ContainerSpec, conditions: [StoppingCondition] = []) -> JobAssignment {
        bench.assignment(type: "command", parameters: ["x": .number(1)], conditions: conditions, container: container)
    }

    /// Containers, states of the runtime and processes that belong to a bench's attempts.
    private static func left(_ bench: AttemptBench) -> [String] {
        let containers = ProgramOutput.of(
            podman[0], ["ps", "--all", "--quiet", "--filter", "label=lynx.runner=\(bench.directory.path)"], atMost: 1 << 16)
        let processes = Directory.visibleNames(in: "/proc").filter { Int($0) != nil }.filter { process in
            let words = String(decoding: WholeFile.read("/proc/\(process)/cmdline") ?? [], as: UTF8.self)
            return words.contains("conmon") && words.contains(bench.directory.path)
        }
        return String(decoding: containers ?? Array("no answer".utf8), as: UTF8.self).split(separator: "\n").map { String($0) } + processes
    }

    @Test("It has its configuration, its endpoint and its output directory, and the image's files", arguments: EngineIsolation.allCases)
    func contract(isolation: EngineIsolation) async throws {
        let script = """
            cat "$TETRYX_RUN_CONFIG" > "$TETRYX_OUTPUT_DIR/config.json"; env > "$TETRYX_OUTPUT_DIR/env"; ls /usr > /dev/null 2>&1 && exit 9
            echo > "$TMPDIR/x" && echo '{"altitude": 5}'
            """
        let bench = try Self.bench(script, isolation: isolation)
        let report = await bench.run(Self.assignment(bench, ContainerSpec(image: Self.image)))
        #expect(report.result.success, "\(report.result.errorMessage ?? "")")
        #expect(report.result.telemetryData["altitude"] != nil)
        #expect(Set(report.result.artifacts.map(\.path)) == ["config.json", "env"])
        let output = bench.directory.path + "/runs/batch/job/attempt-1/output"
        let variables = String(decoding: WholeFile.read(output + "/env") ?? [], as: UTF8.self).split(separator: "\n")
        #expect(variables.contains { $0.hasPrefix("TETRYX_TELEMETRY_URL=http://127.0.0.1:") })
        // The runner's own environment stays outside.
        #expect(getenv("PWD") == nil || !variables.contains("PWD=\(String(cString: getenv("PWD")))"))
        #expect(report.result.metadata.provenance?.files["image"]?.count == 64)
        #expect(report.result.metadata.warnings.isEmpty)
        #expect(Self.left(bench).isEmpty)
    }

    @Test("A breach ends all of it at once, and nothing stays: no container, no monitor, no process")
    func breach() async throws {
        let bench = try Self.bench("sleep 1000 & echo '{\"altitude\": 5}'; sleep 1000")
        let condition = StoppingCondition(name: "low", variable: "altitude", operator: .lt, threshold: 10)
        let report = await bench.run(Self.assignment(bench, ContainerSpec(image: Self.image), conditions: [condition]))
        #expect(report.outcome == .breach)
        #expect(Self.left(bench).isEmpty)
    }

    @Test("A program that takes more memory than requested is told as that")
    func outOfMemory() async throws {
        let bench = try Self.bench("x=0123456789; while :; do x=$x$x; done")
        let report = await bench.run(Self.assignment(bench, ContainerSpec(image: Self.image, memoryRequest: "32M")))
        #expect(report.outcome == .failure)
        let line = report.result.errorMessage?.split(separator: "\n").first ?? ""
        // Where podman watches the control group it knows whose signal it was.
        let known = "out of memory: the kernel ended it; its peak is not known, and the limit is 32.0 MB, compute.container.memory_request of the batch"
        let guessed = "ended by signal 9 in its container; it may have taken more memory than its limit of 32.0 MB, compute.container.memory_request of the batch"
        #expect(line == known || line == guessed)
        #expect(Self.left(bench).isEmpty)
    }

    @Test("An image that cannot be had fails the job with one line, and not the runner")
    func unknown() async throws {
        let bench = try Self.bench("true")
        let report = await bench.run(Self.assignment(bench, ContainerSpec(image: "localhost/lynx-test:none")))
        #expect(report.outcome == .failure)
        #expect(
            report.result.errorMessage?.hasPrefix(
                "compute.container.image: 'localhost/lynx-test:none' is not on this machine and cannot be pulled: ") == true)
        #expect(report.result.errorMessage?.contains("\n") == false)
    }

    @Test("Arguments that the machine does not allow are found out before the first job")
    func check() throws {
        let directory = try TemporaryDirectory()
        let runtime = ContainerRuntime(
            Self.podman, arguments: ["--no-such-option"], owner: directory.path, tool: ConfinementTool(folder: directory.path))
        let error = #expect(throws: ConfinementTool.Failure.self) { try runtime.check(Repository.products + "/lynx-spawner") }
        #expect(error?.message.contains("--no-such-option") == true)
    }
}
