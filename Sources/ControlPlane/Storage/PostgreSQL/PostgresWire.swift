import CPostgres
import Glibc

/// The connection under a session: waits for what the server answers, and notices a server that has stopped answering, or
/// a network that has swallowed its answers. libpq's own calls wait without a limit, so none of them is used that waits.
struct PostgresWire {
    let connection: OpaquePointer
    let location: PostgresLocation
    let patience: PostgresPatience
    /// A session that finds out about another asks nobody in its turn.
    let isProbe: Bool

    /// The next result of what was sent; nil at its end.
    ///
    /// - Throws: the error of a connection that is lost, or given up.
    func next(_ sql: String) throws(PostgresError) -> OpaquePointer? {
        let start = ContinuousClock.now
        while true {
            let unsent = PQflush(connection)
            // Of a connection that is lost, the result tells why.
            if unsent <= 0, PQisBusy(connection) == 0 { return PQgetResult(connection) }
            try wait(unsent > 0 ? Int16(POLLIN | POLLOUT) : Int16(POLLIN), since: start, sql)
            if PQconsumeInput(connection) == 0, PQstatus(connection) == CONNECTION_OK {
                throw lost(String(cString: PQerrorMessage(connection)), sql)
            }
        }
    }

    /// Returns when the socket is ready.
    private func wait(_ events: Int16, since start: ContinuousClock.Instant, _ sql: String) throws(PostgresError) {
        while true {
            var socket = pollfd(fd: PQsocket(connection), events: events, revents: 0)
            let ready = poll(&socket, 1, Int32(patience.answer / .milliseconds(1)))
            if ready > 0 || ready < 0 && errno == EINTR { return }
            if ready < 0 { throw lost(String(cString: strerror(errno)), sql) }
            if let limit = patience.statement, ContinuousClock.now - start >= limit {
                throw lost("no answer within \(limit / .seconds(1)) s", sql)
            }
            guard !isProbe, isAtWork() else {
                // It may have answered in the meantime.
                if poll(&socket, 1, 0) > 0 { return }
                throw lost("no answer for \(patience.answer / .seconds(1)) s", sql)
            }
        }
    }

    /// Whether the server, asked on another connection, says that it is still at work for this one.
    private func isAtWork() -> Bool {
        do {
            let session = try PostgresSession(location, patience, isProbe: true)
            let state = try session.script("SELECT state FROM pg_stat_activity WHERE pid = \(PQbackendPID(connection))")
            return state.map { !$0.hasPrefix("idle") } ?? false
        } catch {
            return false
        }
    }

    private func lost(_ reason: String, _ sql: String) -> PostgresError {
        PostgresError(message: reason.split(whereSeparator: \.isNewline).joined(separator: "; "), sql: sql, lostConnection: true)
    }
}
