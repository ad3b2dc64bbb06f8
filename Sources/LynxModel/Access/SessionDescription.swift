public import FoundationEssentials

/// Answer to `GET /session`: who the caller is taken for.
public struct SessionDescription: Codable, Hashable, Sendable {
    /// Whether this control plane asks callers who they are.
    public var authentication: Bool
    /// Nil for a caller who has not said who they are.
    public var tenant: String?
    /// Of the token that the caller logged in with.
    public var tokenName: String?
    public var scopes: [AccessScope]?
    /// When the session ends, unless its token is revoked before.
    public var expiresAt: Date?

    public init(authentication: Bool, tenant: String? = nil, tokenName: String? = nil, scopes: [AccessScope]? = nil, expiresAt: Date? = nil) {
        self.authentication = authentication
        self.tenant = tenant
        self.tokenName = tokenName
        self.scopes = scopes
        self.expiresAt = expiresAt
    }

    private enum CodingKeys: String, CodingKey {
        case authentication, tenant, scopes
        case tokenName = "token_name"
        case expiresAt = "expires_at"
    }
}
