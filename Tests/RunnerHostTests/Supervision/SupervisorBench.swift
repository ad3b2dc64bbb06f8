import CLinux
import EventLoop
import Foundation
import Logging
import LynxModel
import TelemetryServer
import TestSupport

@testable import RunnerHost

/// A supervisor with a real engine, loop and telemetry server, in a directory of its own.
final class SupervisorBench: Sendable {
    let directory: TemporaryDirectory
    let supervisor: JobSupervisor
    let records: RunningRecords
    let host: HostTable
    let conditions: RunnerConditions
    private let loop: EventLoop

    init(
        _ directory: TemporaryDirectory, _ engine: (String, [String: String]), in engines: String, maxPoints: Int = 1000,
        patience: Duration = .seconds(180), needs: [RunnerCondition] = [], also others: [String] = [],
        artifacts: ArtifactLimits = ArtifactLimits(file: 16 << 30, total: 64 << 30)
    ) throws {
        // As the host does for itself.
        _ = lynx_set_child_subreaper()
        self.directory = directory
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        host = HostTable(logger: logger)
        let catalog = EngineCatalog(searchPath: [engines], host: host.makeTable())
        let libraries = ([engine.0] + others).compactMap(catalog.engine)
        guard libraries.count == 1 + others.count else { throw CocoaError(.fileNoSuchFile) }
        try libraries[0].configure(engine.1)
        loop = try EventLoop(name: "test-io")
        records = try RunningRecords(stateDirectory: directory.path)
        conditions = RunnerConditions([engine.0: needs])
        supervisor = JobSupervisor(
            settings: .init(
                outputRoot: directory.path + "/runs", runnerID: "runner", telemetryMaxPoints: maxPoints, enginePatience: patience,
                artifacts: artifacts),
            engines: EngineSelection(libraries, capabilities: [engine.0]), host: host, telemetry: TelemetryServer(loops: [loop]),
            records: records, conditions: conditions, loop: loop, logger: logger)
    }

    /// With the engine in C that misbehaves on demand.
    static func fault(patience: Duration = .seconds(180), needs: [RunnerCondition] = []) async throws -> SupervisorBench {
        let directory = try TemporaryDirectory()
        _ = try await EngineFixtures.fault(in: directory)
        return try SupervisorBench(directory, ("fault", [:]), in: directory.path, patience: patience, needs: needs)
    }

    /// With two of that engine, `fault` and `other`.
    static func twoFaults(patience: Duration) async throws -> SupervisorBench {
        let directory = try TemporaryDirectory()
        _ = try await EngineFixtures.fault(in: directory)
        _ = try await EngineFixtures.fault(in: directory, as: "libOther.so", id: "other")
        return try SupervisorBench(directory, ("fault", [:]), in: directory.path, patience: patience, also: ["other"])
    }

    /// The engine has made the job's output directory.
    func isPrepared(_ job: String) -> Bool { access(directory.path + "/runs/batch/\(job)/attempt-1/output", F_OK) == 0 }

    /// Lets a call return that hangs.
    func letGo(_ job: String) throws { try directory.write("runs/batch/\(job)/attempt-1/go", "") }

    /// With the Basilisk engine, on a scenario given as Python source.
    static func basilisk(
        _ scenario: String, capture: Int = 1 << 20, maxPoints: Int = 1000, settings: [String: String] = [:],
        artifacts: ArtifactLimits = ArtifactLimits(file: 16 << 30, total: 64 << 30)
    ) throws -> SupervisorBench {
        let directory = try TemporaryDirectory()
        let entrypoint = try directory.write("scenario.py", scenario)
        return try SupervisorBench(
            directory,
            (
                "basilisk",
                [
                    "python_executable": Repository.python, "basilisk_entrypoint": entrypoint, "working_directory": directory.path,
                    "log_capture_bytes": String(capture),
                ].merging(settings) { $1 }
            ), in: Repository.products, maxPoints: maxPoints, artifacts: artifacts)
    }

    func assignment(
        _ jobID: String = "job", type: String = "basilisk", parameters: [String: ParameterValue] = [:], timeout: Double = 120,
        conditions: [StoppingCondition] = [], frequency: Double = 0
    ) -> JobAssignment {
        JobAssignment(
            jobID: jobID, batchID: "batch", attempt: 1, timeoutSecs: timeout,
            runConfig: RunConfiguration(
                jobID: jobID, batchID: "batch", runIndex: 0, seed: 7, simulation: SimulationSpec(name: "test", type: type),
                parameters: parameters, units: [:]),
            earlyTermination: EarlyTerminationSpec(enabled: true, checkFrequencyHz: frequency, conditions: conditions),
            telemetry: TelemetrySpec())
    }

    func run(
        _ assignment: JobAssignment, telemetry: any TelemetryOutlet = ClosedOutlet(), onStarted: @escaping @Sendable () -> Void = {}
    ) async -> AttemptReport {
        await supervisor.run(assignment, telemetry: telemetry) { _ in onStarted() } onGone: {}
    }

    func fault(_ name: String, job: String = "job") async -> AttemptReport {
        await run(assignment(job, type: "fault", parameters: ["fault": .string(name)]))
    }
}
