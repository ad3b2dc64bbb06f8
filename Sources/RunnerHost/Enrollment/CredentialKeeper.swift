import EventLoop
package import FoundationEssentials
import Glibc
package import LynxModel
import Support

/// A runner's credential for the control plane: in memory for calls, and in the state directory for the next start.
///
/// It is renewed when a call is made in the second half of its life, or when the control plane refuses it. A new credential is
/// on disk before it is used, because its first use invalidates the previous one.
package actor CredentialKeeper {
    /// Exchanges the current secret for a new credential.
    package typealias Renew = @Sendable (_ secret: String) async throws -> RunnerCredential

    nonisolated let runnerID: String
    private nonisolated let path: String
    private let log: RunnerLog
    private var held: StoredCredential
    private var renewal: Task<Void, Never>?
    private var notBefore = ContinuousClock.now

    /// The pause after a failed renewal.
    private static let pause = Duration.seconds(5)

    init(_ credential: StoredCredential, runnerID: String, path: String, log: RunnerLog) {
        self.runnerID = runnerID
        held = credential
        self.path = path
        self.log = log
    }

    /// The secret for a call, renewed first if it is due. If the renewal fails, the present secret is used.
    func secret(renewingBy renew: @escaping Renew) async -> String {
        if Date.now >= held.renewAt, .now >= notBefore { await renewOnce(renew) }
        return held.secret
    }

    /// The secret to use in place of one that was refused; nil if there is none newer.
    func replacement(for refused: String, renewingBy renew: @escaping Renew) async -> String? {
        if held.secret == refused { await renewOnce(renew) }
        return held.secret == refused ? nil : held.secret
    }

    nonisolated func discard() { unlink(path) }

    /// Performs one renewal at a time, to its end even if its callers are cancelled.
    private func renewOnce(_ renew: @escaping Renew) async {
        if let renewal { return await renewal.value }
        let task = Task { await replace(by: renew) }
        renewal = task
        await task.value
    }

    private func replace(by renew: Renew) async {
        defer { renewal = nil }
        do {
            try await replace(held.secret, by: renew)
        } catch {
            if (error as? ControlPlaneError)?.status == 401, await replaceEarlier(by: renew) { return }
            notBefore = .now + Self.pause
            log.credentialNotRenewed(error)
        }
    }

    private func replace(_ secret: String, by renew: Renew) async throws {
        let next = held.followed(by: try await renew(secret), inPlaceOf: secret)
        try Self.store(next, at: path)
        held = next
        log.credentialRenewed()
    }

    /// Tries earlier secrets: the ledger may have been restored from a backup, which holds the secret of that time.
    ///
    /// - Returns: whether one was accepted.
    private func replaceEarlier(by renew: Renew) async -> Bool {
        let earlier = held.earlier ?? []
        if earlier.isEmpty { return false }
        log.credentialUnknown(trying: earlier.count)
        for secret in earlier {
            var isKnown: Bool?
            while isKnown == nil {
                do {
                    try await replace(secret, by: renew)
                    return true
                } catch let error as ControlPlaneError where error.status == 401 {
                    isKnown = false
                } catch let error as ControlPlaneError where error.status == 429 {
                    // The control plane slows down callers that try many secrets.
                    guard case .retry(let notBefore) = error.advice else { return false }
                    do { try await TaskTimers.shared.sleep(for: notBefore ?? .seconds(3)) } catch { return false }
                } catch {
                    return false
                }
            }
        }
        return false
    }

    static func store(_ credential: StoredCredential, at path: String) throws {
        try DurableFile.replace(path, with: try WireJSON.encode(credential))
    }

    /// Nil if there is no credential.
    ///
    /// - Throws: `StartupError` if the file cannot be read, or is readable by other users.
    static func load(_ path: String) throws(StartupError) -> StoredCredential? {
        let content: Data?
        do throws(FileError) {
            content = try DurableFile.read(path)
        } catch {
            throw StartupError("credential: \(error)")
        }
        guard let content else { return nil }
        guard let credential = try? WireJSON.decode(StoredCredential.self, from: content) else {
            throw StartupError("\(path) does not hold a credential; remove it, and enrol this runner anew")
        }
        return credential
    }
}

/// A runner's credential as stored in the state directory.
package struct StoredCredential: Codable, Hashable, Sendable {
    package var secret: String
    /// The control plane that issued the credential; it is sent to no other.
    package var controlPlane: String
    /// The time of the renewal, by this machine's clock.
    package var renewAt: Date
    /// The previous secrets, newest first, which a ledger restored from a backup may expect.
    package var earlier: [String]?

    private static let mostEarlier = 64

    package init(secret: String, controlPlane: String, renewAt: Date) {
        self.secret = secret
        self.controlPlane = controlPlane
        self.renewAt = renewAt
    }

    /// The successor of this credential.
    func followed(by credential: RunnerCredential, inPlaceOf secret: String) -> StoredCredential {
        var next = StoredCredential(credential, controlPlane: controlPlane)
        let known = [self.secret] + (earlier ?? [])
        // The ledger does not know the secrets after `secret`.
        next.earlier = Array((known.firstIndex(of: secret).map { known[$0...] } ?? known[...]).prefix(Self.mostEarlier))
        return next
    }

    /// A new credential, to be renewed after half of its life.
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
