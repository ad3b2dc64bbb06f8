import EventLoop
import FoundationEssentials
import Glibc
import Synchronization

/// Why an attempt was ended before it ended by itself.
enum EndCause: Sendable {
    case breach(Breach)
    case timeout
    case stopped(StopReason)
}

/// The one place from which an attempt's processes are killed.
///
/// Kills go by pid, and a pid given back may be another process's: so they happen under a lock, and never
/// after `ended`, which comes before the engine reaps.
final class AttemptControl: Sendable {
    private enum Phase {
        case preparing
        case running(pid: Int32?, EngineAttempt)
        case over
    }

    private struct State {
        var phase = Phase.preparing
        var cause: EndCause?
        /// It was stopped when its processes were gone already.
        var isStoppedLate = false
        /// The call of the engine that is under way.
        var call: CallPatience?
        /// The call of the engine's `terminate`, once there was one.
        var termination: Task<Bool, Never>?
        /// To be called when the processes have had their time to end.
        var onOverdue: (@Sendable () -> Void)?
        var isOverdue = false
        var overdueTimer: TimerToken?
    }

    /// Told, from where it is seen, that the simulation's process runs, and that nothing of it runs any more.
    let onStarted: @Sendable (Date) -> Void
    let onGone: @Sendable () -> Void

    private let threads: EngineThreads
    private let state = Mutex(State())

    init(
        _ threads: EngineThreads, onStarted: @escaping @Sendable (Date) -> Void, onGone: @escaping @Sendable () -> Void
    ) {
        self.threads = threads
        self.onStarted = onStarted
        self.onGone = onGone
    }

    /// Ends the attempt with SIGKILL, at once; one that has no process yet, as soon as it has one. A call of the engine that
    /// is under way is not waited for much longer. The first cause counts. Any thread.
    func stop(_ cause: EndCause) {
        state.withLock { state in
            guard state.cause == nil else { return }
            if case .over = state.phase {
                // All there is to stop is a call that does not return.
                guard case .stopped = cause else { return }
                state.cause = cause
                state.isStoppedLate = true
                state.call?.cutShort(to: EngineThreads.restAtEnd)
            } else {
                state.cause = cause
                kill(&state)
                if case .stopped = cause { state.call?.cutShort(to: EngineThreads.rest) }
            }
        }
    }

    /// From now on there is something to kill.
    func launched(pid: Int32?, _ attempt: EngineAttempt) {
        state.withLock { state in
            state.phase = .running(pid: pid, attempt)
            if state.cause != nil { kill(&state) }
        }
    }

    /// The processes are gone, and their pids may be given back. Returns why they were ended, if they were, and whether the
    /// engine is through with its own part in that: otherwise no other function of it may be called for the attempt.
    func ended() async -> (cause: EndCause?, isThrough: Bool) {
        let (cause, termination, timer) = state.withLock { state in
            state.phase = .over
            state.onOverdue = nil
            return (state.cause, state.termination, state.overdueTimer)
        }
        if let timer { TaskTimers.shared.cancel(timer) }
        return (cause, await termination?.value ?? true)
    }

    var cause: EndCause? { state.withLock { $0.cause } }

    /// Whether it makes no sense to launch any more.
    var isStopped: Bool { cause != nil }

    /// Its processes were ended from here.
    var wasKilled: Bool { state.withLock { $0.cause != nil && !$0.isStoppedLate } }

    /// Why nobody waits for its files any more, if nobody does: it was stopped, before its processes were gone or after.
    ///
    /// - Parameter patience: until then the files of one that was stopped before are waited for.
    func abandoned(after patience: ContinuousClock.Instant) -> StopReason? {
        state.withLock { state in
            guard case .stopped(let reason) = state.cause, state.isStoppedLate || reason == .stale || .now >= patience else { return nil }
            return reason
        }
    }

    /// Calls `body` when the processes were killed and have not ended in good time: then they cannot be waited for.
    func whenOverdue(_ body: @escaping @Sendable () -> Void) {
        let isOverdue = state.withLock { state in
            if !state.isOverdue { state.onOverdue = body }
            return state.isOverdue
        }
        if isOverdue { body() }
    }

    /// Makes one call of the engine, for as long as it is waited for.
    ///
    /// - Parameter late: called on the thread of the call if it returns when it is waited for no more.
    /// - Throws: what the engine answers; `EngineHung`.
    func call<Value: Sendable>(
        _ function: String, on threads: CallThreads, _ patience: CallPatience? = nil,
        late: @escaping @Sendable (Result<Value, any Error>) -> Void, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let patience = patience ?? CallPatience(self.threads.patience)
        let rest = state.withLock { state -> Duration? in
            state.call = patience
            guard case .stopped? = state.cause else { return nil }
            if case .over = state.phase { return EngineThreads.restAtEnd }
            return EngineThreads.rest
        }
        if let rest { patience.cutShort(to: rest) }
        defer { state.withLock { $0.call = nil } }
        do {
            return try await threads.run(patience, late: late, body)
        } catch let error as CallLeftBehind {
            throw EngineHung(
                function: function, engine: self.threads.engine.id, patience: self.threads.patience, hasBegun: error.hasBegun)
        }
    }

    private func kill(_ state: inout State) {
        guard case .running(let pid, let attempt) = state.phase else { return }
        // The group at once, from this very thread; then what only the engine knows of, which may take its time.
        if let pid { Glibc.kill(-pid, SIGKILL) }
        let threads = threads
        state.termination = Task {
            (try? await threads.terminations.run(CallPatience(threads.patience), late: { _ in }) { attempt.terminate() }) != nil
        }
        state.overdueTimer = TaskTimers.shared.schedule(after: threads.patience) { [weak self] in self?.overdue() }
    }

    private func overdue() {
        let body = state.withLock { state in
            state.isOverdue = true
            defer { state.onOverdue = nil }
            return state.onOverdue
        }
        body?()
    }
}
