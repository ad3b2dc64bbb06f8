import FoundationEssentials
import GRDB

/// The database of a ledger, by what names it: a `postgresql://` URL, or the path of an SQLite file.
public enum LedgerDatabase {
    /// The version of the schema that this program works with.
    public static var currentVersion: Int { Schema.currentVersion }

    public static func isURL(_ database: String) -> Bool { PostgresLocation.isURL(database) }

    /// What may be shown of the name: a URL without its password.
    ///
    /// - Throws: `StorageError` for a URL that cannot be read.
    public static func displayName(_ database: String) throws -> String {
        isURL(database) ? try PostgresLocation(url: database).name : database
    }

    /// The version of the schema that a ledger has; nil where there is none yet.
    ///
    /// - Throws: `StorageError` for what is not a ledger, or cannot be reached.
    public static func version(_ database: String) throws -> Int? {
        isURL(database) ? try PostgresDriver.version(onPostgres(database)) : try SQLiteDriver.version(path: database)
    }

    /// Brings a ledger to a version of its schema, up or down, in one transaction. No control plane may be using it.
    ///
    /// - Parameter version: 1 to `currentVersion`.
    /// - Returns: the version it had; 0 for none.
    /// - Throws: `StorageError`.
    public static func migrate(_ database: String, to version: Int) throws -> Int {
        precondition((1...currentVersion).contains(version))
        return isURL(database)
            ? try PostgresDriver.migrateAlone(onPostgres(database), to: version)
            : try SQLiteDriver.migrate(path: database, to: version)
    }

    /// - Parameter alone: false for a few transactions beside whoever serves the ledger.
    static func open(_ database: String, alone: Bool = true) throws -> any LedgerDriver {
        isURL(database) ? try PostgresDriver(url: database) : try SQLiteDriver(path: database, alone: alone)
    }

    private static func onPostgres(_ url: String) throws -> PostgresLocation { try PostgresLocation(url: url) }
}
