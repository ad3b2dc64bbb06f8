import Synchronization
import Testing

@testable import RunnerHost

@Suite("Work that several attempts wait for")
final class BundleWorkTests: Sendable {
    private let work = BundleWork()
    private let count = Mutex(0)

    @Test("It is done once for all that ask meanwhile, and again for those that ask later") func shared() async throws {
        let gate = Monitor(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await self.work.once("k") { _ in
                        self.count.withLock { $0 += 1 }
                        try await gate.wait { $0 }
                    }
                }
            }
            while count.withLock({ $0 }) == 0 { await Task.yield() }
            gate.with { $0 = true }
            try await group.waitForAll()
        }
        let first = count.withLock { $0 }
        // Those that came after the end of the first have begun it anew.
        #expect((1...20).contains(first))
        try await work.once("k") { _ in self.count.withLock { $0 += 1 } }
        #expect(count.withLock { $0 } == first + 1)
    }

    @Test("It is given up when the last that waits is gone, and not before") func unwanted() async throws {
        let (events, sender) = AsyncStream.makeStream(of: String.self)
        func waiter() -> Task<Void, any Error> {
            Task {
                try await self.work.once("k") { isWanted in
                    sender.yield("begun")
                    while isWanted() { await Task.yield() }
                    sender.yield("given up")
                    throw CancellationError()
                }
            }
        }
        var seen = events.makeAsyncIterator()
        let first = waiter()
        #expect(await seen.next() == "begun")
        let second = waiter()
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(await seen.next() == "given up")
    }

    @Test("A failure of the bundle is told to those that come after it without another try; one of the machine is not") func failures() async throws {
        func run(_ kind: BundleError.Kind) async -> String {
            do {
                try await work.once("\(kind)") { _ in
                    let number = self.count.withLock { count in
                        count += 1
                        return count
                    }
                    throw BundleError(kind, "failure \(number)")
                }
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(await run(.bundle) == "failure 1")
        #expect(await run(.bundle) == "failure 1")
        #expect(await run(.machine) == "failure 2")
        #expect(await run(.machine) == "failure 3")
    }
}
