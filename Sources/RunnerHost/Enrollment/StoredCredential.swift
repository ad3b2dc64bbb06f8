package import FoundationEssentials
import LynxModel

/// A runner's credential as it lies in the state directory.
package struct StoredCredential: Codable, Hashable, Sendable {
    package var secret: String
    /// The control plane that gave it; it is sent to no other.
    package var controlPlane: String
    /// When it is to be renewed, by this machine's clock.
    package var renewAt: Date
    /// The secrets before this one, newest first: what a ledger knows that was taken back to a copy.
    package var earlier: [String]?

    private static let mostEarlier = 64

    package init(secret: String, controlPlane: String, renewAt: Date) {
        self.secret = secret
        self.controlPlane = controlPlane
        self.renewAt = renewAt
    }

    /// What follows this one.
    func followed(by credential: RunnerCredential, inPlaceOf secret: String) -> StoredCredential {
        var next = StoredCredential(credential, controlPlane: controlPlane)
        let known = [self.secret] + (earlier ?? [])
        // Those that came after `secret` are unknown to the ledger.
        next.earlier = Array((known.firstIndex(of: secret).map { known[$0...] } ?? known[...]).prefix(Self.mostEarlier))
        return next
    }

    /// One that was just given; half of its life later it is to be renewed.
    init(_ credential: RunnerCredential, controlPlane: String) {
        self.init(
            secret: credential.secret, controlPlane: controlPlane,
            renewAt: Date.now.addingTimeInterval(max(0, credential.expiresInSeconds) / 2))
    }

    private enum CodingKeys: String, CodingKey {
        case secret, earlier
        case controlPlane = "control_plane"
        case renewAt = "renew_at"
    }
}
