package import LynxModel

/// A failed call to the control plane.
package struct ControlPlaneError: Error, Hashable, Sendable {
    package enum Cause: Hashable, Sendable {
        /// There was no response: connection refused or reset, timeout, or name not found.
        case unreachable(String)
        /// The response has a status that is not a success of this call.
        case status(Int, Problem?, retryAfter: Duration?)
        /// The response is a success but does not follow the protocol; usually it comes from another server.
        case unintelligible(String)
        /// The control plane has a protocol version that this runner does not understand.
        case incompatible(version: String)
        /// A user has revoked this runner's credential.
        case revoked
    }

    /// The path of the call below the control plane's URL.
    package var call: String
    /// The control plane's URL, as configured.
    package var server: String
    package var cause: Cause

    /// What the caller should do. All decisions between retrying and giving up are based on this.
    package enum Advice: Hashable, Sendable {
        /// The call may succeed later, but not before `notBefore` from now if the server requested that.
        case retry(notBefore: Duration?)
        /// The control plane does not know this runner or the object of the call.
        case registerAgain
        /// The attempt no longer belongs to this runner.
        case stale
        /// The request is valid, but a user has to correct the URL or the permissions first.
        case misconfigured
        /// An earlier call that this one depends on is missing.
        case incomplete
        /// The same request will be refused again.
        case refused
        /// The control plane has revoked this runner: it has to stop what it was given.
        case revoked
    }

    package var advice: Advice {
        switch cause {
        case .unreachable, .unintelligible: .retry(notBefore: nil)
        case .incompatible: .refused
        case .revoked: .revoked
        case .status(let status, _, let retryAfter):
            switch status {
            case 401, 404: .registerAgain
            case 300..<400, 403: .misconfigured
            case 409: .stale
            case 428: .incomplete
            // Request Timeout, Too Early and Too Many Requests depend on the moment, not on the request.
            case 408, 425, 429: .retry(notBefore: retryAfter)
            case 400..<500: .refused
            default: .retry(notBefore: retryAfter)
            }
        }
    }

    /// Whether the response was a problem document, as control planes send.
    var isProblem: Bool {
        if case .status(_, .some, _) = cause { true } else { false }
    }

    /// Whether a file was asked for, and what there is of it is not what it should be: too short, too long, or known to be damaged.
    var isOfDamage: Bool {
        switch cause {
        case .unintelligible: true
        case .status(_, let problem, _): problem?.title == "File damaged"
        case .unreachable, .incompatible, .revoked: false
        }
    }

    /// The HTTP status; nil without a response.
    package var status: Int? {
        if case .status(let status, _, _) = cause { status } else { nil }
    }
}

extension ControlPlaneError: CustomStringConvertible {
    package var description: String {
        switch cause {
        case .unreachable(let reason):
            return "control plane \(server) does not answer \(call): \(reason)"
        case .revoked:
            return "control plane \(server) has revoked this runner; what ran was stopped, and results not delivered stay in the spool; "
                + "to use this machine again, start it with a new enrolment token"
        case .unintelligible(let reason):
            return "control plane \(server) answered \(call) with something else: \(reason)"
        case .incompatible(let version):
            return "control plane \(server) speaks protocol \(version), this runner \(RunnerProtocol.version), "
                + "its earlier minor versions, and one later; update the older of the two"
        case .status(let status, let problem, _):
            var text = "control plane \(server) answered \(call) with status \(status)"
            if let problem {
                text += ": \(problem.detail ?? problem.title)"
                for error in problem.errors ?? [] { text += "; \(error.field): \(error.detail)" }
            }
            return text
        }
    }
}
