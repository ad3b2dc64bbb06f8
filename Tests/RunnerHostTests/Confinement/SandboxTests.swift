import Glibc
import LynxModel
import Support
import TestSupport
import Testing

@testable import RunnerHost

@Suite("Simulations in a sandbox, and with limits")
struct SandboxTests {
    private static func bench(
        _ scenario: String, isSandboxed: Bool = true, limits: LimitGroups? = nil, isolation: EngineIsolation = .inProcess
    ) throws -> AttemptBench {
        let directory = try TemporaryDirectory()
        let settings = [
            "python_executable": Repository.python, "entrypoint": try directory.write("scenario.py", scenario), "working_directory": directory.path,
            "log_capture_bytes": "65536", "warm_workers": "false",
        ]
        return try AttemptBench(directory, ("python", settings), in: Repository.products, isolation: isolation) { tool, logger in
            let sandbox = try Sandbox(helper: Repository.products + "/lynx-sandbox", state: directory.path + "/runner-state", tool: tool)
            try sandbox.check()
            return Confinements(sandbox: sandbox, sandboxesByDefault: isSandboxed, limits: limits, logger: logger) { _ in settings }
        }
    }

    private static let contract = """
        import errno, os, socket, sys
        sys.path.insert(0, "\(Repository.root)/python")
        from lynx_scenario import RunConfig, TelemetryClient, output_dir

        assert RunConfig.load().parameters["x"] == 1
        with TelemetryClient.from_env() as telemetry:
            for step in range(1000):
                telemetry.emit("step", float(step), float(step))
        (output_dir() / "own").write_text("1")
        open(os.environ["TMPDIR"] + "/own", "w").close()
        for path in ("/etc/lynx", "\(Repository.root)/lynx", os.path.dirname(__file__) + "/lynx", "/usr/lynx"):
            try:
                open(path, "w")
            except OSError as error:
                assert error.errno == errno.EROFS, path
            else:
                sys.exit(f"{path} could be written")
        try:
            socket.create_connection(("127.0.0.1", OPEN_PORT), timeout=30)
        except OSError as error:
            assert error.errno == errno.ECONNREFUSED, error
        else:
            sys.exit("the machine's loopback could be reached")
        capabilities = [line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "CapPrm"))]
        assert [int(value, 16) for value in capabilities] == [0, 0], capabilities
        assert len([name for name in os.listdir("/proc") if name.isdigit()]) < 6
        """

    @Test("It has its endpoint and its directory, and nothing else of the network or to write to", arguments: EngineIsolation.allCases)
    func contract(isolation: EngineIsolation) async throws {
        let listener = try Listener()
        let bench = try Self.bench(Self.contract.replacing("OPEN_PORT", with: "\(listener.port)"), isolation: isolation)
        let report = await bench.run(bench.assignment(type: "python", parameters: ["x": .number(1)]))
        #expect(report.result.success, "\(report.result.errorMessage ?? "")")
        #expect(report.result.telemetryData["step"]?.last == 999)
        #expect(report.result.artifacts.map(\.path) == ["own"])
        #expect(report.result.metadata.warnings.isEmpty)
    }

    @Test(
        "Its exit code and the signal that ended it are the simulation's",
        arguments: [("sys.exit(7)", 7, nil), ("os.abort()", nil, 6)] as [(String, Int32?, Int32?)])
    func end(code: String, exit: Int32?, signal: Int32?) async throws {
        let bench = try Self.bench("import os, sys\n\(code)")
        let report = await bench.run(bench.assignment(type: "python"))
        #expect(report.result.metadata.exitCode == exit && report.result.metadata.exitSignal == signal)
    }

    @Test("A breach ends it")
    func breach() async throws {
        let bench = try Self.bench(
            """
            import sys, time
            sys.path.insert(0, "\(Repository.root)/python")
            from lynx_scenario import TelemetryClient
            with TelemetryClient.from_env() as telemetry:
                telemetry.emit("altitude", 5.0, 0.0)
                telemetry.flush()
                time.sleep(1000)
            """)
        let condition = StoppingCondition(name: "low", variable: "altitude", operator: .lt, threshold: 10)
        let report = await bench.run(bench.assignment(type: "python", conditions: [condition]))
        #expect(report.outcome == .breach)
    }

    @Test("A simulation that takes more memory than the batch requests is ended, and told with its peak and the limit", arguments: [true, false])
    func outOfMemory(isSandboxed: Bool) async throws {
        let limits = LimitGroups(name: "lynx-test-\(getpid())-\(isSandboxed)")
        try #require(limits.obstacle == nil)
        let bench = try Self.bench("memory = [b'x' * (1 << 20) for _ in range(1000)]", isSandboxed: isSandboxed, limits: limits)
        let report = await bench.run(bench.assignment(type: "python", container: ContainerSpec(cpuRequest: "1", memoryRequest: "100M")))
        #expect(report.outcome == .failure && report.result.metadata.exitSignal == 9)
        #expect(
            report.result.errorMessage?.hasPrefix("out of memory: the kernel ended it; its peak was ") == true
                && report.result.errorMessage?.contains("the limit is 100.0 MB, compute.container.memory_request of the batch") == true)
        #expect(report.result.metadata.warnings.isEmpty)
    }

    @Test("Where no control group can be made, the reason is known")
    func noLimits() throws {
        let directory = try TemporaryDirectory()
        try directory.write("cgroup", "0::/\n")
        try directory.write("mountinfo", "30 24 0:26 / \(directory.path)/none rw - cgroup2 cgroup2 rw\n")
        let limits = LimitGroups(ControlGroups(process: directory.path), name: "lynx-test")
        #expect(limits.obstacle?.contains("\(directory.path)/none/cgroup.subtree_control") == true)
        #expect(try limits.make(#require(ResourceRequest(ContainerSpec(cpuRequest: "1", memoryRequest: "1G")))) == nil)
    }
}

/// A port of the loopback on which something listens.
private final class Listener {
    let port: UInt16
    private let descriptor: OwnedDescriptor

    init() throws {
        descriptor = try OwnedDescriptor("socket", socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let raw = descriptor.raw
        try withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            _ = try SystemError.check("bind", bind(raw, pointer, size))
            _ = try SystemError.check("listen", listen(raw, 8))
            _ = try SystemError.check("getsockname", getsockname(raw, pointer, &size))
        }
        port = UInt16(bigEndian: address.sin_port)
    }
}
