import Synchronization

/// How long the caller waits for one call on `CallThreads`: a time from its beginning, or from its last sign of progress. The
/// time can be shortened.
public final class CallPatience: Sendable {
    private enum Phase {
        case waiting
        case running(thread: Int32)
        case over
    }

    private struct State {
        var phase = Phase.waiting
        var left: (@Sendable (_ thread: Int32?) -> Void)?
        var timers: [TimerToken] = []
        var lastSign: UInt64 = 0
    }

    private let limit: Duration
    private let state = Mutex(State())

    public init(_ limit: Duration) { self.limit = limit }

    /// Restarts the time, as the call makes progress. Any thread.
    public func renew() { state.withLock { $0.lastSign = MonotonicClock.now } }

    /// Limits the call to `rest` from now on, whether it has begun or not. Any thread.
    public func cutShort(to rest: Duration) {
        keep(TaskTimers.shared.schedule(after: rest) { self.leave() })
    }

    func onLeft(_ body: @escaping @Sendable (_ thread: Int32?) -> Void) {
        let isOver = state.withLock { state in
            if case .over = state.phase { return true }
            state.left = body
            return false
        }
        if isOver { body(nil) }
    }

    /// Returns false if the call is no longer wanted.
    func begin(_ thread: Int32) -> Bool {
        let mayBegin = state.withLock { state in
            guard case .waiting = state.phase else { return false }
            state.phase = .running(thread: thread)
            state.lastSign = MonotonicClock.now
            return true
        }
        if mayBegin { check(after: limit) }
        return mayBegin
    }

    /// Returns false if the call was abandoned in the meantime.
    func end() -> Bool {
        let timers = state.withLock { state -> [TimerToken]? in
            guard case .running = state.phase else { return nil }
            state.phase = .over
            state.left = nil
            return state.timers
        }
        for timer in timers ?? [] { TaskTimers.shared.cancel(timer) }
        return timers != nil
    }

    private func check(after delay: Duration) {
        keep(TaskTimers.shared.schedule(after: delay) { self.expire() })
    }

    /// Lets a timer go with the call.
    private func keep(_ timer: TimerToken) {
        let isOver = state.withLock { state in
            if case .over = state.phase { return true }
            state.timers.append(timer)
            return false
        }
        if isOver { TaskTimers.shared.cancel(timer) }
    }

    private func expire() {
        let now = MonotonicClock.now
        let silence = Duration.nanoseconds(state.withLock { now - min($0.lastSign, now) })
        if silence < limit { check(after: limit - silence) } else { leave() }
    }

    private func leave() {
        let (left, thread) = state.withLock { state -> ((@Sendable (Int32?) -> Void)?, Int32?) in
            defer { state.left = nil }
            switch state.phase {
            case .over: return (nil, nil)
            case .waiting:
                state.phase = .over
                return (state.left, nil)
            case .running(let thread):
                state.phase = .over
                return (state.left, thread)
            }
        }
        left?(thread)
    }
}
