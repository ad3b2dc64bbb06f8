import Dispatch
import FoundationEssentials
import Glibc
import Synchronization

/// Commits the writes that arrive while a commit is on its way together in the next one, as `GroupCommit` does,
/// and sees to what can happen to a transaction that others compete with: a group that lost a conflict, or its
/// connection before the commit, is run again; of a commit whose answer was lost, the server is asked what became.
final class PostgresWriter: Sendable {
    private struct Write: Sendable {
        typealias Ending = @Sendable (_ commitFailure: (any Error)?) -> Void
        let scope: WriteScope
        /// Throws only what concerns the whole group; of one that is alone, whatever is wrong with it.
        let perform: @Sendable (PostgresTransaction, _ isAlone: Bool) throws -> Ending
        let refuse: @Sendable (any Error) -> Void
    }

    private struct State {
        var queue: [Write] = []
        var draining = false
    }

    /// Beyond 64 savepoints a transaction slows down everybody else's snapshots.
    private static let largestGroup = 48
    private static let mostConflicts = 40
    /// How long writes wait for a database that cannot be reached.
    private static let patience = Duration.seconds(20)

    private let location: PostgresLocation
    private let thread = DispatchQueue(label: "lynx.ledger.writer")
    private let state = Mutex(State())
    private let session: PostgresSlot

    init(_ location: PostgresLocation) {
        self.location = location
        session = PostgresSlot(location)
    }

    func write<Value: Sendable>(
        _ scope: WriteScope, _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let write = Write(
                scope: scope,
                perform: { transaction, isAlone in
                    let outcome: Result<Value, any Error>
                    do {
                        outcome = .success(isAlone ? try body(transaction) : try transaction.attempt(body))
                    } catch let error as PostgresError where error.isTransient {
                        throw error
                    } catch {
                        if isAlone { throw error }
                        outcome = .failure(error)
                    }
                    return { failure in continuation.resume(with: failure.map { .failure($0) } ?? outcome) }
                },
                refuse: { continuation.resume(throwing: $0) })
            let startDraining = state.withLock { state in
                state.queue.append(write)
                defer { state.draining = true }
                return !state.draining
            }
            if startDraining { thread.async { self.drain() } }
        }
    }

    func close() { thread.sync { session.drop() } }

    private func drain() {
        while let group = nextGroup() {
            do {
                let endings = try persist(group)
                for end in endings { end(nil) }
            } catch {
                for write in group { write.refuse(error) }
            }
        }
    }

    private func nextGroup() -> [Write]? {
        state.withLock { state in
            let group = Array(state.queue.prefix(Self.largestGroup))
            state.queue.removeFirst(group.count)
            if group.isEmpty { state.draining = false }
            return group.isEmpty ? nil : group
        }
    }

    /// Tries until the group is committed, or there is no hope.
    private func persist(_ group: [Write]) throws -> [Write.Ending] {
        let start = ContinuousClock.now
        var conflicts = 0
        while true {
            do {
                return try commit(group, session.session())
            } catch let error as PostgresError where error.isTransient {
                if error.lostConnection || error.sqlState == "0A000" {
                    session.drop()
                    guard ContinuousClock.now - start < Self.patience else {
                        throw StorageError.unreachable(path: location.name, reason: error.message)
                    }
                    usleep(200_000)
                } else {
                    session.rollBack()
                    conflicts += 1
                    guard conflicts < Self.mostConflicts else { throw error }
                    // Apart from the others, who were told to try again in the same moment.
                    usleep(UInt32.random(in: 0...UInt32(min(conflicts * 4_000, 100_000))))
                }
            } catch {
                session.rollBack()
                throw error
            }
        }
    }

    private func commit(_ group: [Write], _ session: PostgresSession) throws -> [Write.Ending] {
        try session.send("BEGIN", [])
        let transaction = PostgresTransaction(session)
        try transaction.lock(group.reduce(into: WriteScope()) { $0.formUnion($1.scope) })
        // Waits for all three at once.
        let id = try session.row("SELECT CAST(pg_current_xact_id() AS TEXT) AS id", [])?.text("id") ?? ""
        let endings = try group.map { try $0.perform(transaction, group.count == 1) }
        do {
            try session.commit()
        } catch let error as PostgresError where error.lostConnection {
            guard try wasCommitted(id, error) else { throw error }
        }
        return endings
    }

    /// What became of a transaction whose connection was lost while it was being committed.
    ///
    /// - Throws: `StorageError.outcomeUnknown` if nobody can tell.
    private func wasCommitted(_ id: String, _ cause: PostgresError) throws -> Bool {
        let start = ContinuousClock.now
        session.drop()
        while ContinuousClock.now - start < Self.patience {
            do {
                let row = try session.session().row("SELECT pg_xact_status(CAST(? AS xid8)) AS status", [.text(id)])
                switch try row?.optionalText("status") {
                case "committed": return true
                case "aborted": return false
                case "in progress": usleep(50_000)
                default: throw StorageError.outcomeUnknown(path: location.name, reason: cause.message)
                }
            } catch is PostgresError {
                session.drop()
                usleep(200_000)
            }
        }
        throw StorageError.outcomeUnknown(path: location.name, reason: cause.message)
    }
}
