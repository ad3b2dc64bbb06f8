import Synchronization

/// Timers for tasks that cost next to nothing to cancel, which is how nearly all deadlines end.
///
/// A cancelled `Task.sleep` leaves a task and a system timer behind until its time has come: at hundreds of calls a second,
/// each with a deadline of a minute, that is megabytes. Here all timers share a heap and few sleeping tasks.
public final class TaskTimers: Sendable {
    public static let shared = TaskTimers()

    private struct State {
        var timers = TimerHeap<@Sendable () -> Void>()
        /// The times at which the sleeping tasks wake, in no order. One of them is never later than the earliest timer. A new
        /// task is only started to wake earlier than all others, so that they stay few.
        var wakes: [UInt64] = []

        /// The time at which another task has to wake; nil if a sleeping task already wakes early enough.
        mutating func missingWake() -> UInt64? {
            guard let earliest = timers.earliestDeadline, !wakes.contains(where: { $0 <= earliest }) else { return nil }
            wakes.append(earliest)
            return earliest
        }
    }

    private let state = Mutex(State())

    init() {}

    /// The number of timers that have neither fired nor been cancelled.
    var count: Int { state.withLock { $0.timers.count } }

    /// The number of sleeping tasks.
    var sleepers: Int { state.withLock { $0.wakes.count } }

    /// Calls `body` once, on an arbitrary thread, no earlier than `delay` from now.
    public func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> TimerToken {
        let (due, overflow) = MonotonicClock.now.addingReportingOverflow(Self.nanoseconds(delay))
        let (token, wake) = state.withLock { state in
            let token = state.timers.schedule(at: overflow ? .max : due, body)
            return (token, state.missingWake())
        }
        if let wake { sleep(until: wake) }
        return token
    }

    /// Cancels a timer. Cancelling a timer that has fired or was cancelled before has no effect. Its body may be running at
    /// this moment.
    public func cancel(_ timer: TimerToken) {
        state.withLock { $0.timers.cancel(timer) }
    }

    /// Waits for `delay`. Throws `CancellationError` if the task is cancelled.
    public func sleep(for delay: Duration) async throws {
        let pause = Pause()
        let timer = schedule(after: delay) { pause.end(.success(())) }
        defer { cancel(timer) }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { pause.begin($0) }
        } onCancel: {
            pause.end(.failure(CancellationError()))
        }
    }

    private func sleep(until wake: UInt64) {
        Task.detached { [self] in
            let now = MonotonicClock.now
            if wake > now { try? await Task.sleep(nanoseconds: wake - now) }
            fire(wake)
        }
    }

    private func fire(_ wake: UInt64) {
        let (due, next) = state.withLock { state in
            if let own = state.wakes.firstIndex(of: wake) { state.wakes.remove(at: own) }
            let (now, limit) = (MonotonicClock.now, state.timers.nextToken)
            var due: [@Sendable () -> Void] = []
            while let body = state.timers.popDue(at: now, before: limit) { due.append(body) }
            return (due, state.missingWake())
        }
        if let next { sleep(until: next) }
        for body in due { body() }
    }

    private static func nanoseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : whole + UInt64(attoseconds / 1_000_000_000)
    }

    /// The wait of one task. It ends exactly once, possibly before it has begun.
    private final class Pause: Sendable {
        private enum Phase {
            case new
            case waiting(CheckedContinuation<Void, any Error>)
            case over(Result<Void, any Error>)
        }

        private let phase = Mutex(Phase.new)

        func begin(_ continuation: CheckedContinuation<Void, any Error>) {
            let result = phase.withLock { phase -> Result<Void, any Error>? in
                if case .over(let result) = phase { return result }
                phase = .waiting(continuation)
                return nil
            }
            if let result { continuation.resume(with: result) }
        }

        func end(_ result: Result<Void, any Error>) {
            let waiting = phase.withLock { phase -> CheckedContinuation<Void, any Error>? in
                if case .over = phase { return nil }
                defer { phase = .over(result) }
                if case .waiting(let continuation) = phase { return continuation }
                return nil
            }
            waiting?.resume(with: result)
        }
    }
}
