public import FoundationEssentials

/// Why a runner gets no jobs until somebody resumes it: too many of its attempts in a row were lost or never started.
public struct Quarantine: Codable, Hashable, Sendable {
    public var since: Date
    public var reason: String

    public init(since: Date, reason: String) {
        self.since = since
        self.reason = reason
    }
}
