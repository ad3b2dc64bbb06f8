import Logging
import LynxModel
import NIOHTTP1
import Testing
import TestSupport

@testable import RunnerHost

@Suite("Cancelling a process that runs", .timeLimit(.minutes(5)))
struct FastCancelTests {
    @Test("It is dead, and reported, hours before the runner's next heartbeat would have been due")
    func cancel() async throws {
        let plane = try RealControlPlane()
        try await plane.run(heartbeatInterval: Self.hours) { port in try await cancel(plane, runnersPort: port, usersPort: port) }
    }

    @Test("So it is when it was cancelled at another control plane than the runner's")
    func cancelledElsewhere() async throws {
        let database = try PostgresDatabase()
        let (runners, users) = (try RealControlPlane(database: database.url), try RealControlPlane(database: database.url))
        try await runners.run(heartbeatInterval: Self.hours) { runnersPort in
            try await users.run(heartbeatInterval: Self.hours) { usersPort in
                try await cancel(users, runnersPort: runnersPort, usersPort: usersPort)
            }
        }
    }

    private static let hours = 7200.0

    private func cancel(_ plane: RealControlPlane, runnersPort: Int, usersPort: Int) async throws {
        let bench = try AttemptBench.basilisk(
            """
            import os, signal, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            with open(os.path.dirname(os.path.abspath(__file__)) + "/events", "w") as events:
                events.write(f"started {os.getpid()}\\n")
            time.sleep(3600)
            """)
        let events = try EventPipe(bench.directory.path + "/events")
        let batch = try await plane.submit(runs: 1, port: usersPort)
        let client = try ControlPlaneClient(url: "http://127.0.0.1:\(runnersPort)")
        let state = try StateDirectory(path: bench.directory.path + "/state")
        let runner = RunnerService(
            identity: RunnerIdentity(runnerID: state.runnerID, name: "bench", version: "0.0"),
            capabilities: RunnerCapabilities(
                maxConcurrentJobs: 1, cpuCores: 2, memoryGB: 4, gpuAvailable: false, supportedSimulationTypes: ["basilisk"]),
            engines: EngineReports([RunnerEngine(id: "basilisk", version: "1.0")]), client: client, spool: Spool(state), host: bench.simulations,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let life = Task { try await runner.run() }
        let words = try await events.expect("started")[0].split(separator: " ")
        let pid = try #require(words.last.flatMap { Int32($0) })
        let _: Job = try await plane.call(.POST, "/jobs/\(batch)-0/cancel", port: usersPort)
        try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
        #expect(!isRunning(pid))
        let overview: BatchOverview = try await plane.call(.GET, "/batches/\(batch)", port: usersPort)
        #expect(overview.count(.cancelled) == 1)
        runner.stopNow()
        try await life.value
        await client.shutdown()
    }
}
