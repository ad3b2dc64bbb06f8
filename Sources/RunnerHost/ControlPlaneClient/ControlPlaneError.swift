package import LynxModel

/// Why a call to the control plane brought no usable answer.
package struct ControlPlaneError: Error, Hashable, Sendable {
    package enum Cause: Hashable, Sendable {
        /// No answer at all: refused, reset, timed out, name not found.
        case unreachable(String)
        /// An answer with a status that the call does not know as a success.
        case status(Int, Problem?, retryAfter: Duration?)
        /// A success whose body is not what the protocol says; most often another server's page.
        case unintelligible(String)
        /// A control plane of a version that this runner does not understand.
        case incompatible(version: String)
        /// A person has taken this runner's credential away.
        case revoked
    }

    /// Path of the call below the control plane's URL.
    package var call: String
    /// The control plane's URL, as configured.
    package var server: String
    package var cause: Cause

    /// What the caller should do about it. Everything that decides between trying again and giving up reads this.
    package enum Advice: Hashable, Sendable {
        /// It may work later; not before `notBefore` from now, when the server asked for that.
        case retry(notBefore: Duration?)
        /// The control plane does not know this runner, or what the call is about.
        case registerAgain
        /// The attempt is this runner's no longer.
        case stale
        /// Nothing wrong with the request: a person must set the URL or the rights first.
        case misconfigured
        /// What should have come before this has not.
        case incomplete
        /// The same request will be refused again.
        case refused
        /// The control plane wants nothing more of this runner: end what it gave.
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
            // Request Timeout, Too Early and Too Many Requests are about the moment, not the request.
            case 408, 425, 429: .retry(notBefore: retryAfter)
            case 400..<500: .refused
            default: .retry(notBefore: retryAfter)
            }
        }
    }

    /// The answer was in the form in which control planes say what is wrong.
    var isProblem: Bool {
        if case .status(_, .some, _) = cause { true } else { false }
    }

    /// The HTTP status, if there was an answer.
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
