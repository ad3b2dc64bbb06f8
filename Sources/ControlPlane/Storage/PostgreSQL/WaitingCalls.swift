/// Calls that wait for a session which is busy with others, the first to come first. A database that hangs keeps sessions
/// busy, so those that have waited for too long are to be refused: `add` and `takeOverdue` say when to look.
struct WaitingCalls<Call: Sendable>: Sendable {
    private var calls: [(call: Call, since: ContinuousClock.Instant)] = []
    private var isWatched = false
    private let patience: Duration

    init(patience: Duration) { self.patience = patience }

    var isEmpty: Bool { calls.isEmpty }

    /// - Returns: when to look for overdue ones, unless that has been said before.
    mutating func add(_ call: Call) -> Duration? {
        calls.append((call, .now))
        if isWatched { return nil }
        isWatched = true
        return patience
    }

    mutating func take(upTo count: Int) -> [Call] {
        defer { calls.removeFirst(min(count, calls.count)) }
        return calls.prefix(count).map(\.call)
    }

    /// - Returns: those that have waited for too long; and when to look again, if anybody waits still.
    mutating func takeOverdue() -> (overdue: [Call], next: Duration?) {
        let now = ContinuousClock.now
        let overdue = calls.prefix { now - $0.since >= patience }.map(\.call)
        calls.removeFirst(overdue.count)
        isWatched = !calls.isEmpty
        return (overdue, calls.first.map { patience - (now - $0.since) })
    }
}
