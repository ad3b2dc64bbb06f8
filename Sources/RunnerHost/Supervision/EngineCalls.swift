import EventLoop
import Glibc
import Logging

/// The calls that one attempt makes of its engine. One that does not return in time is given up, and what it may still
/// bring is cleared away when it does.
struct EngineCalls: Sendable {
    let control: AttemptControl
    private let threads: EngineThreads
    private let conditions: RunnerConditions
    private let loop: EventLoop
    private let disk: CallThreads
    private let directory: String
    private let logger: Logger

    init(
        _ threads: EngineThreads, _ control: AttemptControl, _ conditions: RunnerConditions, _ loop: EventLoop, _ disk: CallThreads,
        _ directory: String, _ logger: Logger
    ) {
        self.threads = threads
        self.control = control
        self.conditions = conditions
        self.loop = loop
        self.disk = disk
        self.directory = directory
        self.logger = logger
    }

    var engine: String { threads.engine.id }

    func prepare(_ job: EngineAttempt.Job) async throws -> EngineAttempt {
        let engine = threads.engine
        return try await call("prepare", on: threads.calls) { late in
            if let attempt = try? late.get() { attempt.release() }
        } _: {
            try EngineAttempt(engine, job)
        }
    }

    /// The process, and when the engine began to launch it: not before the launches of others were through.
    func launch(_ attempt: EngineAttempt) async throws -> (process: EngineAttempt.Process, began: Moment) {
        do {
            let (process, began): (EngineAttempt.Process, Moment) = try await call("launch", on: threads.launches) { [self] late in
                if let launched = try? late.get() {
                    attempt.terminate()
                    abandon(attempt, launched.0)
                } else {
                    attempt.release()
                }
            } _: { () throws -> (EngineAttempt.Process, Moment) in
                let began = Moment()
                return (try attempt.launch(), began)
            }
            control.launched(pid: process.pid, attempt)
            return (process, began)
        } catch let error as EngineHung {
            // It may have started something before it hung.
            await endStrays()
            throw error
        }
    }

    func reap(_ attempt: EngineAttempt) async throws -> Result<EngineAttempt.Exit, EngineFailure> {
        try await call("reap", on: threads.calls) { _ in
            attempt.release()
        } _: {
            Result { () throws(EngineFailure) in try attempt.reap() }
        }
    }

    /// What an attempt that was stopped has left is collected for so long.
    private static let stoppedPatience = Duration.seconds(2)

    func collect(_ attempt: EngineAttempt, _ limits: ArtifactLimits) async throws -> Result<CollectedFiles.Summary, EngineFailure> {
        let patience = CallPatience(threads.patience)
        let end = ContinuousClock.now + Self.stoppedPatience
        return try await call("collect", on: threads.calls, patience) { _ in
            attempt.release()
        } _: { [control] in
            Result { () throws(EngineFailure) in
                try attempt.collect(limits, abandoned: { control.abandoned(after: end) }, onProgress: patience.renew).summary
            }
        }
    }

    /// The attempt is over for the host, whether this returns or not.
    func release(_ attempt: EngineAttempt) async {
        do {
            try await call("release", on: threads.calls, late: { _ in }) { attempt.release() }
        } catch {
            logger.error("engine call given up", metadata: ["error": "\(error)"])
        }
    }

    /// Ends processes that the engine has not ended.
    @discardableResult
    func endStrays() async -> StrayProcesses.Findings {
        let findings = try? await disk.run(CallPatience(threads.patience), late: { _ in }) { [directory] in
            StrayProcesses.endChildren(of: directory)
        }
        return findings ?? StrayProcesses.Findings()
    }

    /// Has an attempt reaped and released once its processes have ended after all. Nothing waits for that.
    func abandon(_ attempt: EngineAttempt, _ process: EngineAttempt.Process) {
        Task { [loop, threads] in
            guard (try? await ProcessEnd(loop: loop).wait(process.exitDescriptor, timeout: .infinity, onTimeout: {})) != nil else { return }
            threads.calls.start {
                _ = try? attempt.reap()
                attempt.release()
            }
        }
    }

    /// `terminate` has not returned: nothing else may be called for the attempt.
    func hung(_ function: String, _ report: inout ReportBuilder) {
        conditions.hung(engine, in: function)
        report.failed(EngineHung(function: function, engine: engine, patience: threads.patience, hasBegun: true))
    }

    private func call<Value: Sendable>(
        _ function: String, on threads: CallThreads, _ patience: CallPatience? = nil,
        late: @escaping @Sendable (Result<Value, any Error>) -> Void, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let (conditions, engine) = (conditions, engine)
        do {
            return try await control.call(function, on: threads, patience, late: {
                late($0)
                conditions.returned(engine)
            }, body)
        } catch let error as EngineHung {
            if error.hasBegun { conditions.hung(engine, in: function) }
            throw error
        }
    }
}
