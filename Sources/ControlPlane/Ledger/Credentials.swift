import FoundationEssentials
import LynxModel

/// What a credential turned out to be.
enum Authentication: Hashable, Sendable {
    /// There is no such id, or the secret is another.
    case unknown
    case revoked(CredentialRecord)
    /// - isRenewable: it may still be exchanged for a new one.
    case expired(CredentialRecord, isRenewable: Bool)
    case valid(CredentialRecord)
}

extension Ledger {
    /// Looks a credential up, each time anew: a revocation acts on the next call, whichever control plane it was made at.
    func authenticate(_ secret: Secret) async throws -> Authentication {
        let (row, now) = try await read { (try $0.row(SQL.credential, [.text(secret.id)]), $1) }
        // A row that is not there takes as long as one that does not match.
        let record = try row.map { try CredentialRecord($0) }
        let matches = secret.matches(record?.digest ?? String(repeating: "0", count: 64))
        guard let record, matches, record.kind == secret.kind else { return .unknown }
        if record.revokedAt != nil { return .revoked(record) }
        if record.hasExpired(at: now) {
            return .expired(record, isRenewable: record.kind == .runner && now - (record.expiresAt ?? 0) <= Self.renewalGrace)
        }
        return .valid(record)
    }

    /// The credential that a caller came with, as it is now.
    func credential(_ caller: Caller) async throws -> CredentialRecord {
        let id = caller.credentialID ?? ""
        guard let row = try await driver.read({ try $0.row(SQL.credential, [.text(id)]) }) else { throw LedgerError.noSuchToken(id) }
        return try CredentialRecord(row)
    }

    /// Whether a credential that was good is good still, and the session that it was used through, if it was.
    func isInForce(_ id: String, sessionID: String? = nil) async throws -> Bool {
        try await read { connection, now in
            guard let row = try connection.row(SQL.credential, [.text(id)]) else { return false }
            if let sessionID {
                let end = try connection.row(SQL.session, [.text(sessionID)])?.instant("session_expires_at") ?? 0
                if end <= now { return false }
            }
            let record = try CredentialRecord(row)
            return record.revokedAt == nil && !record.hasExpired(at: now)
        }
    }

    /// Notes that a runner's credential was used, which ends those that it replaces.
    func used(_ record: CredentialRecord) async throws {
        guard record.kind == .runner, record.firstUsedAt == nil, let runnerID = record.runnerID else { return }
        try await transaction { transaction in
            try transaction.connection.send(SQL.firstUse, [.instant(transaction.now), .text(record.id)])
            try transaction.connection.send(SQL.deleteReplacedCredentials, [.text(runnerID), .text(record.id)])
        }
    }

    /// Makes an API token.
    func createToken(_ request: TokenRequest, tenant: String) async throws -> IssuedToken {
        try await issue(.make(.api), name: request.name, tenant: tenant, days: request.expiresInDays) { $0.scopes = request.scopes.sorted() }
    }

    /// Makes a token that enrols one runner.
    func createEnrollment(_ request: EnrollmentRequest, tenant: String) async throws -> IssuedToken {
        let days = (request.expiresInMinutes ?? 60) / 1440
        return try await issue(.make(.enroll), name: request.name ?? "", tenant: tenant, days: days) { $0.allowedTypes = request.simulationTypes }
    }

    private func issue(
        _ secret: Secret, name: String, tenant: String, days: Double?, _ set: @escaping @Sendable (inout CredentialRecord) -> Void
    ) async throws -> IssuedToken {
        let record = try await transaction { transaction in
            let now = transaction.now
            var record = CredentialRecord(
                secret, tenant: tenant, name: name, createdAt: now, expiresAt: days.map { now + Instant($0 * 86_400_000) })
            set(&record)
            try transaction.connection.send(SQL.insertCredential, try record.inserted())
            return record
        }
        guard let description = record.description else { throw StorageError.unexpected("a runner's credential among tokens") }
        return IssuedToken(secret: secret.text, token: description)
    }

    /// API and enrolment tokens, newest first.
    func tokens(tenant: String) async throws -> [TokenDescription] {
        try await driver.read { connection in
            try connection.rows(SQL.tokens, [.text(tenant)]).compactMap { try CredentialRecord($0).description }
        }
    }

    /// Ends a token at once. Revoking one again changes nothing.
    func revokeToken(_ id: String, tenant: String) async throws {
        try await transaction { transaction in
            let changed = try transaction.connection.run(SQL.revokeToken, [.instant(transaction.now), .text(id), .text(tenant)])
            guard changed > 0 else { throw LedgerError.noSuchToken(id) }
        }
    }
}
