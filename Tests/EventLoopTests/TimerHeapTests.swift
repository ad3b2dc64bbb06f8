import Testing

@testable import EventLoop

@Suite("The heap of timers")
struct TimerHeapTests {
    @Test("Timers come out by deadline, equal ones in the order they were set")
    func order() {
        var generator = SystemRandomNumberGenerator()
        var heap = TimerHeap<Int>()
        let deadlines = (0..<500).map { _ in UInt64.random(in: 0..<50, using: &generator) }
        for (index, deadline) in deadlines.enumerated() { _ = heap.schedule(at: deadline, index) }

        var popped: [Int] = []
        let limit = heap.nextToken
        while let index = heap.popDue(at: 100, before: limit) { popped.append(index) }

        let expected = deadlines.indices.sorted { (deadlines[$0], $0) < (deadlines[$1], $1) }
        #expect(popped == expected)
        #expect(heap.count == 0)
    }

    @Test("Only what is due comes out")
    func due() {
        var heap = TimerHeap<String>()
        _ = heap.schedule(at: 10, "early")
        _ = heap.schedule(at: 20, "late")
        let limit = heap.nextToken
        #expect(heap.popDue(at: 9, before: limit) == nil)
        #expect(heap.popDue(at: 10, before: limit) == "early")
        #expect(heap.popDue(at: 19, before: limit) == nil)
        #expect(heap.earliestDeadline == 20)
    }

    @Test("A timer set after the limit waits for the next round")
    func limit() {
        var heap = TimerHeap<String>()
        _ = heap.schedule(at: 5, "first")
        let limit = heap.nextToken
        _ = heap.schedule(at: 5, "second")
        #expect(heap.popDue(at: 5, before: limit) == "first")
        #expect(heap.popDue(at: 5, before: limit) == nil)
        #expect(heap.popDue(at: 5, before: heap.nextToken) == "second")
    }

    @Test("Cancelled timers are skipped and their memory is given back")
    func cancelling() {
        var heap = TimerHeap<Int>()
        let kept = heap.schedule(at: 2_000_000, -1)
        for index in 0..<10_000 {
            let token = heap.schedule(at: UInt64(1_000 + index), index)
            heap.cancel(token)
            heap.cancel(token)
        }
        #expect(heap.heldDeadlines < 100)
        #expect(heap.earliestDeadline == 2_000_000)
        heap.cancel(kept)
        #expect(heap.earliestDeadline == nil)
    }
}
