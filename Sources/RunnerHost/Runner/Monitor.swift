import Synchronization

/// State behind a lock, and tasks that wait until it is as they need it. There is nothing to signal: every change wakes
/// whoever it concerns.
final class Monitor<State: Sendable>: Sendable {
    private struct Waiter: Sendable {
        var id: UInt64
        /// Looks at the state and, if satisfied, acts on it and returns how to resume the waiting task.
        var attempt: @Sendable (inout State) -> (@Sendable () -> Void)?
        var cancel: @Sendable () -> Void
    }

    private struct Contents: Sendable {
        var state: State
        var waiters: [Waiter] = []

        /// What one waiter does to the state may be what another waits for.
        mutating func settle() -> [@Sendable () -> Void] {
            var resumptions: [@Sendable () -> Void] = []
            var index = 0
            while index < waiters.count {
                if let resume = waiters[index].attempt(&state) {
                    resumptions.append(resume)
                    waiters.remove(at: index)
                    index = 0
                } else {
                    index += 1
                }
            }
            return resumptions
        }
    }

    private let contents: Mutex<Contents>
    private let lastID = Atomic<UInt64>(0)

    init(_ state: State) { contents = Mutex(Contents(state: state)) }

    /// Reads or changes the state.
    @discardableResult
    func with<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        let (value, resumptions) = contents.withLock { contents in
            let value = body(&contents.state)
            return (value, contents.settle())
        }
        // Outside the lock: a resumed task may run on this thread and come right back.
        for resume in resumptions { resume() }
        return value
    }

    /// Reads the state. Nobody who waits is disturbed, and nothing is done but `body`.
    func read<Value: Sendable>(_ body: (State) -> Value) -> Value { contents.withLock { body($0.state) } }

    /// Waits until `body` returns something; the call that does is the only one that may change the state. It is made under
    /// the lock, so that what it takes is taken once.
    /// - Throws: `CancellationError`.
    func take<Value: Sendable>(_ body: @escaping @Sendable (inout State) -> Value?) async throws -> Value {
        let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
                let waiter = Waiter(
                    id: id,
                    attempt: { state in
                        guard let value = body(&state) else { return nil }
                        return { continuation.resume(returning: value) }
                    },
                    cancel: { continuation.resume(throwing: CancellationError()) })
                let resumptions = contents.withLock { contents in
                    // A cancellation before this point found no waiter; a later one waits for the lock and finds it.
                    if Task.isCancelled { return [waiter.cancel] }
                    contents.waiters.append(waiter)
                    return contents.settle()
                }
                for resume in resumptions { resume() }
            }
        } onCancel: {
            let waiter = contents.withLock { contents in
                contents.waiters.firstIndex { $0.id == id }.map { contents.waiters.remove(at: $0) }
            }
            waiter?.cancel()
        }
    }

    /// Waits until the state is so.
    /// - Throws: `CancellationError`.
    func wait(until condition: @escaping @Sendable (State) -> Bool) async throws {
        try await take { condition($0) ? () : nil }
    }
}
