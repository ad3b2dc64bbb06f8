import CLinux
import Dispatch
import Glibc
import Synchronization

/// Threads for calls that block: into an engine, to a disk. A call that does not return in time is left behind with its
/// thread, and another thread takes that one's place.
///
/// Threads are made when they are needed, up to a number, and last as long as this object: what one of them starts may ask
/// for a signal at its parent's death (`PR_SET_PDEATHSIG`), which comes when the *thread* ends.
public final class CallThreads: Sendable {
    private let crew: Crew

    /// - Parameter most: how many calls are under way at the same time, apart from those that were left behind.
    public init(name: String, most: Int) { crew = Crew(name: name, most: max(1, most)) }

    /// Runs `body` on one of the threads, after what was handed over before if all are busy.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            crew.add {
                continuation.resume(with: Result { try body() })
                return true
            }
        }
    }

    /// Runs `body` on one of the threads, and waits for it as long as `patience` lasts.
    ///
    /// - Parameter late: called on the thread of a call that was left behind, with what it brought, if it ever returns.
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

    /// Hands `body` over and does not wait for it.
    public func start(_ body: @escaping @Sendable () -> Void) {
        crew.add {
            body()
            return true
        }
    }

    deinit { crew.dismiss() }
}

/// A call did not return as long as it was waited for, or was not wanted any more before it began.
public struct CallLeftBehind: Error, Hashable, Sendable {
    /// Otherwise it never will.
    public var hasBegun: Bool
}

/// The threads and the line of what waits for one.
private final class Crew: Sendable {
    /// False when the thread has been replaced meanwhile.
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
    /// Raised once for each piece of work, and for each thread that is to end.
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

    /// A thread is lost to its call.
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
        // Without another thread the work waits for those that are there, or for the next piece of work to find one.
        guard let thread = try? NamedThread.start(name: name, { [self] in live() }) else { return }
        pthread_detach(thread)
        state.threads += 1
        // Until it has found its first work it is counted among those that will.
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
        // Replaced; but what it started may depend on its life.
        while !state.withLock({ $0.isDismissed }) { pause() }
    }
}
