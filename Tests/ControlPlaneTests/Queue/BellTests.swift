import FoundationEssentials
import Testing

@testable import ControlPlane

@Suite("A bell", .timeLimit(.minutes(5)))
struct BellTests {
    @Test("A stroke between looking and waiting is not missed") func noGap() async {
        let bell = Bell()
        let strokes = bell.strokes
        bell.ring()
        await bell.wait(after: strokes)
        #expect(bell.strokes == strokes + 1)
    }

    @Test("One stroke wakes everybody who waits") func wakesAll() async {
        let bell = Bell()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { await bell.wait(after: 0) } }
            bell.ring()
            await group.waitForAll()
        }
        #expect(bell.strokes == 1)
    }

    @Test("Cancelling a task ends its wait") func cancellation() async {
        let bell = Bell()
        let waiter = Task { await bell.wait(after: 0) }
        waiter.cancel()
        await waiter.value
        #expect(bell.strokes == 0)
    }

    @Test("A silenced bell keeps nobody waiting") func silence() async {
        let bell = Bell()
        let waiter = Task { await bell.wait(after: 0) }
        bell.silence()
        await waiter.value
        await bell.wait(after: 99)
        #expect(bell.isSilenced)
    }

    @Test("A wait ends at its deadline") func deadline() async {
        let bell = Bell()
        let clock = ManualClock()
        let waiter = Task { await bell.wait(after: 0, until: clock.now() + 10, clock: clock) }
        await clock.waitForSleepers(1)
        clock.advance(by: 10)
        await waiter.value
        #expect(bell.strokes == 0)
    }
}
