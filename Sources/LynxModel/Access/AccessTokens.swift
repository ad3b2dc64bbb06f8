public import FoundationEssentials

/// Body of `POST /tokens`.
public struct TokenRequest: Codable, Hashable, Sendable {
    /// For people: who or what the token is for.
    public var name: String
    public var scopes: [AccessScope]
    /// Absent: it does not expire.
    public var expiresInDays: Double?

    public init(name: String, scopes: [AccessScope], expiresInDays: Double? = nil) {
        self.name = name
        self.scopes = scopes
        self.expiresInDays = expiresInDays
    }

    private enum CodingKeys: String, CodingKey {
        case name, scopes
        case expiresInDays = "expires_in_days"
    }
}

/// Body of `POST /runners/enrollments`.
public struct EnrollmentRequest: Codable, Hashable, Sendable {
    /// For people: which runner it is for.
    public var name: String?
    /// Absent: an hour.
    public var expiresInMinutes: Double?
    /// The simulation types that the runner may declare; absent: any.
    public var simulationTypes: [String]?

    public init(name: String? = nil, expiresInMinutes: Double? = nil, simulationTypes: [String]? = nil) {
        self.name = name
        self.expiresInMinutes = expiresInMinutes
        self.simulationTypes = simulationTypes
    }

    private enum CodingKeys: String, CodingKey {
        case name
        case expiresInMinutes = "expires_in_minutes"
        case simulationTypes = "simulation_types"
    }
}

/// An API token or an enrolment token, without its secret.
public struct TokenDescription: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, CaseIterable, Sendable {
        case api
        /// Good for one runner.
        case enroll
    }

    public var tokenID: String
    public var kind: Kind
    public var tenant: String
    public var name: String
    /// Empty for an enrolment token.
    public var scopes: [AccessScope]
    /// Of an enrolment token: the types that the runner may declare; absent: any.
    public var simulationTypes: [String]?
    public var createdAt: Date
    /// Absent: never.
    public var expiresAt: Date?
    public var revokedAt: Date?
    /// The runner that used it, if it is an enrolment token.
    public var usedBy: String?

    public init(
        tokenID: String, kind: Kind, tenant: String, name: String, scopes: [AccessScope], simulationTypes: [String]? = nil,
        createdAt: Date, expiresAt: Date?, revokedAt: Date? = nil, usedBy: String? = nil
    ) {
        self.tokenID = tokenID
        self.kind = kind
        self.tenant = tenant
        self.name = name
        self.scopes = scopes
        self.simulationTypes = simulationTypes
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.usedBy = usedBy
    }

    private enum CodingKeys: String, CodingKey {
        case kind, tenant, name, scopes
        case tokenID = "token_id"
        case simulationTypes = "simulation_types"
        case createdAt = "created_at"
        case expiresAt = "expires_at"
        case revokedAt = "revoked_at"
        case usedBy = "used_by"
    }
}

/// Answer to `POST /tokens` and `POST /runners/enrollments`: the only time that the secret is told.
public struct IssuedToken: Codable, Hashable, Sendable {
    /// What to send as `Authorization: Bearer …`.
    public var secret: String
    public var token: TokenDescription

    public init(secret: String, token: TokenDescription) {
        self.secret = secret
        self.token = token
    }
}

/// Answer to `GET /tokens`: newest first.
public struct TokenList: Codable, Hashable, Sendable {
    public var tokens: [TokenDescription]

    public init(tokens: [TokenDescription]) { self.tokens = tokens }
}
