import Synchronization

/// State behind a lock, and tasks that wait for conditions on it. No signalling is needed: every change resumes the tasks whose
/// condition holds.
final class Monitor<State: Sendable>: Sendable {
    private struct Waiter: Sendable {
        var id: UInt64
        /// Checks the state; if the condition holds, acts on it and returns how to resume the waiting task.
        var attempt: @Sendable (inout State) -> (@Sendable () -> Void)?
        var cancel: @Sendable () -> Void
    }

    private struct Contents: Sendable {
        var state: State
        var waiters: [Waiter] = []

        /// One waiter's change of the state may fulfil another's condition.
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
        // Outside the lock, as a resumed task may run on this thread and call back.
        for resume in resumptions { resume() }
        return value
    }

    /// Reads the state without checking the waiters.
    func read<Value: Sendable>(_ body: (State) -> Value) -> Value { contents.withLock { body($0.state) } }

    /// Waits until `body` returns a value. Only that call of `body` may change the state; it runs under the lock, so that
    /// nothing is taken twice.
    ///
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

    /// Waits until the condition holds.
    ///
    /// - Throws: `CancellationError`.
    func wait(until condition: @escaping @Sendable (State) -> Bool) async throws {
        try await take { condition($0) ? () : nil }
    }
}
