import EventLoop
import Glibc
import Logging
import LynxModel

/// The calls that one attempt makes into its engine. A call that does not return in time is abandoned; what it returns later is
/// cleaned up.
struct EngineCalls: Sendable {
    let host: SimulationHost
    private let attempt: Attempt
    private let threads: EngineThreads
    private let directory: AttemptDirectory
    private let logger: Logger
    /// The settings of the job's scenario; nil for that of the configuration.
    private let settings: [String: String]?
    private let confinement: JobConfinement

    init(
        _ attempt: Attempt, _ threads: EngineThreads, _ host: SimulationHost, _ directory: AttemptDirectory, _ logger: Logger,
        settings: [String: String]?, confinement: JobConfinement = JobConfinement()
    ) {
        self.confinement = confinement
        self.settings = settings
        self.attempt = attempt
        self.threads = threads
        self.host = host
        self.directory = directory
        self.logger = logger
    }

    var engine: String { threads.engine.id }

    /// - Parameter token: identifies the attempt when the engine calls the host.
    func prepare(_ token: UInt64, telemetryURL: String) async throws -> EngineJob {
        let (engine, assignment, directory, settings, confinement) = (threads.engine, attempt.assignment, directory, settings, confinement)
        let runConfigJSON = String(decoding: try WireJSON.encode(assignment.runConfig, pretty: true), as: UTF8.self)
        return try await call("prepare", on: threads.calls) { late in
            if let job = try? late.get() { job.release() }
        } _: {
            try EngineJob(
                engine, assignment, in: directory, token: token, runConfigJSON: runConfigJSON, telemetryURL: telemetryURL, settings: settings,
                confinement: confinement)
        }
    }

    /// The process, and the time when the engine began to launch it, which is after the launches of other jobs.
    func launch(_ job: EngineJob) async throws -> (process: EngineJob.Process, began: Moment) {
        do {
            let (process, began): (EngineJob.Process, Moment) = try await call("launch", on: threads.launches) { [self] late in
                if let launched = try? late.get() {
                    job.terminate()
                    abandon(job, launched.0)
                } else {
                    job.release()
                }
            } _: { () throws -> (EngineJob.Process, Moment) in
                let began = Moment()
                return (try job.launch(), began)
            }
            attempt.launched(pid: process.pid, job, threads, grace: .seconds(host.configuration.stopGraceSeconds))
            return (process, began)
        } catch let error as EngineHung {
            // The engine may have started processes before it hung.
            await endStrays()
            throw error
        }
    }

    func reap(_ job: EngineJob) async throws -> Result<EngineJob.Exit, EngineFailure> {
        try await call("reap", on: threads.calls) { _ in
            job.release()
        } _: {
            Result { () throws(EngineFailure) in try job.reap() }
        }
    }

    /// The time limit for collecting the files of a stopped attempt.
    private static let stoppedPatience = Duration.seconds(2)

    func collect(_ job: EngineJob) async throws -> Result<CollectedFiles.Summary, EngineFailure> {
        let patience = CallPatience(threads.patience)
        let end = ContinuousClock.now + Self.stoppedPatience
        return try await call("collect", on: threads.calls, patience) { _ in
            job.release()
        } _: { [attempt, limits = ArtifactLimits(host.configuration)] in
            Result { () throws(EngineFailure) in
                try job.collect(limits, abandoned: { attempt.abandoned(after: end) }, onProgress: patience.renew).summary
            }
        }
    }

    /// Ends the attempt for the host, whether the engine returns or not.
    func release(_ job: EngineJob) async {
        do {
            try await call("release", on: threads.calls, late: { _ in }) { job.release() }
        } catch {
            logger.error("engine call given up", metadata: ["error": "\(error)"])
        }
    }

    /// Waits for the samples that the engine emitted before its simulation ended, if it runs in a process of its own.
    func settleTelemetry() async {
        guard let isolated = threads.engine.isolated else { return }
        let end = ContinuousClock.now + Self.longestSettling
        while !isolated.settleTelemetry(), .now < end { try? await TaskTimers.shared.sleep(for: .milliseconds(2)) }
    }

    private static let longestSettling = Duration.seconds(5)

    /// Ends processes that the engine has not ended.
    @discardableResult
    func endStrays() async -> StrayProcesses.Findings {
        // Orphans of an engine's process are that process's children, until it ends.
        let child = attempt.report { $0.hasLostEngine } ? nil : threads.engine.isolated?.running
        // It has done so as it reaped.
        if let findings = child?.takeStrays(of: directory.path) { return findings }
        let findings = try? await host.disk.run(CallPatience(threads.patience), late: { _ in }) { [path = directory.path] in
            try child?.endStrays(of: path) ?? StrayProcesses.endChildren(of: path)
        }
        return findings ?? StrayProcesses.Findings()
    }

    /// Reaps and releases a job once its processes have ended after all. Nothing waits for that.
    func abandon(_ job: EngineJob, _ process: EngineJob.Process) {
        Task { [loop = host.loop, threads] in
            guard (try? await ProcessEnd(loop: loop).wait(process.exitDescriptor, timeout: .infinity, onTimeout: {})) != nil else { return }
            threads.calls.start {
                _ = try? job.reap()
                job.release()
            }
        }
    }

    /// Records that `terminate` has not returned: no other function may be called for the job.
    func terminateHangs() {
        let error = EngineHung(function: "terminate", engine: engine, patience: threads.patience, hasBegun: true)
        host.conditions.hung(engine, in: error.function)
        attempt.report { $0.failed(error) }
    }

    /// Makes one call within the time limit; a stop cuts it short.
    ///
    /// - Parameter late: called on the call's thread if it returns after it was abandoned.
    /// - Throws: the engine's error; `EngineHung`.
    private func call<Value: Sendable>(
        _ function: String, on callThreads: CallThreads, _ patience: CallPatience? = nil,
        late: @escaping @Sendable (Result<Value, any Error>) -> Void, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let (conditions, engine) = (host.conditions, engine)
        let patience = patience ?? CallPatience(threads.patience)
        attempt.calling(patience)
        defer { attempt.calling(nil) }
        do {
            return try await callThreads.run(patience, late: {
                late($0)
                conditions.returned(engine)
            }, body)
        } catch let error as CallLeftBehind {
            if error.hasBegun { conditions.hung(engine, in: function) }
            throw EngineHung(function: function, engine: engine, patience: threads.patience, hasBegun: error.hasBegun)
        }
    }
}
