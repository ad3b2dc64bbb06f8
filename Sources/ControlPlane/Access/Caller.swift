import Hummingbird
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
    /// The name of an API token.
    var name: String?
    /// The session of a browser; nil for a caller who sent the credential itself.
    var sessionID: String?

    /// Before it is known who calls.
    static let nobody = Caller(tenant: "", scopes: [], runnerID: "")

    /// Anyone, where there is no authentication: the loopback address is the only protection.
    static let anyone = Caller(tenant: Tenant.standard, scopes: Set(AccessScope.allCases))

    func may(_ scope: AccessScope) -> Bool { scopes.contains { $0 >= scope } }

    func speaks(for runnerID: String) -> Bool { self.runnerID == nil || self.runnerID == runnerID }
}

/// Why a call is turned away before it is looked at, as a problem and the headers that go with it.
struct AccessRefusal: Error {
    var problem: Problem
    var headers: HTTPFields = [:]

    /// 401, as RFC 6750 has it; `reason` is for programs.
    static func unauthenticated(_ detail: String, reason: Reason) -> AccessRefusal {
        var challenge = #"Bearer realm="lynx""#
        if reason != .missing { challenge += #", error="invalid_token", error_description="\#(reason.rawValue)""# }
        return AccessRefusal(
            problem: Problem(title: "Not authenticated", status: 401, detail: detail), headers: [.wwwAuthenticate: challenge])
    }

    enum Reason: String { case missing, unknown, expired, revoked }

    static func forbidden(_ detail: String) -> AccessRefusal {
        AccessRefusal(problem: Problem(title: "Forbidden", status: 403, detail: detail))
    }

    /// A runner's credential used in another's name.
    static func cannotSpeak(for runnerID: String, _ caller: Caller) -> AccessRefusal {
        forbidden("the credential is runner '\(caller.runnerID ?? "")'s; it cannot speak for '\(runnerID)'")
    }

    static func tooManyFailures(retryAfter seconds: Int) -> AccessRefusal {
        AccessRefusal(
            problem: Problem(
                title: "Too many failed logins", status: 429,
                detail: "too many calls with unknown tokens came from this address; try again in \(seconds) s"),
            headers: [.retryAfter: "\(seconds)"])
    }
}
