import Synchronization

/// A place for one session, connected when it is first needed and again after it was lost. Used by one thread at a time.
final class PostgresSlot: Sendable {
    private let location: PostgresLocation
    private let patience: PostgresPatience
    private let current = Mutex<PostgresSession?>(nil)

    init(_ location: PostgresLocation, _ patience: PostgresPatience) {
        self.location = location
        self.patience = patience
    }

    func session() throws -> PostgresSession {
        if let session = current.withLock({ $0 }) { return session }
        let session = try PostgresSession(location, patience)
        current.withLock { $0 = session }
        return session
    }

    func drop() { current.withLock { $0 = nil } }

    /// Ends whatever transaction is open; a session that cannot do even that is given up.
    func rollBack() {
        guard let session = current.withLock({ $0 }) else { return }
        do {
            try session.undo("ROLLBACK")
        } catch {
            drop()
        }
    }
}

/// How long a database may leave us waiting. A call that finds it hung is answered within half a minute: `write`, and what
/// it takes to notice that the last session is no good either.
struct PostgresPatience: Hashable, Sendable {
    /// Without a byte from the server, before it is asked on another connection whether it is still at work.
    var answer = Duration.seconds(5)
    /// For one statement of a server that says it is at work. Nil: no limit, as for a change of the schema.
    var statement: Duration? = .seconds(60)
    /// For a connection to each of the server's addresses, in seconds; libpq takes no less than 2.
    var connectSeconds = 5
    /// How long reads, and writes, wait for a database that cannot be reached, from the call on.
    var read = Duration.seconds(5)
    var write = Duration.seconds(20)
    /// How long they wait for a session that is busy with others.
    var queue = Duration.seconds(20)

    /// For sessions that may take as long as they need.
    var unlimited: PostgresPatience {
        var patience = self
        patience.statement = nil
        return patience
    }
}

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
