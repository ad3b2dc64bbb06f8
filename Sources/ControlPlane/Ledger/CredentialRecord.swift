import FoundationEssentials
import LynxModel

/// One row of what proves who calls: an API token, an enrolment token or a runner's credential.
struct CredentialRecord: Hashable, Sendable {
    var id: String
    var kind: Secret.Kind
    var tenant: String
    var name: String
    var digest: String
    var scopes: [AccessScope] = []
    /// Whose it is; of an enrolment token, who used it.
    var runnerID: String?
    /// What an enrolment token lets a runner declare; nil: anything.
    var allowedTypes: [String]?
    /// What a runner declared when it was enrolled.
    var capabilities: RunnerCapabilities?
    var createdAt: Instant
    var expiresAt: Instant?
    var firstUsedAt: Instant?
    var revokedAt: Instant?

    /// A new one for `secret`.
    init(_ secret: Secret, tenant: String, name: String, createdAt: Instant, expiresAt: Instant?) {
        id = secret.id
        kind = secret.kind
        self.tenant = tenant
        self.name = name
        digest = secret.digest
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    init(_ row: LedgerRow) throws {
        id = try row.text("credential_id")
        kind = try row.token("kind")
        tenant = try row.text("tenant")
        name = try row.text("name")
        digest = try row.text("secret_sha256")
        scopes = try row.text("scopes").split(separator: " ").compactMap { AccessScope(rawValue: String($0)) }
        runnerID = try row.optionalText("runner_id")
        allowedTypes = try row.optionalText("allowed_types").map { try WireJSON.decode([String].self, from: Data($0.utf8)) }
        capabilities = try row.optionalText("capabilities").map { try WireJSON.decode(RunnerCapabilities.self, from: Data($0.utf8)) }
        createdAt = try row.instant("created_at") ?? 0
        expiresAt = try row.instant("expires_at")
        firstUsedAt = try row.instant("first_used_at")
        revokedAt = try row.instant("revoked_at")
    }

    func inserted() throws -> [LedgerValue] {
        func json(_ value: (some Encodable)?) throws -> LedgerValue {
            .text(try value.map { String(decoding: try WireJSON.encode($0), as: UTF8.self) })
        }
        return [
            .text(id), .text(kind.rawValue), .text(tenant), .text(name), .text(digest),
            .text(scopes.map(\.rawValue).joined(separator: " ")), .text(runnerID), try json(allowedTypes), try json(capabilities),
            .instant(createdAt), .instant(expiresAt),
        ]
    }

    func hasExpired(at now: Instant) -> Bool { expiresAt.map { $0 <= now } ?? false }

    /// As users see it; nil for a runner's credential, which is not a token.
    var description: TokenDescription? {
        guard let kind = TokenDescription.Kind(rawValue: kind.rawValue) else { return nil }
        return TokenDescription(
            tokenID: id, kind: kind, tenant: tenant, name: name, scopes: scopes, simulationTypes: allowedTypes,
            createdAt: Date(instant: createdAt), expiresAt: expiresAt.map { Date(instant: $0) },
            revokedAt: revokedAt.map { Date(instant: $0) }, usedBy: runnerID)
    }
}
