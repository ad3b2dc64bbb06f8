import EventLoop
import Synchronization

/// Runs `body` for at most `limit`; nil if it did not end in time. It has then been cancelled and has ended.
func withDeadline<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    let isLate = Flag()
    let task = Task { try await body() }
    let timer = TaskTimers.shared.schedule(after: limit) {
        isLate.raise()
        task.cancel()
    }
    defer { TaskTimers.shared.cancel(timer) }
    do {
        return try await withTaskCancellationHandler { try await task.value } onCancel: { task.cancel() }
    } catch {
        // The result of a cancelled `body` is irrelevant.
        if isLate.isRaised { return nil }
        throw error
    }
}

/// Whether `body` ended within `limit` and without an error.
func succeeds(within limit: Duration, _ body: @escaping @Sendable () async throws -> Void) async -> Bool {
    let value: Void? = try? await withDeadline(limit, body)
    return value != nil
}

private final class Flag: Sendable {
    private let value = Atomic(false)

    var isRaised: Bool { value.load(ordering: .acquiring) }

    func raise() { value.store(true, ordering: .releasing) }
}
