import EventLoop
import Logging
import LynxModel
import TelemetryServer
import TestSupport

@testable import RunnerHost

/// A runner on a state directory of its own, an engine whose simulations end when the test says so, and a control plane that
/// tells what it heard.
struct RunnerBench: Sendable {
    let control = FakeControlPlane()
    let engine: GatedEngine
    let directory: TemporaryDirectory
    let log = LogRecorder()
    /// Where the runner says that it is.
    let machine: String?
    private let host: SimulationHost

    init(endsAtOnce: Bool = false, machine: String? = nil) throws {
        self.machine = machine
        directory = try TemporaryDirectory()
        let table = HostTable(logger: log.logger)
        engine = try GatedEngine(endsAtOnce: endsAtOnce, host: table.makeTable())
        let loop = try EventLoop(name: "test-io")
        host = SimulationHost(
            configuration: RunnerConfiguration(), outputRoot: directory.file("runs"),
            engines: EngineSelection([engine.library], capabilities: ["python_script"]), table: table,
            telemetry: TelemetryServer(loops: [loop]),
            records: try RunningRecords(stateDirectory: directory.path), conditions: RunnerConditions(["basilisk": []]), loop: loop,
            logger: log.logger)
    }

    var statePath: String { directory.file("state") }
    var spoolPath: String { directory.file("state/spool") }

    var engines = EngineReports([RunnerEngine(id: "basilisk", version: "1.0")])

    static let options = RunnerOptions(
        claimWait: .seconds(30), drainGrace: .seconds(10), backoff: Backoff(base: .milliseconds(5), cap: .milliseconds(20)))

    /// Starts a control plane and a runner for `body`, and has the runner leave after it.
    func run(
        capacity: Int = 2, options: RunnerOptions = Self.options, _ body: (RunnerService, ScriptedServer) async throws -> Void
    ) async throws {
        let server = try await control.start()
        try await run(url: server.url, capacity: capacity, options: options) { try await body($0, server) }
        try? await server.stop()
    }

    /// Starts a runner for `body`, and has it leave after it. Throws what the runner's `run` threw, if `body` did not.
    func run(
        url: String, capacity: Int = 2, options: RunnerOptions = Self.options, _ body: (RunnerService) async throws -> Void
    ) async throws {
        let lock = Weak<StateDirectory>()
        let client = try ControlPlaneClient(url: url)
        let end = try await live(client, lock, capacity, options, body)
        await client.shutdown()
        // The loop's thread may still be letting go of the last attempt's telemetry, and with it of the directory's lock.
        while lock.value != nil { try await Task.sleep(for: .milliseconds(1)) }
        try end.get()
    }

    private func live(
        _ client: ControlPlaneClient, _ lock: Weak<StateDirectory>, _ capacity: Int, _ options: RunnerOptions,
        _ body: (RunnerService) async throws -> Void
    ) async throws -> Result<Void, any Error> {
        let state = try StateDirectory(path: statePath)
        lock.value = state
        let runner = RunnerService(
            identity: RunnerIdentity(runnerID: state.runnerID, name: "bench", version: "0.0", machine: machine),
            capabilities: RunnerCapabilities(
                maxConcurrentJobs: capacity, cpuCores: 2, memoryGB: 4, gpuAvailable: false, supportedSimulationTypes: ["basilisk"]),
            engines: engines, client: client, spool: Spool(state), host: host, logger: log.logger, options: options)
        let life = Task { try await runner.run() }
        do {
            try await body(runner)
        } catch {
            runner.stopNow()
            _ = await life.result
            return .failure(error)
        }
        runner.stopNow()
        return await life.result
    }

    /// Waits until these were ended by the host, and no others, for reasons that came from outside.
    func reachStops(_ reasons: [AttemptKey: String]) async throws {
        try await engine.wait { $0.terminated == Set(reasons.keys) }
        try await log.wait { $0.stops == reasons }
    }

    /// Without the files that are kept to be written over.
    func spooled() throws -> [String] { try directory.names("state/spool").filter { !$0.hasSuffix(".spare") } }
}

private final class Weak<Object: AnyObject & Sendable>: @unchecked Sendable {
    // Written and read by one task.
    weak var value: Object?
}
