/// One step of the schema: the statements that lead to it from the version before, and those that lead back.
struct SchemaVersion: Sendable {
    var up: [String]
    /// What the version before can't hold is given up.
    var down: [String]
}

/// The ledger's tables, as a list of versions that only grows; each version has a file of its own.
///
/// Times are milliseconds since 1970. A job's id is its batch's id and its run index; its run configuration is
/// not stored, because it follows from the batch's submission and seed, and for a batch that grows from what was appended to it.
enum Schema {
    /// `versions[0]` leads from an empty database to version 1, and so on.
    static let versions: [SchemaVersion] = [
        .version1, .version2, .version3, .version4, .version5, .version6, .version7, .version8, .version9, .version10,
        .version11, .version12, .version13, .version14, .version15, .version16,
    ]

    static let currentVersion = versions.count

    /// Brings the database to a version, up or down; call it within one transaction.
    ///
    /// - Parameter tables: the names of the tables there are.
    /// - Returns: the version it had.
    @discardableResult
    static func migrate(
        _ connection: any LedgerConnection, path: String, tables: Set<String>, to target: Int = currentVersion
    ) throws -> Int {
        let found = try version(connection, path: path, tables: tables)
        if found == nil {
            try connection.run("CREATE TABLE lynx_schema (version BIGINT NOT NULL)")
            try connection.run("INSERT INTO lynx_schema (version) VALUES (0)")
        }
        let version = found ?? 0
        guard version <= currentVersion else {
            throw StorageError.newerSchema(path: path, found: version, known: currentVersion)
        }
        let statements =
            version <= target
            ? versions[version..<target].flatMap(\.up)
            : versions[target..<version].reversed().flatMap(\.down)
        for statement in statements { try connection.run(statement) }
        if version != target { try connection.run("UPDATE lynx_schema SET version = ?", [.int(target)]) }
        return version
    }

    /// The version that a database has; nil for an empty one.
    ///
    /// - Throws: `StorageError.notALedger` for a database with other tables.
    static func version(_ connection: any LedgerConnection, path: String, tables: Set<String>) throws -> Int? {
        if tables.contains("lynx_schema") {
            return try connection.row("SELECT version FROM lynx_schema", [])?.int("version") ?? 0
        }
        if let other = tables.min() { throw StorageError.notALedger(path: path, reason: "it holds other tables, such as '\(other)'") }
        return nil
    }
}
