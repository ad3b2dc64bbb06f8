package import EventLoop
package import FoundationEssentials
package import LynxModel
package import Logging
import Glibc
import Synchronization
package import TelemetryServer

/// Takes one attempt through its life: directory, telemetry endpoint, engine, watchdog, end, collection, report.
package final class JobSupervisor: AttemptExecutor {
    package struct Settings: Sendable {
        /// Absolute.
        package var outputRoot: String
        package var runnerID: String
        package var telemetryMaxPoints: Int
        /// How long one call of an engine may take.
        package var enginePatience: Duration
        package var artifacts: ArtifactLimits

        package init(
            outputRoot: String, runnerID: String, telemetryMaxPoints: Int, enginePatience: Duration, artifacts: ArtifactLimits
        ) {
            self.outputRoot = outputRoot
            self.runnerID = runnerID
            self.telemetryMaxPoints = telemetryMaxPoints
            self.enginePatience = enginePatience
            self.artifacts = artifacts
        }
    }

    private let settings: Settings
    private let engines: EngineSelection
    private let host: HostTable
    private let telemetry: TelemetryServer
    private let records: RunningRecords
    /// Timeouts and ends of processes.
    private let loop: EventLoop
    private let conditions: RunnerConditions
    private let threads: [String: EngineThreads]
    /// For directories and records of attempts.
    private let disk = CallThreads(name: "lynx-disk", most: 16)
    private let logger: Logger
    private let controls = Mutex<[AttemptKey: AttemptControl]>([:])

    package init(
        settings: Settings, engines: EngineSelection, host: HostTable, telemetry: TelemetryServer, records: RunningRecords,
        conditions: RunnerConditions, loop: EventLoop, logger: Logger
    ) {
        self.settings = settings
        self.engines = engines
        self.host = host
        self.telemetry = telemetry
        self.records = records
        self.conditions = conditions
        self.loop = loop
        self.logger = logger
        threads = Dictionary(uniqueKeysWithValues: engines.engines.map { ($0.id, EngineThreads($0, patience: settings.enginePatience)) })
    }

    package func stop(_ key: AttemptKey, as reason: StopReason) {
        controls.withLock { $0[key] }?.stop(.stopped(reason))
    }

    package func run(
        _ assignment: JobAssignment, telemetry outlet: any TelemetryOutlet, onStarted: @escaping @Sendable (Date) -> Void,
        onGone: @escaping @Sendable () -> Void
    ) async -> AttemptReport {
        var report = ReportBuilder(assignment, runnerID: settings.runnerID)
        do {
            let engine = try engines.engine(for: assignment.runConfig.simulation.type)
            report.engine = engine
            let control = AttemptControl(threads[engine.id]!, onStarted: onStarted, onGone: onGone)
            controls.withLock { $0[assignment.key] = control }
            defer { controls.withLock { $0[assignment.key] = nil } }
            do {
                try await run(assignment, engine, outlet, control, &report)
            } catch {
                report.take(cause: control.cause)
                report.failed(error)
            }
            await judge(&report, engine, control)
        } catch {
            report.failed(error)
        }
        return report.build()
    }

    private func run(
        _ assignment: JobAssignment, _ engine: EngineLibrary, _ outlet: any TelemetryOutlet, _ control: AttemptControl,
        _ report: inout ReportBuilder
    ) async throws {
        let directory: AttemptDirectory
        do {
            let (root, conditions, records) = (settings.outputRoot, conditions, records)
            directory = try await disk.run(CallPatience(RunnerConditions.patience), late: { _ in }) {
                if let problem = conditions.look(at: engine.id) { throw problem }
                let directory = try AttemptDirectory(assignment, under: root)
                try records.add(assignment.key, directory)
                return directory
            }
        } catch let problem as ConditionProblem {
            return report.lost(.trouble, problem.message)
        } catch is CallLeftBehind {
            return report.lost(.trouble, conditions.doesNotAnswer(engine.id).message)
        }
        defer { disk.start { [records] in records.remove(assignment.key) } }
        report.directory = directory.path
        do {
            try await run(assignment, engine, in: directory, outlet, control, &report)
        } catch {
            report.take(cause: control.cause)
            report.failed(error)
        }
        // What still runs needs it; the next start of the runner removes it.
        guard report.mayBeReleased else { return }
        let warning = try? await disk.run(CallPatience(RunnerConditions.patience), late: { _ in }) { directory.removeTemporary() }
        if let warning { report.warnings.append(warning) }
    }

    private func run(
        _ assignment: JobAssignment, _ engine: EngineLibrary, in directory: AttemptDirectory, _ outlet: any TelemetryOutlet,
        _ control: AttemptControl, _ report: inout ReportBuilder
    ) async throws {
        let watch = AttemptTelemetry(assignment, maxPoints: settings.telemetryMaxPoints, outlet: outlet) { control.stop(.breach($0)) }
        let endpoint = try await telemetry.openEndpoint(allowedUID: geteuid(), makeSink: watch.makeSink)
        let log = logger(of: assignment, engine)
        let token = host.register(HostTable.JobSink(logger: log) { endpoint.take($0) })
        defer {
            report.basis = host.basis(of: token)
            host.forget(token)
        }

        let job = EngineAttempt.Job(
            token: token, assignment: assignment, directory: directory,
            runConfigJSON: String(decoding: try WireJSON.encode(assignment.runConfig, pretty: true), as: UTF8.self),
            telemetryURL: endpoint.url)
        do {
            let calls = EngineCalls(threads[engine.id]!, control, conditions, loop, disk, directory.path, log)
            let attempt = try await calls.prepare(job)
            let limits = ResourceLimits()
            do {
                try await supervise(attempt, calls, assignment, &report)
            } catch {
                report.failed(error)
            }
            report.take(watch: await watch.finish(endpoint))
            let (cause, isThrough) = await control.ended()
            report.take(cause: cause)
            if isThrough { await finish(attempt, calls, limits, &report) } else { calls.hung("terminate", &report) }
        } catch {
            _ = await endpoint.finish()
            throw error
        }
    }

    private func logger(of assignment: JobAssignment, _ engine: EngineLibrary) -> Logger {
        var logger = logger
        logger[metadataKey: "job"] = "\(assignment.jobID)"
        logger[metadataKey: "batch"] = "\(assignment.batchID)"
        logger[metadataKey: "attempt"] = "\(assignment.attempt)"
        logger[metadataKey: "engine"] = "\(engine.id)"
        return logger
    }

    /// From launch to the end of the last process.
    private func supervise(
        _ attempt: EngineAttempt, _ calls: EngineCalls, _ assignment: JobAssignment, _ report: inout ReportBuilder
    ) async throws {
        let control = calls.control
        if control.isStopped { return }
        let (process, began) = try await calls.launch(attempt)
        report.launched(at: began)
        conditions.started(calls.engine)
        control.onStarted(Date())
        do {
            try await ProcessEnd(loop: loop).wait(
                process.exitDescriptor, timeout: assignment.timeoutSecs, onTimeout: { control.stop(.timeout) },
                whenOverdue: control.whenOverdue)
        } catch let error as ProcessesRemain {
            report.remain(error)
            calls.abandon(attempt, process)
            return
        } catch {
            // Without a way to learn of its end the simulation cannot be left running.
            control.stop(.stopped(.lost))
            throw error
        }
        report.processEnded()
    }

    /// Reaps, ends what outlived the engine's own care, collects; and releases in any case.
    private func finish(
        _ attempt: EngineAttempt, _ calls: EngineCalls, _ limits: ResourceLimits, _ report: inout ReportBuilder
    ) async {
        guard report.mayBeReleased else { return }
        guard report.hasEnded else { return await calls.release(attempt) }
        do {
            let exit = try await calls.reap(attempt)
            report.take(exit: exit)
            let wasKilled = calls.control.wasKilled
            if case .success(let exit) = exit { report.take(limits.finding(exit, wasKilled: wasKilled)) }
            report.warnings += await calls.endStrays().warnings(wasKilled: wasKilled)
            calls.control.onGone()
            report.take(files: try await calls.collect(attempt, settings.artifacts))
        } catch {
            // The call is still inside the engine, which gets the attempt back for good when it returns.
            report.take(cause: calls.control.cause)
            return report.failed(error)
        }
        await calls.release(attempt)
    }

    /// Finds out whether the machine is to blame for a failure, and not the job.
    private func judge(_ report: inout ReportBuilder, _ engine: EngineLibrary, _ control: AttemptControl) async {
        guard control.cause == nil, report.isFailure else { return }
        let isAlone = controls.withLock { $0.count } <= 1
        if let problem = await conditions.problem(of: engine.id) {
            // A job that has run may have filled the disk itself; one that ran beside others is not known to have.
            let isTheJobs = report.hasStarted && isAlone && problem.isOfRoom
            report.lost(isTheJobs ? .machine : .trouble, problem.message)
        } else if let reason = report.machineReason {
            report.lost(.machine, reason)
            conditions.machineFailed(engine.id, reason)
        }
    }
}
