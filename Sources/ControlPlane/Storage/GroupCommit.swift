import GRDB
import Synchronization

/// Runs the writes that arrive while a commit is being flushed together in the next one, each in its own
/// savepoint, so that sixteen reports at once cost one flush to disk and a failing one takes nobody with it.
final class GroupCommit: Sendable {
    private struct Write: Sendable {
        /// Called once the fate of the group is known; nil means that it is on disk.
        typealias Ending = @Sendable (_ commitFailure: (any Error)?) -> Void
        let perform: @Sendable (Database) -> (ending: Ending, failure: (any Error)?)
        /// Called instead when the group could not begin.
        let refuse: @Sendable (any Error) -> Void
    }

    private struct State {
        var queue: [Write] = []
        var draining = false
        var counts = CommitCounts()
    }

    /// Bounds how long the first of a group waits for the last.
    private static let largestGroup = 128

    private let pool: DatabasePool
    private let state = Mutex(State())

    init(pool: DatabasePool) { self.pool = pool }

    var counts: CommitCounts { state.withLock { $0.counts } }

    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let write = Write(
                perform: { database in
                    let outcome = Result { try Self.savepoint(database, body) }
                    let failure: (any Error)? = if case .failure(let error) = outcome { error } else { nil }
                    return ({ commitFailure in continuation.resume(with: commitFailure.map { .failure($0) } ?? outcome) }, failure)
                },
                refuse: { continuation.resume(throwing: $0) })
            let startDraining = state.withLock { state in
                state.queue.append(write)
                defer { state.draining = true }
                return !state.draining
            }
            if startDraining {
                pool.asyncWriteWithoutTransaction { self.drain($0) }
            }
        }
    }

    private func drain(_ database: Database) {
        while let group = nextGroup() {
            var endings: [Write.Ending] = []
            var failure: (any Error)?
            do {
                try database.inTransaction(.immediate) {
                    for write in group {
                        let (ending, failure) = write.perform(database)
                        endings.append(ending)
                        // SQLite may have undone the whole transaction, with what the others of the group have written.
                        if let failure, Self.endsTransaction(failure) || !database.isInsideTransaction { throw failure }
                    }
                    return .commit
                }
            } catch {
                failure = error
            }
            for end in endings { end(failure) }
            if let failure { for write in group.dropFirst(endings.count) { write.refuse(failure) } }
        }
    }

    /// Source: SQLite's manual, "Response To Errors Within A Transaction".
    private static func endsTransaction(_ error: any Error) -> Bool {
        guard let code = (error as? DatabaseError)?.resultCode.primaryResultCode else { return false }
        return [.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_INTERRUPT].contains(code)
    }

    private func nextGroup() -> [Write]? {
        state.withLock { state in
            let group = Array(state.queue.prefix(Self.largestGroup))
            state.queue.removeFirst(group.count)
            if group.isEmpty { state.draining = false } else { state.counts.groups += 1 }
            state.counts.writes += group.count
            return group.isEmpty ? nil : group
        }
    }

    private static func savepoint<Value>(_ database: Database, _ body: (Database) throws -> Value) throws -> Value {
        var value: Value?
        try database.inSavepoint {
            value = try body(database)
            return .commit
        }
        return value!
    }
}
