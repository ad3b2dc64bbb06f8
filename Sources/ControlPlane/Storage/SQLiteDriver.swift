import FoundationEssentials
import GRDB
import Glibc
import Support
import Synchronization

/// The embedded ledger: one SQLite file, written by one process at a time.
///
/// Write-ahead log with `synchronous=FULL`: what a call has answered survives SIGKILL and a power cut.
final class SQLiteDriver: LedgerDriver {
    private let path: String
    private let pool: DatabasePool
    private let commits: GroupCommit
    private let lock: FileLock?
    private let isClosed = Atomic(false)

    /// - Returns: nil for a file that is missing or empty.
    static func version(path: String) throws -> Int? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try DatabaseQueue(path: path, configuration: configuration).read {
                try Schema.version(SQLiteConnection(database: $0), path: path, tables: tables($0))
            }
        } catch let error as DatabaseError {
            throw explain(error, path: path)
        }
    }

    /// - Returns: the version that was found.
    static func migrate(path: String, to target: Int) throws -> Int {
        try makeDirectory(of: path)
        let lock = try Self.lock(path)
        defer { lock.release() }
        do {
            return try DatabaseQueue(path: path, configuration: configuration).write {
                try Schema.migrate(SQLiteConnection(database: $0), path: path, tables: tables($0), to: target)
            }
        } catch let error as DatabaseError {
            throw explain(error, path: path)
        }
    }

    /// Opens the file, makes it and its directory if missing, and brings its schema up to date.
    ///
    /// - Parameter alone: false for a few transactions beside a control plane that may be running, which WAL allows;
    ///   the schema is then brought up to date only if nobody has the file.
    init(path: String, alone: Bool = true) throws {
        self.path = path
        try Self.makeDirectory(of: path)
        lock = alone ? try Self.lock(path) : nil
        // Before SQLite makes it with the umask; the log beside it takes over its mode.
        Glibc.close(Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration)
            try pool.writeWithoutTransaction { database in
                // The pool leaves its writer at NORMAL, which may lose the last commits in a power cut.
                try database.execute(sql: "PRAGMA synchronous = FULL")
            }
            if try alone || !pool.read(Self.isCurrent) {
                let whileMigrating = alone ? nil : try Self.lock(path)
                defer { whileMigrating?.release() }
                _ = try pool.write { try Schema.migrate(SQLiteConnection(database: $0), path: path, tables: Self.tables($0)) }
            }
            try pool.writeWithoutTransaction { database in
                // What undoes a statement or a savepoint is kept beside the transaction, not in a file for each.
                try database.execute(sql: "PRAGMA temp_store = MEMORY")
            }
        } catch let error as DatabaseError {
            throw Self.explain(error, path: path)
        }
        commits = GroupCommit(pool: pool)
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any LedgerConnection) throws -> Value) async throws -> Value {
        do {
            return try await pool.read { try body(SQLiteConnection(database: $0)) }
        } catch let error as DatabaseError {
            throw inUse(error)
        }
    }

    var folder: String? { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "." }

    let isShared = false
    let foundAlone = true

    func tell(_ news: LedgerNews) {}

    func onNews(_ hear: @escaping @Sendable (LedgerNews) -> Void) {}

    func write<Value: Sendable>(
        _ scope: WriteScope, _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
    ) async throws -> Value {
        do {
            return try await commits.write { try body(SQLiteConnection(database: $0)) }
        } catch let error as DatabaseError {
            throw inUse(error)
        }
    }

    /// An error of the ledger in use, as far as it is the machine's and not the statement's.
    private func inUse(_ error: DatabaseError) -> any Error {
        if Self.isOutOfRoom(error, path) { return StorageError.noRoom(place: path) }
        return switch error.resultCode.primaryResultCode {
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_NOMEM, .SQLITE_PERM:
            StorageError.unusable(path: path, reason: error.message ?? "SQLite error \(error.resultCode.rawValue)")
        case .SQLITE_BUSY, .SQLITE_LOCKED: StorageError.busy(path: path)
        default: error
        }
    }

    /// SQLite has a code of its own for a full disk, but not for a user's share of it, and not for its shared memory.
    private static func isOutOfRoom(_ error: DatabaseError, _ path: String) -> Bool {
        switch error.resultCode.primaryResultCode {
        case .SQLITE_FULL: return true
        case .SQLITE_IOERR:
            var disk = statvfs()
            return statvfs(path, &disk) == 0 && UInt64(disk.f_bavail) * UInt64(disk.f_frsize) < 64 << 10
        default: return false
        }
    }

    var commitCounts: CommitCounts? { commits.counts }

    func close() throws {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        // The pool closes its readers last, which may not write: the log would stay, and a copy of the file alone would
        // lack what is in it.
        _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try pool.close()
        lock?.release()
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "ledger"
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        return configuration
    }

    private static func lock(_ path: String) throws -> FileLock {
        do {
            return try FileLock(path + ".lock")
        } catch {
            switch error {
            case .held: throw StorageError.inUse(path: path)
            case .file(let error): throw StorageError.cannotOpen(path: path, reason: error.reason)
            }
        }
    }

    private static func makeDirectory(of path: String) throws {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex else { return }
        let directory = String(path[..<slash])
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StorageError.cannotOpen(path: path, reason: "the directory '\(directory)' cannot be made")
        }
    }

    private static func isCurrent(_ database: Database) throws -> Bool {
        guard try tables(database).contains("lynx_schema") else { return false }
        return try Int.fetchOne(database, sql: "SELECT version FROM lynx_schema") == Schema.currentVersion
    }

    private static func tables(_ database: Database) throws -> Set<String> {
        try Set(String.fetchAll(database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"))
    }

    private static func explain(_ error: DatabaseError, path: String) -> StorageError {
        let reason = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        return switch error.resultCode.primaryResultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: .notALedger(path: path, reason: reason)
        case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse(path: path)
        default: .cannotOpen(path: path, reason: reason)
        }
    }
}

private struct SQLiteConnection: LedgerConnection {
    let database: Database

    func rows(_ sql: String, _ values: [LedgerValue]) throws -> [LedgerRow] {
        let statement = try database.cachedStatement(sql: sql)
        let columns = Dictionary(statement.columnNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let cursor = try Row.fetchCursor(statement, arguments: Self.arguments(values))
        var rows: [LedgerRow] = []
        while let row = try cursor.next() {
            rows.append(LedgerRow(columns: columns, values: row.databaseValues.map(Self.value)))
        }
        return rows
    }

    func forEachRow(_ sql: String, _ values: [LedgerValue], _ body: (any LedgerColumns) throws -> Void) throws {
        let cursor = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: Self.arguments(values))
        while let row = try cursor.next() { try body(SQLiteColumns(row: row)) }
    }

    func run(_ sql: String, _ values: [LedgerValue]) throws -> Int {
        try database.cachedStatement(sql: sql).execute(arguments: Self.arguments(values))
        return database.changesCount
    }

    private static func arguments(_ values: [LedgerValue]) -> StatementArguments {
        StatementArguments(
            values.map { value in
                switch value {
                case .null: DatabaseValue.null
                case .integer(let value): value.databaseValue
                case .real(let value): value.databaseValue
                case .text(let value): LedgerValue.storable(value).databaseValue
                case .blob(let value): value.databaseValue
                }
            })
    }

    private static func value(_ value: DatabaseValue) -> LedgerValue {
        switch value.storage {
        case .null: .null
        case .int64(let value): .integer(value)
        case .double(let value): .real(value)
        case .string(let value): .text(value)
        case .blob(let value): .blob(value)
        }
    }
}
