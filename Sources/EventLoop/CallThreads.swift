import CLinux
import Dispatch
import Glibc
import Synchronization

/// Threads for blocking calls: into an engine, to a disk. A call that does not return in time is abandoned together with its
/// thread, and another thread replaces it.
///
/// Threads are made on demand, up to a limit, and last as long as this object: a process started on one of them may request a
/// signal at its parent's death (`PR_SET_PDEATHSIG`), which is sent when the *thread* ends.
public final class CallThreads: Sendable {
    private let crew: Crew

    /// - Parameter most: the number of calls under way at the same time, without those that were abandoned.
    public init(name: String, most: Int) { crew = Crew(name: name, most: max(1, most)) }

    /// Runs `body` on one of the threads, after the work queued before it if all threads are busy.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            crew.add {
                continuation.resume(with: Result { try body() })
                return true
            }
        }
    }

    /// Runs `body` on one of the threads and waits for it as long as `patience` lasts.
    ///
    /// - Parameter late: called with the result of an abandoned call, on its thread, if the call ever returns.
    /// - Throws: what `body` throws; `CallLeftBehind`.
    public func run<Value: Sendable>(
        _ patience: CallPatience, late: @escaping @Sendable (Result<Value, any Error>) -> Void,
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
            patience.onLeft { [crew] thread in
                if let thread {
                    lynx_yield_to_others(thread)
                    crew.replaceOne()
                }
                continuation.resume(throwing: CallLeftBehind(hasBegun: thread != nil))
            }
            crew.add {
                guard patience.begin(lynx_thread_id()) else { return true }
                let result = Result { try body() }
                guard patience.end() else {
                    late(result)
                    return false
                }
                continuation.resume(with: result)
                return true
            }
        }
    }

    /// Queues `body` and does not wait for it.
    public func start(_ body: @escaping @Sendable () -> Void) {
        crew.add {
            body()
            return true
        }
    }

    deinit { crew.dismiss() }
}

/// A call that did not return within its time, or was no longer wanted before it began.
public struct CallLeftBehind: Error, Hashable, Sendable {
    /// Whether the call began; if not, it never will.
    public var hasBegun: Bool
}

/// The threads and the queue of work that waits for one.
private final class Crew: Sendable {
    /// Returns false when the thread has been replaced in the meantime.
    typealias Work = @Sendable () -> Bool

    private struct State {
        var waiting: [Work] = []
        var idle = 0
        var threads = 0
        var isDismissed = false
    }

    private let name: String
    private let most: Int
    private let state = Mutex(State())
    /// Signalled once for each piece of work, and for each thread that has to end.
    private let bell = DispatchSemaphore(value: 0)

    init(name: String, most: Int) {
        self.name = name
        self.most = most
    }

    func add(_ work: @escaping Work) {
        state.withLock { state in
            state.waiting.append(work)
            hire(&state)
        }
        bell.signal()
    }

    /// Starts a replacement for a thread whose call was abandoned.
    func replaceOne() {
        state.withLock { state in
            state.threads -= 1
            hire(&state)
        }
    }

    func dismiss() {
        let threads = state.withLock { state in
            state.isDismissed = true
            return state.threads
        }
        for _ in 0..<threads { bell.signal() }
    }

    private func hire(_ state: inout State) {
        guard state.waiting.count > state.idle, state.threads < most else { return }
        // Without a new thread, the work waits for an existing thread, or until the next piece of work starts one.
        guard let thread = try? NamedThread.start(name: name, { [self] in live() }) else { return }
        pthread_detach(thread)
        state.threads += 1
        // A new thread counts as idle until it finds its first work.
        state.idle += 1
    }

    private func live() {
        while true {
            bell.wait()
            let work = state.withLock { state -> Work? in
                if state.waiting.isEmpty { return nil }
                state.idle -= 1
                return state.waiting.removeFirst()
            }
            guard let work else {
                if state.withLock({ $0.isDismissed }) { return }
                continue
            }
            guard work() else { break }
            state.withLock { $0.idle += 1 }
        }
        // The thread has been replaced, but processes that it started may depend on its life.
        while !state.withLock({ $0.isDismissed }) { pause() }
    }
}
