import Synchronization
import Testing

@testable import EventLoop

@Suite("Timers for tasks", .timeLimit(.minutes(1)))
struct TaskTimersTests {
    @Test("They fire in order, none too early")
    func order() async throws {
        let timers = TaskTimers()
        let began = ContinuousClock.now
        let (fired, firing) = AsyncStream.makeStream(of: (number: Int, after: Duration).self)
        for number in [3, 1, 2] {
            _ = timers.schedule(after: .milliseconds(30 * number)) { firing.yield((number, .now - began)) }
        }
        var seen: [Int] = []
        for await (number, after) in fired {
            #expect(after >= .milliseconds(30 * number))
            seen.append(number)
            if seen.count == 3 { break }
        }
        #expect(seen == [1, 2, 3])
        #expect(timers.count == 0)
    }

    @Test("A cancelled one never fires, and leaves nothing behind")
    func cancelled() async throws {
        let timers = TaskTimers()
        let fired = Mutex(0)
        // On a busy machine one may come before it is cancelled.
        var late = 0
        for _ in 0..<10_000 {
            let began = MonotonicClock.now
            timers.cancel(timers.schedule(after: .milliseconds(50)) { fired.withLock { $0 += 1 } })
            if MonotonicClock.now - began >= 50_000_000 { late += 1 }
        }
        #expect(timers.count == 0)
        #expect(timers.sleepers <= 2 + late)
        try await timers.sleep(for: .milliseconds(100))
        #expect(fired.withLock { $0 } <= late)
        while timers.sleepers > 0 { await Task.yield() }
    }

    @Test("However many wait for long, and whatever comes before them, few tasks sleep")
    func sleepers() async throws {
        let timers = TaskTimers()
        for _ in 0..<20 {
            let long = (0..<50).map { timers.schedule(after: .seconds(3600 + $0)) {} }
            try await timers.sleep(for: .milliseconds(2))
            for timer in long.dropFirst() { timers.cancel(timer) }
        }
        #expect(timers.count == 20)
        #expect(timers.sleepers <= 3)
    }

    @Test("A sleep lasts as long as it is to, and ends at once when it is cancelled, before it begins too")
    func sleep() async throws {
        let timers = TaskTimers()
        let began = ContinuousClock.now
        try await timers.sleep(for: .milliseconds(20))
        #expect(.now - began >= .milliseconds(20))
        for delay in [0, 5] {
            let task = Task {
                try await timers.sleep(for: .seconds(3600))
            }
            try await Task.sleep(for: .milliseconds(delay))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        #expect(timers.count == 0)
    }
}
