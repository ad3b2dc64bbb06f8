import EventLoop
import FoundationEssentials
import Glibc
import Synchronization

/// The reason for ending an attempt before it ends by itself.
enum StopCause: Sendable {
    /// The telemetry met a stopping condition.
    case breach(Breach)
    case timeout
    /// The user no longer wants the job.
    case cancelled
    /// The runner is leaving.
    case lost
    /// The control plane gave the job to another attempt, so this one's result is not wanted.
    case stale

    /// The name of an external stop in the log; nil if the attempt itself caused the stop.
    var request: String? {
        switch self {
        case .breach, .timeout: nil
        case .cancelled: "cancelled"
        case .lost: "lost"
        case .stale: "stale"
        }
    }
}

/// The stop of an attempt, which is the only place that kills its processes.
///
/// Processes are killed by pid, and a reaped pid may belong to another process. Kills therefore happen under a lock and never
/// after `ended`, which is called before the engine reaps.
extension Attempt {
    /// The progress of an attempt as far as a stop depends on it.
    struct State {
        enum Phase {
            case preparing
            case running(pid: Int32?, EngineJob, EngineThreads)
            case over
        }

        var phase = Phase.preparing
        /// The first cause.
        var cause: StopCause?
        /// Whether the result is no longer wanted, independent of the cause.
        var isStale = false
        /// Whether the stop came after the processes had ended.
        var isStoppedLate = false
        /// Called by a stop.
        var onStop: (@Sendable () -> Void)?
        /// The call into the engine that is under way.
        var call: CallPatience?
        /// The call of the engine's `terminate`, if it has been made.
        var termination: Task<Bool, Never>?
        /// Called when the processes have not ended in the time allowed.
        var onOverdue: (@Sendable () -> Void)?
        var isOverdue = false
        var overdueTimer: TimerToken?
        var isKilled = false
        /// How long the simulation may take to end when it is asked to.
        var grace = Duration.zero
        var softStop: SoftStop?
        /// Whether the engine has asked the simulation to end.
        var wasAsked = false
    }

    /// Ends the attempt: with SIGKILL if it has processes, as soon as it has some if it is being launched, and without any if it
    /// is waiting for a slot. A call into the engine that is under way gets only little more time. Unless the cause is a breach
    /// or the result is not wanted, the simulation is first asked to end, if its engine can do that, and killed after the grace.
    ///
    /// Any thread; does not wait. The first cause counts; a stale attempt is marked as such in addition.
    ///
    /// - Parameter atOnce: leaves out the grace, also one that has begun.
    /// - Returns: whether this changed anything.
    @discardableResult
    func stop(_ cause: StopCause, atOnce: Bool = false) -> Bool {
        let (isNews, onStop) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
            var isNews = false
            if case .stale = cause, !state.isStale {
                state.isStale = true
                isNews = true
            }
            guard state.cause == nil else {
                if atOnce || cause.endsGrace { kill(&state) }
                return (isNews, nil)
            }
            if case .over = state.phase {
                // Only a call that does not return is left to be stopped.
                guard cause.request != nil else { return (false, nil) }
                state.cause = cause
                state.isStoppedLate = true
                state.call?.cutShort(to: EngineThreads.restAtEnd)
            } else {
                state.cause = cause
                if atOnce || !beginGrace(cause, &state) { kill(&state) }
                if cause.request != nil { state.call?.cutShort(to: EngineThreads.rest) }
            }
            return (true, state.onStop)
        }
        onStop?()
        if isNews, let request = cause.request { log.stopRequested(request) }
        return isNews
    }

    /// The reason for the stop; nil if the attempt was not stopped.
    var cause: StopCause? { state.withLock { $0.cause } }

    var isStopped: Bool { cause != nil }

    var isStale: Bool { state.withLock { $0.isStale } }

    /// Whether the stop ended its processes.
    var wasKilled: Bool { state.withLock { $0.cause != nil && !$0.isStoppedLate } }

    /// Sets the handler that is called when the attempt is stopped; nil removes it. It is not called for an earlier stop.
    func whenStopped(_ body: (@Sendable () -> Void)?) { state.withLock { $0.onStop = body } }

    /// Records the processes that a stop has to kill from now on.
    ///
    /// - Parameter grace: how long the simulation may take to end when it is asked to.
    func launched(pid: Int32?, _ job: EngineJob, _ threads: EngineThreads, grace: Duration) {
        state.withLock { state in
            state.grace = grace
            state.phase = .running(pid: pid, job, threads)
            if state.cause != nil { kill(&state) }
        }
    }

    /// Records that the processes have ended, so that their pids may be reused. Returns why they were killed, if they were, and
    /// whether the engine has finished its own part of that: if not, no other function of it may be called for the attempt.
    func ended() async -> (cause: StopCause?, isThrough: Bool) {
        let (cause, termination, soft, timer) = state.withLock { state in
            state.phase = .over
            state.onOverdue = nil
            return (state.cause, state.termination, state.softStop, state.overdueTimer)
        }
        for timer in [timer, soft?.timer] { if let timer { TaskTimers.shared.cancel(timer) } }
        let hasAsked = await soft?.call.value ?? true
        return (cause, await termination?.value ?? true && hasAsked)
    }

    /// The reason why the attempt's files are no longer wanted; nil if they are.
    ///
    /// - Parameter patience: the time until which the files of an attempt that was stopped before its end are still
    ///   collected.
    func abandoned(after patience: ContinuousClock.Instant) -> StopCause? {
        state.withLock { state in
            guard let cause = state.cause, cause.request != nil else { return nil }
            if state.isStoppedLate || .now >= patience { return cause }
            if case .stale = cause { return cause }
            return nil
        }
    }

    /// Sets the handler that is called when killed processes have not ended in the time allowed, so that they cannot be waited
    /// for.
    func whenOverdue(_ body: @escaping @Sendable () -> Void) {
        let isOverdue = state.withLock { state in
            if !state.isOverdue { state.onOverdue = body }
            return state.isOverdue
        }
        if isOverdue { body() }
    }

    /// Records the call into the engine that a stop has to cut short; nil when none is under way.
    func calling(_ patience: CallPatience?) {
        let rest = state.withLock { state -> Duration? in
            state.call = patience
            guard let cause = state.cause, cause.request != nil else { return nil }
            if case .over = state.phase { return EngineThreads.restAtEnd }
            return EngineThreads.rest
        }
        if let rest { patience?.cutShort(to: rest) }
    }

    /// Kills the processes, if there are any and it has not been done.
    func kill(_ state: inout State) {
        guard case .running(let pid, let job, let threads) = state.phase, !state.isKilled else { return }
        state.isKilled = true
        // The process group is killed at once on this thread; processes that only the engine knows may take longer.
        if let pid { Glibc.kill(-pid, SIGKILL) }
        state.termination = Task {
            (try? await threads.terminations.run(CallPatience(threads.patience), late: { _ in }) { job.terminate() }) != nil
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
