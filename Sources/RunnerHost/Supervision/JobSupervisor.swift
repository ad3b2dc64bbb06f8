package import EventLoop
package import FoundationEssentials
package import LynxModel
package import Logging
import Glibc
import NIOPosix
import Synchronization
package import TelemetryServer

/// Takes one attempt through its life: directory, telemetry endpoint, engine, watchdog, end, collection, report.
package final class JobSupervisor: AttemptExecutor {
    package struct Settings: Sendable {
        /// Absolute.
        package var outputRoot: String
        package var runnerID: String
        package var telemetryMaxPoints: Int

        package init(outputRoot: String, runnerID: String, telemetryMaxPoints: Int) {
            self.outputRoot = outputRoot
            self.runnerID = runnerID
            self.telemetryMaxPoints = telemetryMaxPoints
        }
    }

    private let settings: Settings
    private let engines: EngineSelection
    private let host: HostTable
    private let telemetry: TelemetryServer
    private let records: RunningRecords
    /// Timeouts and ends of processes.
    private let loop: EventLoop
    /// The `[launch]` thread of the ABI, which also loaded the engines: it lives as long as this process, as parent-death
    /// signals need.
    private let launcher: EventLoop
    private let logger: Logger
    private let controls = Mutex<[AttemptKey: AttemptControl]>([:])

    package init(
        settings: Settings, engines: EngineSelection, host: HostTable, telemetry: TelemetryServer, records: RunningRecords,
        loop: EventLoop, launcher: EventLoop, logger: Logger
    ) {
        self.settings = settings
        self.engines = engines
        self.host = host
        self.telemetry = telemetry
        self.records = records
        self.loop = loop
        self.launcher = launcher
        self.logger = logger
    }

    package func stop(_ key: AttemptKey, as reason: StopReason) {
        controls.withLock { $0[key] }?.stop(.stopped(reason))
    }

    package func run(
        _ assignment: JobAssignment, telemetry outlet: any TelemetryOutlet, onStarted: @escaping @Sendable (Date) -> Void
    ) async -> AttemptReport {
        let control = AttemptControl()
        controls.withLock { $0[assignment.key] = control }
        defer { controls.withLock { $0[assignment.key] = nil } }

        var report = ReportBuilder(assignment, runnerID: settings.runnerID)
        do {
            let engine = try engines.engine(for: assignment.runConfig.simulation.type)
            report.engine = engine
            try await run(assignment, engine, outlet, control, &report, onStarted)
        } catch {
            report.failed(error)
        }
        return report.build()
    }

    private func run(
        _ assignment: JobAssignment, _ engine: EngineLibrary, _ outlet: any TelemetryOutlet, _ control: AttemptControl,
        _ report: inout ReportBuilder, _ onStarted: @escaping @Sendable (Date) -> Void
    ) async throws {
        let root = settings.outputRoot
        let directory = try await blocking { [records] in
            let directory = try AttemptDirectory.make(assignment, under: root)
            try records.add(assignment.key, directory: directory)
            return directory
        }
        defer { records.remove(assignment.key) }
        report.directory = directory

        let watch = AttemptTelemetry(assignment, maxPoints: settings.telemetryMaxPoints, outlet: outlet) { control.stop(.breach($0)) }
        let endpoint = try await telemetry.openEndpoint(allowedUID: geteuid(), makeSink: watch.makeSink)
        var logger = logger
        logger[metadataKey: "job"] = "\(assignment.jobID)"
        logger[metadataKey: "batch"] = "\(assignment.batchID)"
        logger[metadataKey: "attempt"] = "\(assignment.attempt)"
        logger[metadataKey: "engine"] = "\(engine.id)"
        let token = host.register(HostTable.JobSink(logger: logger) { endpoint.take($0) })
        defer {
            report.basis = host.basis(of: token)
            host.forget(token)
        }

        let job = EngineAttempt.Job(
            token: token, assignment: assignment, directory: directory,
            runConfigJSON: String(decoding: try WireJSON.encode(assignment.runConfig, pretty: true), as: UTF8.self),
            telemetryURL: endpoint.url)
        do {
            let attempt = try await blocking { try EngineAttempt(engine, job) }
            do {
                try await supervise(attempt, assignment, control, &report, onStarted)
            } catch {
                report.failed(error)
            }
            report.take(watch: await watch.finish(endpoint))
            report.take(cause: control.ended())
            await finish(attempt, &report)
        } catch {
            _ = await endpoint.finish()
            throw error
        }
    }

    /// From launch to the end of the last process.
    private func supervise(
        _ attempt: EngineAttempt, _ assignment: JobAssignment, _ control: AttemptControl, _ report: inout ReportBuilder,
        _ onStarted: @escaping @Sendable (Date) -> Void
    ) async throws {
        if control.isStopped { return }
        report.launched()
        let process = try await launcher.run { _ in
            let process = try attempt.launch()
            control.launched(pid: process.pid, attempt)
            return process
        }
        onStarted(Date())
        do {
            try await ProcessEnd(loop: loop).wait(process.exitDescriptor, timeout: assignment.timeoutSecs) { control.stop(.timeout) }
        } catch {
            // Without a way to learn of its end the simulation cannot be left running.
            control.stop(.stopped(.lost))
            throw error
        }
        report.processEnded()
    }

    /// Reaps, ends what outlived the engine's own care, collects; and releases in any case.
    private func finish(_ attempt: EngineAttempt, _ report: inout ReportBuilder) async {
        guard report.hasEnded, let directory = report.directory else {
            _ = try? await blocking { attempt.release() }
            return
        }
        let findings = try? await blocking {
            defer { attempt.release() }
            let exit = Result { () throws(EngineFailure) in try attempt.reap() }
            StrayProcesses.endChildren(of: directory)
            return (exit, Result { () throws(EngineFailure) in try attempt.collect().summary })
        }
        guard let (exit, files) = findings else { return }
        report.take(exit: exit)
        report.take(files: files)
    }

    /// Runs what blocks on the disk or in an engine away from the threads that tasks share.
    private func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive(body)
    }
}
