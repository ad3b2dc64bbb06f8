/// What PostgreSQL, or the way to it, objected to.
struct PostgresError: Error, CustomStringConvertible {
    /// Five characters (appendix A of PostgreSQL's manual); nil where no server said anything.
    var sqlState: String?
    var message: String
    var sql: String
    /// The session is of no use any more; what it had not committed is undone.
    var lostConnection: Bool

    var description: String {
        "PostgreSQL error \(sqlState ?? "(no connection)"): \(message)" + (sql.isEmpty ? "" : " - while executing `\(sql)`")
    }

    /// The server lacks what it needs, such as room on its disk (classes 53 and 58), or may only be read (25006).
    var isTheServers: Bool { sqlState.map { $0.hasPrefix("53") || $0.hasPrefix("58") || $0 == "25006" } ?? false }

    /// The same transaction may well succeed when it is run again from its beginning.
    var isTransient: Bool {
        if lostConnection { return true }
        // Serialization failures and deadlocks; and plans that another process's migration made stale.
        return sqlState.map { $0.hasPrefix("40") || $0 == "55P03" || $0 == "0A000" } ?? false
    }
}
