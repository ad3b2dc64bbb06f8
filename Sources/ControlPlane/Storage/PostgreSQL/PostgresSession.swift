import CPostgres
import FoundationEssentials
import Glibc

/// One connection to PostgreSQL, with its prepared statements. Blocks the calling thread.
///
/// Sendable, unchecked: its owner uses it on one serial queue only, and libpq has no ties to threads.
final class PostgresSession: @unchecked Sendable, LedgerConnection {
    private struct Statement {
        var name: String
        /// Known once it has run.
        var columns: [String: Int] = [:]
        var types: [Oid] = []
    }

    /// So many answers fit into a socket, whatever the statements: the server never waits for us to read them while we
    /// wait for it to take more.
    private static let mostAhead = 200

    private let connection: OpaquePointer
    private let wire: PostgresWire
    private var statements: [String: Statement] = [:]
    /// Statements on their way, whose answers are still to be read.
    private var ahead: [String] = []

    /// - Parameter isProbe: it asks about a session that does not answer.
    init(_ location: PostgresLocation, _ patience: PostgresPatience = PostgresPatience(), isProbe: Bool = false) throws {
        guard let connection = location.connect(withinSeconds: patience.connectSeconds) else {
            throw PostgresError(message: "no memory for a connection", sql: "", lostConnection: true)
        }
        self.connection = connection
        wire = PostgresWire(connection: connection, location: location, patience: patience, isProbe: isProbe)
        guard PQstatus(connection) == CONNECTION_OK else {
            // One line: libpq gives one for each address it tried.
            let reason = String(cString: PQerrorMessage(connection)).split(whereSeparator: \.isNewline).joined(separator: "; ")
            throw PostgresError(message: reason, sql: "", lostConnection: true)
        }
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        guard PQsetnonblocking(connection, 1) == 0 else { throw failure("", nil) }
        if isProbe { return }
        try script(
            """
            SET bytea_output = 'hex'; SET idle_in_transaction_session_timeout = '30s'; SET tcp_keepalives_idle = 30;
            SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3
            """)
        if patience.statement != nil { try script("SET lock_timeout = '10s'") }
        // What is answered must survive a crash, however the database is set.
        if try row("SELECT current_setting('synchronous_commit') AS mode", [])?.text("mode") == "off" {
            try script("SET synchronous_commit = on")
        }
    }

    deinit { PQfinish(connection) }

    var isShared: Bool { true }

    private(set) var time: Instant?

    /// Begins to read a snapshot.
    func beginReading() throws {
        let time = try script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT \(Self.now)")
        self.time = time.flatMap { Instant($0) }
    }

    /// Milliseconds since 1970.
    static let now = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"

    var backendID: Int32 { PQbackendPID(connection) }

    /// The socket, as long as libpq keeps it.
    var descriptor: Int32 { PQsocket(connection) }

    /// Statements without values, in one round trip.
    ///
    /// - Returns: the first value of the last statement's answer, if it has one.
    @discardableResult
    func script(_ sql: String) throws -> String? {
        try settle()
        guard PQsendQuery(connection, sql) == 1 else { throw failure(sql, nil) }
        let result = try answer(to: sql)
        defer { PQclear(result) }
        return PQntuples(result) > 0 && PQnfields(result) > 0 ? String(cString: PQgetvalue(result, 0, 0)) : nil
    }

    /// `script`, of statements that undo what was sent ahead: it does not matter what became of that.
    func undo(_ sql: String) throws {
        try? settle()
        try script(sql)
    }

    /// Commits; what has failed before and is rolled back instead counts as an error.
    func commit() throws {
        let result = try execute("COMMIT", [])
        defer { PQclear(result) }
        guard String(cString: PQcmdStatus(result)) == "COMMIT" else {
            throw PostgresError(sqlState: "40000", message: "the transaction was rolled back", sql: "COMMIT", lostConnection: false)
        }
    }

    func rows(_ sql: String, _ values: [LedgerValue]) throws -> [LedgerRow] {
        let result = try execute(sql, values)
        defer { PQclear(result) }
        var statement = statements[sql]!
        if statement.types.isEmpty, PQnfields(result) > 0 {
            for field in 0..<PQnfields(result) {
                let name = String(cString: PQfname(result, field))
                if statement.columns[name] == nil { statement.columns[name] = Int(field) }
                statement.types.append(PQftype(result, field))
            }
            statements[sql] = statement
        }
        return try (0..<PQntuples(result)).map { row in
            let values = try statement.types.indices.map { try PostgresValue.read(result, row: row, field: Int32($0), type: statement.types[$0]) }
            return LedgerRow(columns: statement.columns, values: values)
        }
    }

    func run(_ sql: String, _ values: [LedgerValue]) throws -> Int {
        let result = try execute(sql, values)
        defer { PQclear(result) }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    /// Goes without waiting: a round trip less for each such statement. Its answer is read with that of the next one which
    /// is waited for.
    func send(_ sql: String, _ values: [LedgerValue]) throws {
        let statement = try prepared(sql, values)
        guard PQpipelineStatus(connection) != PQ_PIPELINE_OFF || PQenterPipelineMode(connection) == 1 else { throw failure(sql, nil) }
        try dispatch(statement, sql, values)
        if ahead.count >= Self.mostAhead { try settle() }
    }

    /// What other sessions have told, read without waiting.
    func notifications() throws -> [(payload: String, sender: Int32)] {
        guard PQconsumeInput(connection) == 1 else { throw failure("", nil) }
        var found: [(String, Int32)] = []
        while let notification = PQnotifies(connection) {
            found.append((String(cString: notification.pointee.extra), notification.pointee.be_pid))
            PQfreemem(notification)
        }
        return found
    }

    private func execute(_ sql: String, _ values: [LedgerValue]) throws -> OpaquePointer? {
        let statement = try prepared(sql, values)
        if !ahead.isEmpty {
            try dispatch(statement, sql, values)
            return try lastAnswer()
        }
        try send(statement, sql, values)
        return try answer(to: sql)
    }

    private func dispatch(_ statement: Statement, _ sql: String, _ values: [LedgerValue]) throws {
        try send(statement, sql, values)
        ahead.append(sql)
    }

    private func send(_ statement: Statement, _ sql: String, _ values: [LedgerValue]) throws {
        let sent = PostgresParameters(values).with { pointers, lengths, formats in
            PQsendQueryPrepared(connection, statement.name, Int32(values.count), pointers, lengths, formats, 0)
        }
        guard sent == 1 else { throw failure(sql, nil) }
    }

    /// Waits until all has been answered that was sent as one.
    ///
    /// - Returns: the last result.
    /// - Throws: the first error.
    private func answer(to sql: String) throws -> OpaquePointer? {
        var last: OpaquePointer?
        var failed: PostgresError?
        while let result = try wire.next(sql) {
            PQclear(last)
            last = result
            if failed == nil { do { try check(result, sql) } catch { failed = error } }
        }
        if let failed {
            PQclear(last)
            throw failed
        }
        return last
    }

    /// Waits until nothing is on its way. Throws the first error among what was.
    private func settle() throws {
        if !ahead.isEmpty { PQclear(try lastAnswer()) }
    }

    /// Waits likewise; the answer to the last statement sent.
    private func lastAnswer() throws -> OpaquePointer? {
        let statements = ahead
        ahead = []
        guard PQpipelineSync(connection) == 1 else { throw failure(statements[0], nil) }
        var answer: OpaquePointer?
        var failed: PostgresError?
        for sql in statements {
            PQclear(answer)
            answer = try wire.next(sql)
            // After a failure the server passes over all others, and says so of each.
            if failed == nil { do { try check(answer, sql) } catch { failed = error } }
            while let end = try wire.next(sql) { PQclear(end) }
        }
        // The answer to the sync.
        PQclear(try wire.next(statements[0]))
        let isOff = PQexitPipelineMode(connection) == 1
        if let error = failed ?? (isOff ? nil : lostTrack(statements[0])) {
            PQclear(answer)
            throw error
        }
        return answer
    }

    /// What comes from the server is not what was asked for: the session is of no more use.
    private func lostTrack(_ sql: String) -> PostgresError {
        var error = failure(sql, nil)
        error.lostConnection = true
        return error
    }

    private func prepared(_ sql: String, _ values: [LedgerValue]) throws -> Statement {
        if let statement = statements[sql] { return statement }
        try settle()
        let statement = Statement(name: "s\(statements.count)")
        let types = values.map(PostgresValue.type)
        guard PQsendPrepare(connection, statement.name, PostgresDialect.translate(sql), Int32(types.count), types) == 1 else {
            throw failure(sql, nil)
        }
        PQclear(try answer(to: sql))
        statements[sql] = statement
        return statement
    }

    private func check(_ result: OpaquePointer?, _ sql: String) throws(PostgresError) {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return
        default: throw failure(sql, result)
        }
    }

    private func failure(_ sql: String, _ result: OpaquePointer?) -> PostgresError {
        // 'C', the field of the SQLSTATE.
        let state = PQresultErrorField(result, 67).map { String(cString: $0) }
        let text = result.map { String(cString: PQresultErrorMessage($0)) } ?? String(cString: PQerrorMessage(connection))
        let lost = PQstatus(connection) != CONNECTION_OK || state.map { $0.hasPrefix("08") || $0.hasPrefix("57P") } ?? false
        return PostgresError(
            sqlState: state, message: text.split(whereSeparator: \.isNewline).joined(separator: "; "), sql: sql, lostConnection: lost)
    }
}
