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
