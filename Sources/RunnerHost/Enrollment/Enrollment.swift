import FoundationEssentials
import LynxModel

/// How a runner obtains its credential at its start: from its state directory, or else with an enrolment token.
struct Enrollment: Sendable {
    let controlPlane: String
    /// The credential's file in the state directory.
    let path: String
    /// Nil if the configuration names none: the control plane may not require credentials.
    let tokenFile: String?
    let request: EnrollRequest
    let log: RunnerLog

    /// The runner's credential; nil if there is neither a credential nor a token. Waits for a control plane that does not
    /// respond.
    ///
    /// - Throws: `StartupError` for invalid files; `ControlPlaneError` if the control plane refuses.
    func keeper(_ client: ControlPlaneClient) async throws -> CredentialKeeper? {
        if let stored = try CredentialKeeper.load(path) {
            guard stored.controlPlane == controlPlane else {
                throw StartupError(
                    "\(path) is the credential for \(stored.controlPlane), not for \(controlPlane); "
                        + "set control_plane_url back, or remove the file and enrol this runner anew")
            }
            return CredentialKeeper(stored, runnerID: request.runnerID, path: path, log: log)
        }
        guard let tokenFile else { return nil }
        let token = try Self.token(tokenFile)
        var backoff = Backoff()
        while true {
            do {
                let credential = StoredCredential(try await client.enroll(request, token: token), controlPlane: controlPlane)
                try CredentialKeeper.store(credential, at: path)
                log.enrolled(server: controlPlane)
                return CredentialKeeper(credential, runnerID: request.runnerID, path: path, log: log)
            } catch let error as ControlPlaneError {
                guard case .retry(let notBefore) = error.advice else { throw error }
                log.notEnrolledYet(error)
                try await Task.sleep(for: max(backoff.next(), notBefore ?? .zero))
            }
        }
    }

    private static func token(_ path: String) throws(StartupError) -> String {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw StartupError("enrollment_token_file: cannot read '\(path)'; 'lynxctl runner enroll' makes what it is to hold")
        }
        let token = String(decoding: content, as: UTF8.self).filter { !$0.isWhitespace }
        guard token.hasPrefix("lynx_enroll_"), token.utf8.count <= 128 else {
            throw StartupError("enrollment_token_file: '\(path)' holds no enrolment token; it is one line that begins with lynx_enroll_")
        }
        return token
    }
}
