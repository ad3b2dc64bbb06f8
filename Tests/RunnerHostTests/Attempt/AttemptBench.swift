import CLinux
import EventLoop
import Foundation
import Logging
import LynxModel
import TelemetryServer
import TestSupport

@testable import RunnerHost

/// Runs single attempts with a real engine, loop and telemetry server, in a directory of their own. Their runner never goes to
/// its control plane.
final class AttemptBench: Sendable {
    let directory: TemporaryDirectory
    let runner: RunnerService
    let simulations: SimulationHost
    let records: RunningRecords
    let host: HostTable
    let conditions: RunnerConditions
    private let loop: EventLoop
    private let client: ControlPlaneClient

    init(
        _ directory: TemporaryDirectory, _ engine: (String, [String: String]), in engines: String, maxPoints: Int = 1000,
        patience: Duration = .seconds(180), needs: [RunnerCondition] = [], also others: [String] = [],
        artifacts: ArtifactLimits = ArtifactLimits(file: 16 << 30, total: 64 << 30), isolation: EngineIsolation = .inProcess,
        grace: Duration = .zero, confinements: (ConfinementTool, Logger) throws -> Confinements? = { _, _ in nil }
    ) throws {
        // As the host does for itself.
        _ = lynx_set_child_subreaper()
        self.directory = directory
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        host = HostTable(logger: logger)
        let catalog = EngineCatalog(
            searchPath: [engines], host: host.makeTable(),
            isolation: isolation == .process ? EngineFixtures.isolation(patience: patience) : nil)
        let libraries = ([engine.0] + others).compactMap(catalog.engine)
        guard libraries.count == 1 + others.count else { throw CocoaError(.fileNoSuchFile) }
        try libraries[0].configure(engine.1)
        loop = try EventLoop(name: "test-io")
        records = try RunningRecords(stateDirectory: directory.path)
        conditions = RunnerConditions([engine.0: needs])
        var configuration = RunnerConfiguration()
        configuration.telemetryMaxPoints = maxPoints
        configuration.artifactMaxBytes = Int(artifacts.file)
        configuration.artifactMaxTotalBytes = Int(artifacts.total)
        configuration.stopGraceSeconds = Int(grace.components.seconds)
        simulations = SimulationHost(
            configuration: configuration, outputRoot: directory.path + "/runs", enginePatience: patience,
            engines: EngineSelection(libraries, capabilities: [engine.0]), table: host, telemetry: TelemetryServer(loops: [loop]),
            records: records, conditions: conditions, confinements: try confinements(ConfinementTool(folder: directory.path), logger), loop: loop,
            logger: logger)
        let client = try ControlPlaneClient(url: "http://127.0.0.1:9")
        self.client = client
        runner = RunnerService(
            identity: RunnerIdentity(runnerID: "runner", name: "bench", version: "0.0"),
            capabilities: RunnerCapabilities(
                maxConcurrentJobs: 1, cpuCores: 2, memoryGB: 4, gpuAvailable: false, supportedSimulationTypes: [engine.0]),
            engines: EngineReports([]), client: client, spool: Spool(try StateDirectory(path: directory.path + "/runner-state")),
            host: simulations, logger: logger, options: RunnerOptions(startReportDelay: .seconds(3600)))
    }

    deinit {
        Task { [client] in await client.shutdown() }
    }

    /// With the engine in C that misbehaves on demand.
    static func fault(
        patience: Duration = .seconds(180), needs: [RunnerCondition] = [], isolation: EngineIsolation = .inProcess
    ) async throws -> AttemptBench {
        let directory = try TemporaryDirectory()
        _ = try await EngineFixtures.fault(in: directory)
        return try AttemptBench(directory, ("fault", [:]), in: directory.path, patience: patience, needs: needs, isolation: isolation)
    }

    /// With two of that engine, `fault` and `other`.
    static func twoFaults(patience: Duration, isolation: EngineIsolation = .inProcess) async throws -> AttemptBench {
        let directory = try TemporaryDirectory()
        _ = try await EngineFixtures.fault(in: directory)
        _ = try await EngineFixtures.fault(in: directory, as: "libOther.so", id: "other")
        return try AttemptBench(directory, ("fault", [:]), in: directory.path, patience: patience, also: ["other"], isolation: isolation)
    }

    /// The engine has made the job's output directory.
    func isPrepared(_ job: String) -> Bool { access(directory.path + "/runs/batch/\(job)/attempt-1/output", F_OK) == 0 }

    /// Lets a call return that hangs.
    func letGo(_ job: String) throws { try directory.write("runs/batch/\(job)/attempt-1/go", "") }

    /// With the Basilisk engine, on a scenario given as Python source.
    static func basilisk(
        _ scenario: String, capture: Int = 1 << 20, maxPoints: Int = 1000, settings: [String: String] = [:],
        artifacts: ArtifactLimits = ArtifactLimits(file: 16 << 30, total: 64 << 30), grace: Duration = .zero
    ) throws -> AttemptBench {
        let directory = try TemporaryDirectory()
        let entrypoint = try directory.write("scenario.py", scenario)
        return try AttemptBench(
            directory,
            (
                "basilisk",
                [
                    "python_executable": Repository.python, "basilisk_entrypoint": entrypoint, "working_directory": directory.path,
                    "log_capture_bytes": String(capture),
                ].merging(settings) { $1 }
            ), in: Repository.products, maxPoints: maxPoints, artifacts: artifacts, grace: grace)
    }

    /// With the engine of the C template, which runs a shell script.
    static func lab(
        _ script: String, isolation: EngineIsolation = .inProcess, grace: Duration = .zero, settings: [String: String] = [:]
    ) async throws -> AttemptBench {
        let directory = try TemporaryDirectory()
        _ = try await EngineCompiler.compile(Repository.path("examples/engine/c/engine.c"), to: directory.path + "/libLab.so")
        let program = try directory.write("sim.sh", "#!/bin/bash\n" + script, mode: 0o755)
        return try AttemptBench(
            directory, ("lab", ["program": program].merging(settings) { $1 }), in: directory.path, isolation: isolation, grace: grace)
    }

    func assignment(
        _ jobID: String = "job", type: String = "basilisk", parameters: [String: ParameterValue] = [:], timeout: Double = 120,
        conditions: [StoppingCondition] = [], frequency: Double = 0, container: ContainerSpec? = nil
    ) -> JobAssignment {
        JobAssignment(
            jobID: jobID, batchID: "batch", attempt: 1, timeoutSecs: timeout,
            runConfig: RunConfiguration(
                jobID: jobID, batchID: "batch", runIndex: 0, seed: 7, simulation: SimulationSpec(name: "test", type: type),
                parameters: parameters, units: [:]),
            earlyTermination: EarlyTerminationSpec(enabled: true, checkFrequencyHz: frequency, conditions: conditions),
            telemetry: TelemetrySpec(), container: container)
    }

    /// - Parameter onStarted: called once the simulation's process runs.
    func attempt(_ assignment: JobAssignment, onStarted: @escaping @Sendable () -> Void = {}) -> Attempt {
        Attempt(assignment, AttemptLog(logger: Logger(label: "test") { _ in StartHandler(onStarted: onStarted) }))
    }

    func run(_ attempt: Attempt) async -> AttemptReport {
        await attempt.simulate(on: runner)
        return attempt.report { $0.build(runnerID: "runner") }
    }

    func run(_ assignment: JobAssignment, onStarted: @escaping @Sendable () -> Void = {}) async -> AttemptReport {
        await run(attempt(assignment, onStarted: onStarted))
    }

    /// The same of one that is stopped as soon as its process runs.
    func run(_ assignment: JobAssignment, stopping cause: StopCause) async -> AttemptReport {
        let started = Monitor(false)
        let attempt = attempt(assignment) { started.with { $0 = true } }
        async let report = run(attempt)
        try? await started.reach { $0 }
        attempt.stop(cause)
        return await report
    }

    func fault(_ name: String, job: String = "job") async -> AttemptReport {
        await run(assignment(job, type: "fault", parameters: ["fault": .string(name)]))
    }
}

/// Calls a function at the event that a simulation has started.
private struct StartHandler: LogHandler {
    let onStarted: @Sendable () -> Void
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    init(onStarted: @escaping @Sendable () -> Void) { self.onStarted = onStarted }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        if "\(event.message)" == "started" { onStarted() }
    }
}
