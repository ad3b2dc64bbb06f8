/// A runner takes back every result of its own that rests on a basis: body of `POST /runner/v1/retractions`. Since 1.4.
///
/// The control plane remembers it. It takes back what it has, and later what arrives of attempts that were handed out before;
/// so the order in which results and retraction arrive plays no part.
public struct Retraction: Codable, Hashable, Sendable {
    /// The most that a basis may have, in bytes of UTF-8.
    public static let mostBasisBytes = 1024
    /// The most that a reason may have, in bytes of UTF-8.
    public static let mostReasonBytes = 4096

    public var runnerID: String
    /// As in `ResultMetadata.basis`.
    public var basis: String
    /// One line for a person.
    public var reason: String

    public init(runnerID: String, basis: String, reason: String) {
        self.runnerID = runnerID
        self.basis = basis
        self.reason = reason
    }

    private enum CodingKeys: String, CodingKey {
        case basis, reason
        case runnerID = "runner_id"
    }
}
