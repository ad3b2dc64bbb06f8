import Synchronization
import Testing

@testable import RunnerHost

@Suite("Deadlines")
struct DeadlineTests {
    private struct Failure: Error {}

    @Test("What ends in time is as without one, be it a value or an error")
    func inTime() async throws {
        #expect(try await withDeadline(.seconds(60)) { 7 } == 7)
        await #expect(throws: Failure.self) { try await withDeadline(.seconds(60)) { throw Failure() } }
        #expect(await succeeds(within: .seconds(60)) {})
        #expect(await !succeeds(within: .seconds(60)) { throw Failure() })
    }

    @Test("What does not is cancelled, and over when nil comes back")
    func late() async throws {
        let ended = Mutex(false)
        let began = ContinuousClock.now
        let value: Int? = try await withDeadline(.milliseconds(50)) {
            defer { ended.withLock { $0 = true } }
            try await Task.sleep(for: .seconds(3600))
            return 1
        }
        #expect(value == nil)
        #expect(.now - began >= .milliseconds(50))
        #expect(ended.withLock { $0 })
    }

    @Test("Cancelling the caller cancels the body, which is no deadline's doing")
    func cancelled() async throws {
        let task = Task {
            try await withDeadline(.seconds(3600)) { try await Task.sleep(for: .seconds(3600)) }
        }
        try await Task.sleep(for: .milliseconds(10))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
