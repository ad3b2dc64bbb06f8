/// Body of `POST /runner/v1/enroll`, sent with an enrolment token.
public struct EnrollRequest: Codable, Hashable, Sendable {
    public var runnerID: String
    /// For people.
    public var name: String
    /// What this runner will ever register with; its simulation types are the only jobs it can get.
    public var capabilities: RunnerCapabilities

    public init(runnerID: String, name: String, capabilities: RunnerCapabilities) {
        self.runnerID = runnerID
        self.name = name
        self.capabilities = capabilities
    }

    private enum CodingKeys: String, CodingKey {
        case name, capabilities
        case runnerID = "runner_id"
    }
}

/// Body of `POST /runner/v1/renew`, sent with the credential that is to be replaced, which may have expired.
public struct RenewRequest: Codable, Hashable, Sendable {
    public var runnerID: String

    public init(runnerID: String) { self.runnerID = runnerID }

    private enum CodingKeys: String, CodingKey {
        case runnerID = "runner_id"
    }
}

/// Answer to both: what the runner is to send as `Authorization: Bearer …` from now on.
///
/// The credential before it stays good until it expires or this one is first used, so an answer that gets lost costs nothing.
public struct RunnerCredential: Codable, Hashable, Sendable {
    public var runnerID: String
    public var secret: String
    /// In seconds from now; the runner's clock may be off.
    public var expiresInSeconds: Double

    public init(runnerID: String, secret: String, expiresInSeconds: Double) {
        self.runnerID = runnerID
        self.secret = secret
        self.expiresInSeconds = expiresInSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case secret
        case runnerID = "runner_id"
        case expiresInSeconds = "expires_in_seconds"
    }
}

/// What a runner says in its own name.
public protocol RunnerMessage: Decodable, Sendable {
    var runnerID: String { get }
}

extension EnrollRequest: RunnerMessage {}
extension RenewRequest: RunnerMessage {}
extension RegisterRequest: RunnerMessage {}
extension ClaimRequest: RunnerMessage {}
extension HeartbeatRequest: RunnerMessage {}
extension StartedReport: RunnerMessage {}
extension AttemptReport: RunnerMessage {}
extension ResultGroup: RunnerMessage {}
extension Retraction: RunnerMessage {}
extension LeaveRequest: RunnerMessage {}
extension ArtifactManifest: RunnerMessage {}
