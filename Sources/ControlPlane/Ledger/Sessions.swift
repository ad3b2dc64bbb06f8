import LynxModel

/// A browser that is logged in, and the token that it was logged in with.
struct Session: Hashable, Sendable {
    var id: String
    /// As it is now: what it may do, the session may, and where it ends, the session does.
    var token: CredentialRecord
    var expiresAt: Instant
}

extension Ledger {
    /// A session ends half a day after it began, or with its token if that is earlier.
    static let sessionMilliseconds: Instant = 12 * 3_600_000

    /// Begins a session; the secret is told only here.
    func beginSession(with token: CredentialRecord) async throws -> (Session, Secret) {
        let secret = Secret.make(.session)
        return try await transaction { transaction in
            let latest = transaction.now + Self.sessionMilliseconds
            let session = Session(id: secret.id, token: token, expiresAt: min(latest, token.expiresAt ?? latest))
            // Those of browsers that were closed: nobody ends them.
            try transaction.connection.send(SQL.forgetSessions, [.instant(transaction.now)])
            try transaction.connection.send(
                SQL.insertSession, [.text(session.id), .text(secret.digest), .text(token.id), .instant(session.expiresAt)])
            return (session, secret)
        }
    }

    /// Looks a session and its token up, each time anew; nil if one of them has ended or never was.
    func session(_ secret: Secret) async throws -> Session? {
        let (row, now) = try await read { (try $0.row(SQL.session, [.text(secret.id)]), $1) }
        let stored = try row?.text("session_sha256")
        guard secret.matches(stored ?? String(repeating: "0", count: 64)), let row else { return nil }
        let token = try CredentialRecord(row)
        guard let end = try row.instant("session_expires_at"), end > now, token.revokedAt == nil, !token.hasExpired(at: now) else { return nil }
        return Session(id: secret.id, token: token, expiresAt: end)
    }

    /// Ends a session; one that has ended already stays so.
    func endSession(_ secret: Secret) async throws {
        try await transaction { try $0.connection.send(SQL.endSession, [.text(secret.id), .text(secret.digest)]) }
    }
}

extension SQL {
    /// Values: session_id, the digest of its secret, token_id, its end.
    static let insertSession = "INSERT INTO sessions (session_id, session_sha256, token_id, session_expires_at) VALUES (?, ?, ?, ?)"

    /// With its token's row.
    static let session = """
        SELECT session_sha256, session_expires_at, credentials.* FROM sessions JOIN credentials ON credential_id = token_id
        WHERE session_id = ?
        """

    /// Values: session_id, the digest of its secret.
    static let endSession = "DELETE FROM sessions WHERE session_id = ? AND session_sha256 = ?"

    /// Values: the time.
    static let forgetSessions = "DELETE FROM sessions WHERE session_expires_at <= ?"
}
