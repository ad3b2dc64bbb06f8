/// Identifies a scheduled timer so that it can be cancelled. A loop never uses a token twice.
public struct TimerToken: Hashable, Sendable {
    let sequence: UInt64
}

/// Deadlines in a binary heap, the earliest first; equal deadlines in the order they were scheduled.
/// Cancelling forgets the body at once and its deadline later, in bulk.
struct TimerHeap<Body> {
    private struct Entry {
        var deadline: UInt64
        var sequence: UInt64

        static func < (a: Entry, b: Entry) -> Bool {
            a.deadline == b.deadline ? a.sequence < b.sequence : a.deadline < b.deadline
        }
    }

    private var entries: [Entry] = []
    private var bodies: [UInt64: Body] = [:]
    private var nextSequence: UInt64 = 0

    /// The number of timers that are scheduled and not cancelled.
    var count: Int { bodies.count }

    /// The number of deadlines held, including those of cancelled timers.
    var heldDeadlines: Int { entries.count }

    /// The token that the next timer will get; every timer scheduled so far has a smaller one.
    var nextToken: TimerToken { TimerToken(sequence: nextSequence) }

    /// The deadline of the next timer that is not cancelled.
    var earliestDeadline: UInt64? {
        mutating get {
            while let first = entries.first, bodies[first.sequence] == nil { removeFirst() }
            return entries.first?.deadline
        }
    }

    mutating func schedule(at deadline: UInt64, _ body: Body) -> TimerToken {
        let token = nextToken
        nextSequence += 1
        bodies[token.sequence] = body
        entries.append(Entry(deadline: deadline, sequence: token.sequence))
        siftUp(entries.count - 1)
        return token
    }

    mutating func cancel(_ token: TimerToken) {
        guard bodies.removeValue(forKey: token.sequence) != nil else { return }
        if entries.count > 2 * bodies.count + 64 { compact() }
    }

    /// Removes and returns the next timer that is due at `now` and was scheduled before `limit`.
    mutating func popDue(at now: UInt64, before limit: TimerToken) -> Body? {
        while let first = entries.first, first.deadline <= now, first.sequence < limit.sequence {
            removeFirst()
            if let body = bodies.removeValue(forKey: first.sequence) { return body }
        }
        return nil
    }

    private mutating func compact() {
        entries.removeAll { bodies[$0.sequence] == nil }
        // A sorted array is a heap.
        entries.sort(by: <)
    }

    private mutating func removeFirst() {
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        siftDown()
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child] < entries[parent] else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < entries.count && entries[child] < entries[least] {
                least = child
            }
            guard least != parent else { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}
