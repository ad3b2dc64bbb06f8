import EngineABI
import EventLoop
import Synchronization

/// The time that a simulation has to end by itself when it is stopped, if its engine can ask it to.
extension Attempt {
    /// A soft stop that is under way.
    struct SoftStop {
        /// Whether the engine returned from its call.
        let call: Task<Bool, Never>
        /// The end of the grace period.
        let timer: TimerToken
    }

    /// Asks the simulation to end. Returns false if it has to be killed instead.
    func beginGrace(_ cause: StopCause, _ state: inout State) -> Bool {
        guard let reason = cause.softReason, state.grace > .zero, case .running(_, let job, let threads) = state.phase, job.stopsSoftly
        else { return false }
        let deadline = MonotonicClock.now + UInt64(state.grace / .nanoseconds(1))
        let call = Task {
            let wasAsked = try? await threads.terminations.run(CallPatience(threads.patience), late: { _ in }) { job.softStop(reason, deadline) }
            if wasAsked == true { self.state.withLock { $0.wasAsked = true } } else { endGrace() }
            return wasAsked != nil
        }
        state.softStop = SoftStop(call: call, timer: TaskTimers.shared.schedule(after: state.grace) { [weak self] in self?.endGrace() })
        return true
    }

    /// Whether the simulation was asked to end, so that its exit code does not tell success.
    var wasAsked: Bool { state.withLock { $0.wasAsked } }

    private func endGrace() { state.withLock { kill(&$0) } }
}

extension StopCause {
    /// What the engine is told; nil if the simulation gets no time.
    fileprivate var softReason: lynx_stop_reason? {
        switch self {
        case .timeout: LYNX_STOP_TIMEOUT
        case .cancelled: LYNX_STOP_CANCELLED
        case .lost: LYNX_STOP_DRAIN
        case .breach, .stale: nil
        }
    }

    /// Whether it ends a grace period that another cause began.
    var endsGrace: Bool { softReason == nil }
}
