import Logging
import LynxModel
import TestSupport

@testable import RunnerHost

/// A runner on a state directory of its own, an executor, and a control plane that tells what it heard.
struct RunnerBench: Sendable {
    let control = FakeControlPlane()
    let executor: GatedExecutor
    let directory: TemporaryDirectory
    let log = LogRecorder()
    /// Where the runner says that it is.
    let machine: String?

    init(endsAtOnce: Bool = false, machine: String? = nil) throws {
        self.machine = machine
        executor = GatedExecutor(endsAtOnce: endsAtOnce)
        directory = try TemporaryDirectory()
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
        let state = try StateDirectory(path: statePath)
        let client = try ControlPlaneClient(url: url)
        let runner = RunnerService(
            identity: RunnerIdentity(runnerID: state.runnerID, name: "bench", version: "0.0", machine: machine),
            capabilities: RunnerCapabilities(
                maxConcurrentJobs: capacity, cpuCores: 2, memoryGB: 4, gpuAvailable: false, supportedSimulationTypes: ["basilisk"]),
            engines: engines, client: client, spool: Spool(state), executor: executor,
            logger: log.logger, options: options)
        let life = Task { try await runner.run() }
        do {
            try await body(runner)
        } catch {
            runner.stopNow()
            _ = await life.result
            await client.shutdown()
            throw error
        }
        runner.stopNow()
        let end = await life.result
        await client.shutdown()
        try end.get()
    }

    /// Without the files that are kept to be written over.
    func spooled() throws -> [String] { try directory.names("state/spool").filter { !$0.hasSuffix(".spare") } }
}
