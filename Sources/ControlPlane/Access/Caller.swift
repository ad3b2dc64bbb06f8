import LynxModel

/// Who a call comes from.
struct Caller: Hashable, Sendable {
    /// Every batch and runner that the caller can see belongs to it.
    var tenant: String
    var scopes: Set<AccessScope>
    /// The only runner that the caller can speak for; nil: any, as is the case without authentication.
    var runnerID: String?
    /// What that runner declared when it was enrolled; nil: nothing limits it.
    var declared: RunnerCapabilities?
    /// The credential that it came with.
    var credentialID: String?

    /// Before it is known who calls.
    static let nobody = Caller(tenant: "", scopes: [], runnerID: "")

    /// Anyone, where there is no authentication: the loopback address is the only protection.
    static let anyone = Caller(tenant: Tenant.standard, scopes: Set(AccessScope.allCases))

    func may(_ scope: AccessScope) -> Bool { scopes.contains { $0 >= scope } }

    func speaks(for runnerID: String) -> Bool { self.runnerID == nil || self.runnerID == runnerID }
}

/// Who may call a route.
enum RouteAccess: Hashable, Sendable {
    /// Anyone, also without a token.
    case open
    /// An API token with this scope, or one that includes it.
    case scope(AccessScope)
    /// A runner, with its own credential.
    case runner
    /// A runner-to-be, with an enrolment token.
    case enrollment
    /// A runner whose credential may have expired.
    case renewal
}
