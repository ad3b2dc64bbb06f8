import Synchronization
import Testing

@testable import EventLoop

@Suite("Timers of a loop")
struct TimerTests {
    @Test("Timers fire in the order of their deadlines, never early, and cancelled ones not at all")
    func order() async throws {
        let loop = try EventLoop(name: "timers")
        let fired: [String] = await withCheckedContinuation { continuation in
            loop.execute { context in
                var fired: [String] = []
                let start = context.now
                context.schedule(after: 3_000_000) { context in
                    #expect(context.now >= start + 3_000_000)
                    continuation.resume(returning: fired + ["last"])
                }
                context.schedule(after: 2_000_000) { _ in fired.append("second") }
                let cancelled = context.schedule(after: 1_500_000) { _ in fired.append("cancelled") }
                context.schedule(after: 1_000_000) { context in
                    #expect(context.now >= start + 1_000_000)
                    fired.append("first")
                    context.cancel(cancelled)
                }
            }
        }
        #expect(fired == ["first", "second", "last"])
        loop.shutDown()
    }

    @Test("Timers that keep setting each other don't starve other work")
    func noStarvation() async throws {
        let loop = try EventLoop(name: "starve")
        let stop = Mutex(false)
        loop.execute { context in
            @Sendable func again(_ context: LoopContext) {
                if !stop.withLock({ $0 }) { context.schedule(after: 0, again) }
            }
            again(context)
        }
        for _ in 0..<10 { try await loop.run { _ in } }
        stop.withLock { $0 = true }
        loop.shutDown()
    }

    @Test("A timer may be set for longer than time lasts")
    func forever() async throws {
        let loop = try EventLoop(name: "forever")
        try await loop.run { context in _ = context.schedule(after: .max) { _ in Issue.record("fired") } }
        try await loop.run { _ in }
        loop.shutDown()
    }
}
