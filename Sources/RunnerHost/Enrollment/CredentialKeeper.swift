import EventLoop
import FoundationEssentials
import Glibc
package import LynxModel
import Support

/// What proves to the control plane who this runner is: at hand for calls, and in the state directory for the next start.
///
/// It renews itself when a call comes in the second half of its life, or when the control plane takes it no more. A new
/// one is on disk before it is used, because its first use ends the one before it.
package actor CredentialKeeper {
    /// Gets a new credential for the one that is held.
    package typealias Renew = @Sendable (_ secret: String) async throws -> RunnerCredential

    nonisolated let runnerID: String
    private nonisolated let path: String
    private let log: RunnerLog
    private var held: StoredCredential
    private var renewal: Task<Void, Never>?
    private var notBefore = ContinuousClock.now

    /// How long after a failed renewal the next one is tried.
    private static let pause = Duration.seconds(5)

    init(_ credential: StoredCredential, runnerID: String, path: String, log: RunnerLog) {
        self.runnerID = runnerID
        held = credential
        self.path = path
        self.log = log
    }

    /// What to send with a call, renewed first if it is time. That it could not be renewed is no reason not to call.
    func secret(renewingBy renew: @escaping Renew) async -> String {
        if Date.now >= held.renewAt, .now >= notBefore { await renewOnce(renew) }
        return held.secret
    }

    /// What to send instead of a secret that was refused; nil if there is nothing newer.
    func replacement(for refused: String, renewingBy renew: @escaping Renew) async -> String? {
        if held.secret == refused { await renewOnce(renew) }
        return held.secret == refused ? nil : held.secret
    }

    nonisolated func discard() { unlink(path) }

    /// One renewal at a time, whoever asks for it, and to its end, whoever stops waiting.
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

    /// The ledger may have been taken back to a copy, which knows what this runner had then.
    ///
    /// - Returns: whether it knew one.
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
                    // Who tries many secrets is slowed down.
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

    /// Nil where there is none.
    /// - Throws: `StartupError` for a file that cannot be read, or that others may read.
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
