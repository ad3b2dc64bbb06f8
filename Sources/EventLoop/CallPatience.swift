import Synchronization

/// How long one call on `CallThreads` is waited for: a time from its beginning, or from its last sign of progress. It may be
/// cut short.
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

    /// The call is getting on: its time begins anew. Any thread.
    public func renew() { state.withLock { $0.lastSign = MonotonicClock.now } }

    /// From now on the call has only this long, whether it has begun or not. Any thread.
    public func cutShort(to rest: Duration) {
        let timer = TaskTimers.shared.schedule(after: rest) { self.leave() }
        let isOver = state.withLock { state in
            if case .over = state.phase { return true }
            state.timers.append(timer)
            return false
        }
        if isOver { TaskTimers.shared.cancel(timer) }
    }

    func onLeft(_ body: @escaping @Sendable (_ thread: Int32?) -> Void) {
        let isOver = state.withLock { state in
            if case .over = state.phase { return true }
            state.left = body
            return false
        }
        if isOver { body(nil) }
    }

    /// False if it is not wanted any more.
    func begin(_ thread: Int32) -> Bool {
        let mayBegin = state.withLock { state in
            guard case .waiting = state.phase else { return false }
            state.phase = .running(thread: thread)
            state.lastSign = MonotonicClock.now
            return true
        }
        if mayBegin { look(after: limit) }
        return mayBegin
    }

    /// False if it was left behind meanwhile.
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

    private func look(after delay: Duration) {
        let timer = TaskTimers.shared.schedule(after: delay) { self.expire() }
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
        if silence < limit { look(after: limit - silence) } else { leave() }
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
