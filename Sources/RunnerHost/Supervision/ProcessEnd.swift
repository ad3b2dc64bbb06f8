import EventLoop

/// Waits on the event loop for an engine's exit descriptor, with the job's timeout beside it.
struct ProcessEnd: Sendable {
    let loop: EventLoop

    /// Returns when `descriptor` is readable. After `timeout` seconds `onTimeout` is called once, and the wait goes on.
    func wait(_ descriptor: Int32, timeout: Double, onTimeout: @escaping @Sendable () -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            loop.execute { context in
                // Beyond this a timeout means none.
                let nanoseconds = UInt64(min(max(timeout, 0), 1e9) * 1e9)
                let timer = context.schedule(after: nanoseconds) { _ in onTimeout() }
                do {
                    try context.onceReadable(descriptor) { context in
                        context.cancel(timer)
                        continuation.resume()
                    }
                } catch {
                    context.cancel(timer)
                    continuation.resume(throwing: error)
                }
            }
        }
    }
}
