import Glibc

/// The ledger in PostgreSQL, which several control planes may share: each with one session that writes, a few that
/// read and one that tells and hears news.
final class PostgresDriver: LedgerDriver {
    private let writer: PostgresWriter
    private let readers: PostgresReaders
    private let news: PostgresNews

    let isShared = true
    var foundAlone: Bool { news.foundAlone }

    /// Connects, and brings the schema up to date unless another control plane just does.
    ///
    /// - Parameter url: as libpq takes it; what it leaves out comes from libpq's environment (PGHOST, PGPASSFILE, …).
    init(url: String, patience: PostgresPatience = PostgresPatience()) throws {
        let location = try PostgresLocation(url: url)
        news = try Self.explaining(location) {
            try Self.migrate(location, to: Schema.currentVersion, patience)
            return try PostgresNews(location, patience)
        }
        writer = PostgresWriter(location, patience)
        readers = PostgresReaders(location, patience)
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any LedgerConnection) throws -> Value) async throws -> Value {
        try await readers.read(body)
    }

    func write<Value: Sendable>(
        _ scope: WriteScope, _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
    ) async throws -> Value {
        try await writer.write(scope, body)
    }

    func tell(_ news: LedgerNews) { self.news.tell(news) }

    func onNews(_ hear: @escaping @Sendable (LedgerNews) -> Void) { news.onNews(hear) }

    func close() throws {
        news.close()
        writer.close()
        readers.close()
    }

    /// Migrates as `migrate` does, but refuses while a control plane is running.
    static func migrateAlone(_ location: PostgresLocation, to target: Int) throws -> Int {
        try explaining(location) {
            let session = try PostgresSession(location)
            // The server notices a moment late that the one who had it is gone.
            var tries = 0
            while try session.script("SELECT CAST(pg_try_advisory_lock(\(PostgresNews.presenceLock)) AS int)") != "1" {
                tries += 1
                guard tries < 20 else { throw StorageError.inUse(path: location.name) }
                usleep(100_000)
            }
            return try withExtendedLifetime(session) { try migrate(location, to: target) }
        }
    }

    private static func explaining<Value>(_ location: PostgresLocation, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as PostgresError {
            throw StorageError.cannotOpen(path: location.name, reason: error.message)
        }
    }

    /// - Returns: the version that was found.
    @discardableResult
    static func migrate(_ location: PostgresLocation, to target: Int, _ patience: PostgresPatience = PostgresPatience()) throws -> Int {
        let session = try PostgresSession(location, patience.unlimited)
        try session.script("BEGIN")
        // Of control planes that start at once, one migrates and the others wait, and then find nothing to do.
        try session.script("SELECT pg_advisory_xact_lock(\(PostgresNews.migrationLock))")
        let found = try Schema.migrate(session, path: location.name, tables: tables(session), to: target)
        try session.commit()
        return found
    }

    /// - Returns: nil for a database without a ledger.
    static func version(_ location: PostgresLocation) throws -> Int? {
        try explaining(location) {
            let session = try PostgresSession(location)
            return try Schema.version(session, path: location.name, tables: tables(session))
        }
    }

    private static func tables(_ session: PostgresSession) throws -> Set<String> {
        let rows = try session.rows(
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()", [])
        return Set(try rows.map { try $0.text("name") })
    }
}
