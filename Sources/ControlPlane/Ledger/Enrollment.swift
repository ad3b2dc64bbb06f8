import FoundationEssentials
import LynxModel

extension Ledger {
    /// How long after its end a runner's credential may still be renewed: an outage of days needs no person.
    static let renewalGrace: Instant = 30 * 86_400_000

    /// Exchanges an enrolment token for a runner's first credential.
    ///
    /// The token is good for one runner. Should the answer get lost, that runner may ask again for as long as the token
    /// lives and the credential that was lost has not been used.
    ///
    /// - Throws: `LedgerError.notEnrollable` where the token was used, or the runner is enrolled already.
    func enroll(_ request: EnrollRequest, with token: CredentialRecord, lifetime: Instant) async throws -> RunnerCredential {
        let secret = Secret.make(.runner)
        var scope = WriteScope(runner: request.runnerID)
        scope.runners.insert(token.id)
        try await transaction(scope) { transaction in
            let connection = transaction.connection
            // As it is now: two calls may have found the token unused.
            guard let row = try connection.row(SQL.credential, [.text(token.id)]) else { throw LedgerError.noSuchToken(token.id) }
            if let user = try CredentialRecord(row).runnerID, try user != request.runnerID || !transaction.hasOnlyUnused(user) {
                throw LedgerError.notEnrollable("this enrolment token has been used; ask for a new one")
            }
            try transaction.checkFree(request.runnerID, tenant: token.tenant)
            try connection.send(SQL.deleteCredentialsOfRunner, [.text(request.runnerID)])
            try connection.send(SQL.pardonRunner, [.text(request.runnerID)])
            try connection.send(SQL.useEnrollment, [.text(request.runnerID), .instant(transaction.now), .text(token.id)])
            var record = CredentialRecord(
                secret, tenant: token.tenant, name: request.name, createdAt: transaction.now, expiresAt: transaction.now + lifetime)
            record.runnerID = request.runnerID
            record.capabilities = request.capabilities
            try connection.send(SQL.insertCredential, try record.inserted())
        }
        return RunnerCredential(runnerID: request.runnerID, secret: secret.text, expiresInSeconds: Double(lifetime) / 1000)
    }

    /// Makes the credential that is to follow `old`, which stays good until it expires or the new one is used.
    func renew(_ old: CredentialRecord, lifetime: Instant) async throws -> RunnerCredential {
        guard let runnerID = old.runnerID else { throw StorageError.unexpected("a runner's credential without its runner") }
        let secret = Secret.make(.runner)
        try await transaction(WriteScope(runner: runnerID)) { transaction in
            // A revocation may have come in between.
            guard let row = try transaction.connection.row(SQL.credential, [.text(old.id)]), try row.instant("revoked_at") == nil else {
                throw LedgerError.notEnrollable("runner '\(runnerID)' has been revoked")
            }
            var record = CredentialRecord(
                secret, tenant: old.tenant, name: old.name, createdAt: transaction.now, expiresAt: transaction.now + lifetime)
            record.runnerID = runnerID
            record.capabilities = old.capabilities
            try transaction.connection.send(SQL.insertCredential, try record.inserted())
        }
        return RunnerCredential(runnerID: runnerID, secret: secret.text, expiresInSeconds: Double(lifetime) / 1000)
    }

    /// Ends a runner's credentials and leases at once. Revoking it again changes nothing.
    func revokeRunner(_ runnerID: String, tenant: String) async throws {
        try await transaction(WriteScope(runner: runnerID)) { transaction in
            let (connection, now) = (transaction.connection, transaction.now)
            let credentials = try connection.run(SQL.revokeCredentialsOfRunner, [.instant(now), .text(runnerID), .text(tenant)])
            if let row = try connection.row(SQL.runner, [.text(runnerID)]), try row.text("tenant") == tenant {
                try transaction.loseJobs(of: runnerID, message: "runner '\(runnerID)' was revoked") { _ in true }
                try connection.send(SQL.revokeRunner, [.instant(now), .instant(now), .text(runnerID)])
                // Its calls that are being held are to end.
                transaction.announceWork()
                transaction.call(runnerID)
            } else if credentials == 0 {
                throw LedgerError.noSuchRunner(runnerID)
            }
        }
    }

    func tenant(ofBatch batchID: String) async throws -> String? {
        do {
            return try await plan(batchID: batchID).tenant
        } catch LedgerError.noSuchBatch {
            return nil
        }
    }

    func tenant(ofRunner runnerID: String) async throws -> String? {
        try await driver.read { try $0.row(SQL.tenantOfRunner, [.text(runnerID), .text(runnerID)])?.text("tenant") }
    }
}

extension LedgerTransaction {
    /// Whether the runner has a credential, and has never used or lost one: the answer that it was in did not arrive.
    fileprivate func hasOnlyUnused(_ runnerID: String) throws -> Bool {
        let credentials = try connection.rows(SQL.credentialsOfRunner, [.text(runnerID)]).map { try CredentialRecord($0) }
        return !credentials.isEmpty && credentials.allSatisfy { $0.firstUsedAt == nil && $0.revokedAt == nil }
    }

    /// - Throws: `LedgerError.notEnrollable` if the runner is another tenant's, or has a credential in use: who holds an
    ///   enrolment token is not to take over what a running runner has.
    fileprivate func checkFree(_ runnerID: String, tenant: String) throws {
        let remedy = "to give the new runner an identity of its own, remove 'runner-id' from its state directory"
        let owners = try connection.rows(SQL.tenantOfRunner, [.text(runnerID), .text(runnerID)])
        guard try owners.allSatisfy({ try $0.text("tenant") == tenant }) else {
            throw LedgerError.notEnrollable("the runner id '\(runnerID)' is taken; \(remedy)")
        }
        let inUse = try connection.rows(SQL.credentialsOfRunner, [.text(runnerID)]).map { try CredentialRecord($0) }.contains {
            $0.revokedAt == nil && $0.firstUsedAt != nil && ($0.expiresAt ?? .max) + Ledger.renewalGrace > now
        }
        guard !inUse else {
            throw LedgerError.notEnrollable(
                "runner '\(runnerID)' is enrolled already; to enrol it anew, revoke it first; \(remedy)")
        }
    }
}
