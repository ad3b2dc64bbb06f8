/// Runs `body` for at most `limit`; nil when it did not end in time, in which case it was cancelled.
func withDeadline<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        return try await group.next() ?? nil
    }
}

/// Whether `body` ended within `limit`, and without an error.
func succeeds(within limit: Duration, _ body: @escaping @Sendable () async throws -> Void) async -> Bool {
    let value: Void? = try? await withDeadline(limit, body)
    return value != nil
}
