import LynxModel
import Testing

@testable import RunnerHost

/// A queue that can be asked within expectations.
private final class Bench {
    private(set) var queue = ChunkQueue()

    func added(_ key: AttemptKey, seq: Int, bytes: Int) -> Bool { queue.added(key, seq: seq, bytes: bytes) }
    func nextDelivery() -> ChunkQueue.Delivery? { queue.nextDelivery() }
    func settled(_ delivery: ChunkQueue.Delivery) { queue.settled(delivery) }
    func failed(_ delivery: ChunkQueue.Delivery, isBlocked: Bool = false) { queue.failed(delivery, isBlocked: isBlocked) }
    func unblock() { queue.unblock() }
    func drop(_ key: AttemptKey) { queue.drop(key) }
    func forget(_ key: AttemptKey) { queue.forget(key) }
}

@Suite("The queue of chunks")
struct ChunkQueueTests {
    private let a = AttemptKey(jobID: "a", attempt: 1)
    private let b = AttemptKey(jobID: "b", attempt: 1)
    private let bench = Bench()

    private static func delivery(_ key: AttemptKey, _ seq: Int) -> ChunkQueue.Delivery { .init(key: key, seq: seq) }

    init() {
        for seq in 0..<2 {
            for key in [a, b] { #expect(bench.added(key, seq: seq, bytes: 10)) }
        }
    }

    @Test("Attempts take turns, each has one chunk under way, and their chunks stay in order")
    func turns() {
        #expect(bench.nextDelivery() == Self.delivery(a, 0))
        #expect(bench.nextDelivery() == Self.delivery(b, 0))
        #expect(bench.nextDelivery() == nil)
        bench.failed(Self.delivery(a, 0))
        #expect(bench.nextDelivery() == Self.delivery(a, 0))
        bench.settled(Self.delivery(b, 0))
        #expect(bench.nextDelivery() == Self.delivery(b, 1))
        bench.settled(Self.delivery(a, 0))
        bench.settled(Self.delivery(b, 1))
        #expect(bench.nextDelivery() == Self.delivery(a, 1))
        #expect(bench.queue.waiting == [a] && bench.queue.count == 1 && bench.queue.bytes(a) == 10)
        bench.settled(Self.delivery(a, 1))
        #expect(bench.queue.waiting.isEmpty)
    }

    @Test("What waits for a registration waits, and goes on after it")
    func blocked() {
        _ = bench.nextDelivery()
        bench.failed(Self.delivery(a, 0), isBlocked: true)
        #expect(bench.queue.isBlocked(a) && !bench.queue.isBlocked(b))
        #expect(bench.nextDelivery() == Self.delivery(b, 0))
        #expect(bench.nextDelivery() == nil)
        bench.unblock()
        #expect(bench.nextDelivery() == Self.delivery(a, 0))
    }

    @Test("Of a dropped attempt nothing is taken until it is settled; what was under way does no harm")
    func dropped() {
        let underway = bench.nextDelivery()!
        bench.drop(a)
        bench.settled(underway)
        bench.failed(underway)
        #expect(!bench.queue.isWaiting(a) && bench.queue.isDropped(a))
        #expect(!bench.added(a, seq: 2, bytes: 1))
        bench.forget(a)
        #expect(bench.added(a, seq: 0, bytes: 1))
    }
}
