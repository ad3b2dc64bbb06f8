import EventLoop
import Support

/// Waits on the event loop for an engine's exit descriptor and the job's timeout.
struct ProcessEnd: Sendable {
    let loop: EventLoop

    /// Returns when `descriptor` is readable. After `timeout` seconds `onTimeout` is called once, and the wait continues.
    ///
    /// - Parameter whenOverdue: receives a function that ends the wait early.
    /// - Throws: `ProcessesRemain` if that function was called; `SystemError`.
    func wait(
        _ descriptor: Int32, timeout: Double, onTimeout: @escaping @Sendable () -> Void,
        whenOverdue: (@escaping @Sendable () -> Void) -> Void = { _ in }
    ) async throws {
        let wait = Wait()
        whenOverdue { [loop] in loop.execute { wait.end($0, .failure(ProcessesRemain())) } }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            loop.execute { context in
                wait.continuation = continuation
                // A longer timeout counts as unlimited.
                let nanoseconds = UInt64(min(max(timeout, 0), 1e9) * 1e9)
                wait.timer = context.schedule(after: nanoseconds) { _ in onTimeout() }
                do {
                    wait.watch = try context.watch(descriptor, .readable) { context, _ in wait.end(context, .success(())) }
                } catch {
                    wait.end(context, .failure(error))
                }
                if let early = wait.early { wait.end(context, early) }
            }
        }
    }

    /// Sendable because it is used on the loop alone.
    private final class Wait: @unchecked Sendable {
        var continuation: CheckedContinuation<Void, any Error>?
        var timer: TimerToken?
        var watch: Watch?
        /// The result if the wait ended before it began.
        var early: Result<Void, any Error>?

        func end(_ context: LoopContext, _ result: Result<Void, any Error>) {
            early = result
            watch?.cancel()
            if let timer { context.cancel(timer) }
            continuation?.resume(with: result)
            (continuation, timer, watch) = (nil, nil, nil)
        }
    }
}

/// Processes were killed and did not end in the time allowed.
struct ProcessesRemain: Error, CustomStringConvertible {
    var description: String { "its processes were killed and have not ended" }
}
