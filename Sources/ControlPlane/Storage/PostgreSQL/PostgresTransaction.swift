/// The inside of one write, in a transaction that may hold several. Remembers which rows it has locked.
final class PostgresTransaction: LedgerConnection {
    let session: PostgresSession
    /// Locked until the transaction ends, or is rolled back to a point before the lock.
    private(set) var locked = WriteScope()

    var isShared: Bool { true }
    /// Read once the locks were taken that are known beforehand.
    private(set) var time: Instant?

    init(_ session: PostgresSession) { self.session = session }

    func rows(_ sql: String, _ values: [LedgerValue]) throws -> [LedgerRow] { try session.rows(sql, values) }

    func run(_ sql: String, _ values: [LedgerValue]) throws -> Int { try session.run(sql, values) }

    func send(_ sql: String, _ values: [LedgerValue]) throws { try session.send(sql, values) }

    func rollBack(to savepoint: String) throws {
        try session.undo("ROLLBACK TO SAVEPOINT \(savepoint); RELEASE SAVEPOINT \(savepoint)")
    }

    /// Runners before batches, and each in the order of their ids: whoever declares all it will change waits for
    /// others only while it holds nothing that they wait for.
    func lock(_ scope: WriteScope) throws {
        try lock(SQL.lockRunners, scope.runners, \.runners)
        try lock(SQL.lockBatches, scope.batches, \.batches)
    }

    func rowsOfUnlockedBatches(_ sql: String, _ values: [LedgerValue]) throws -> [LedgerRow] {
        let rows = try session.rows(sql + " FOR UPDATE SKIP LOCKED", values)
        for row in rows { locked.batches.insert(try row.text("batch_id")) }
        return rows
    }

    /// Waits until the transaction has begun, with its locks.
    ///
    /// - Returns: its id, by which the server can be asked whether it committed.
    func begun() throws -> String {
        let row = try session.row("SELECT CAST(pg_current_xact_id() AS TEXT) AS id, \(PostgresSession.now) AS now", [])
        time = try row?.instant("now")
        return try row?.text("id") ?? ""
    }

    /// Runs `body`; if it throws, nothing of it remains, nor of the locks it took.
    func attempt<Value>(_ body: (any LedgerConnection) throws -> Value) throws -> Value {
        let before = locked
        try session.send("SAVEPOINT one", [])
        do {
            let value = try body(self)
            // Hears of whatever `body` has sent ahead.
            _ = try session.run("RELEASE SAVEPOINT one", [])
            return value
        } catch {
            if (error as? PostgresError)?.isTransient != true {
                try rollBack(to: "one")
                locked = before
            }
            throw error
        }
    }

    private func lock(_ sql: String, _ ids: Set<String>, _ kind: WritableKeyPath<WriteScope, Set<String>>) throws {
        let missing = ids.subtracting(locked[keyPath: kind])
        if missing.isEmpty { return }
        // Whatever is read after this waits for it.
        try session.send(sql, [.text(PostgresDialect.array(missing.sorted()))])
        locked[keyPath: kind].formUnion(missing)
    }
}
