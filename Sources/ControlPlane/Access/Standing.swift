import FoundationEssentials
import Hummingbird
import Synchronization

/// Whether a caller who was let in may stay while what they asked for is being sent. Answers that are sent for long would
/// otherwise outlive the token that they were asked for with.
final class Standing: Sendable {
    /// The credential is looked up again at most so often, in seconds.
    private static let pace = 2.0

    private let ledger: Ledger
    /// Nil where nobody is asked who they are.
    private let credentialID: String?
    private let sessionID: String?
    private let next: Mutex<Date>

    init(of caller: Caller, _ ledger: Ledger) {
        self.ledger = ledger
        credentialID = caller.credentialID
        sessionID = caller.sessionID
        next = Mutex(ledger.clock.now().addingTimeInterval(Self.pace))
    }

    /// False once the credential has been revoked, has expired, or is gone, or the browser is logged out.
    func isGood() async throws -> Bool {
        guard let credentialID else { return true }
        let now = ledger.clock.now()
        let isDue = next.withLock { next in
            guard now >= next else { return false }
            next = now.addingTimeInterval(Self.pace)
            return true
        }
        return isDue ? try await ledger.isInForce(credentialID, sessionID: sessionID) : true
    }

    /// The body, which breaks off when the caller may not have the rest of it.
    func watch(_ body: ResponseBody) -> ResponseBody {
        if credentialID == nil { return body }
        return ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(
                writer.map { buffer in
                    guard try await self.isGood() else { throw AccessRefusal.unauthenticated("the token is in force no more", reason: .revoked) }
                    return buffer
                })
        }
    }
}
