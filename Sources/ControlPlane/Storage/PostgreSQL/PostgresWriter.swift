import Dispatch
import FoundationEssentials
import Glibc
import Synchronization

/// Commits the writes that arrive while a commit is on its way together in the next one, as `GroupCommit` does,
/// and sees to what can happen to a transaction that others compete with: a group that lost a conflict, or its
/// connection before the commit, is run again; if the reply to a commit is lost, the server is asked whether it committed.
final class PostgresWriter: Sendable {
    private struct Write: Sendable {
        typealias Ending = @Sendable (_ commitFailure: (any Error)?) -> Void
        let scope: WriteScope
        let since = ContinuousClock.now
        /// Throws only what concerns the whole group; of one that is alone, whatever is wrong with it.
        let perform: @Sendable (PostgresTransaction, _ isAlone: Bool) throws -> Ending
        let refuse: @Sendable (any Error) -> Void
    }

    private struct State {
        var queue: WaitingCalls<Write>
        var draining = false
    }

    /// Beyond 64 savepoints a transaction slows down everybody else's snapshots.
    private static let largestGroup = 48
    private static let mostConflicts = 40

    private let location: PostgresLocation
    private let patience: PostgresPatience
    private let thread = DispatchQueue(label: "lynx.ledger.writer")
    private let state: Mutex<State>
    private let session: PostgresSlot

    init(_ location: PostgresLocation, _ patience: PostgresPatience) {
        self.location = location
        self.patience = patience
        state = Mutex(State(queue: WaitingCalls(patience: patience.queue)))
        session = PostgresSlot(location, patience)
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
                    } catch let error as PostgresError where error.isTransient || error.isTheServers {
                        throw error
                    } catch {
                        if isAlone { throw error }
                        outcome = .failure(error)
                    }
                    return { failure in continuation.resume(with: failure.map { .failure($0) } ?? outcome) }
                },
                refuse: { continuation.resume(throwing: $0) })
            let (startDraining, watch) = state.withLock { state in
                defer { state.draining = true }
                return (!state.draining, state.queue.add(write))
            }
            if startDraining { thread.async { self.drain() } }
            if let watch { refuseOverdue(after: watch) }
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
            let group = state.queue.take(upTo: Self.largestGroup)
            if group.isEmpty { state.draining = false }
            return group.isEmpty ? nil : group
        }
    }

    private func refuseOverdue(after delay: Duration) {
        DispatchQueue.global().asyncAfter(deadline: .now() + delay / .seconds(1)) { [weak self] in
            guard let self else { return }
            let (overdue, next) = state.withLock { $0.queue.takeOverdue() }
            for write in overdue { write.refuse(StorageError.busy(path: location.name)) }
            if let next { refuseOverdue(after: next) }
        }
    }

    /// Tries until the group is committed, or there is no hope.
    private func persist(_ group: [Write]) throws -> [Write.Ending] {
        let end = (group.map(\.since).min() ?? .now) + patience.write
        var conflicts = 0
        while true {
            do {
                return try commit(group, session.session(), until: end)
            } catch let error as PostgresError where error.isTransient {
                if error.lostConnection || error.sqlState == "0A000" {
                    session.drop()
                    guard ContinuousClock.now < end else {
                        throw StorageError.unreachable(path: location.name, reason: error.message)
                    }
                    usleep(200_000)
                } else {
                    session.rollBack()
                    conflicts += 1
                    // Somebody who hangs has locked what is to be changed.
                    if error.sqlState == "55P03", ContinuousClock.now >= end { throw StorageError.busy(path: location.name) }
                    guard conflicts < Self.mostConflicts else { throw error }
                    // Apart from the others, who were told to try again in the same moment.
                    usleep(UInt32.random(in: 0...UInt32(min(conflicts * 4_000, 100_000))))
                }
            } catch {
                session.rollBack()
                if let error = error as? PostgresError, error.isTheServers {
                    throw StorageError.unusable(path: location.name, reason: error.message)
                }
                throw error
            }
        }
    }

    private func commit(_ group: [Write], _ session: PostgresSession, until end: ContinuousClock.Instant) throws -> [Write.Ending] {
        try session.send("BEGIN", [])
        let transaction = PostgresTransaction(session)
        try transaction.lock(group.reduce(into: WriteScope()) { $0.formUnion($1.scope) })
        // Waits for all three at once.
        let id = try transaction.begun()
        let endings = try group.map { try $0.perform(transaction, group.count == 1) }
        do {
            try session.commit()
        } catch let error as PostgresError where error.lostConnection {
            guard try wasCommitted(id, error, until: end) else { throw error }
        }
        return endings
    }

    /// What became of a transaction whose connection was lost while it was being committed.
    ///
    /// - Throws: `StorageError.outcomeUnknown` if nobody can tell.
    private func wasCommitted(_ id: String, _ cause: PostgresError, until end: ContinuousClock.Instant) throws -> Bool {
        session.drop()
        repeat {
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
        } while ContinuousClock.now < end
        throw StorageError.outcomeUnknown(path: location.name, reason: cause.message)
    }
}
