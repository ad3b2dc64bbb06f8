import LynxDocument

/// Tokens, and the enrolment of runners.
extension Endpoint {
    package static var tokens: Endpoint<Void, TokenList> {
        .init(
            .get, "/tokens", .scope(.admin), .access, "The tenant's API and enrolment tokens, newest first.",
            answers: [.ok("Without their secrets.")])
    }

    package static var createToken: Endpoint<TokenRequest, IssuedToken> {
        .init(
            .post, "/tokens", .scope(.admin), .access, "Make an API token.",
            answers: [.created("The only time that the secret is told.")])
    }

    package static var revokeToken: Endpoint<Void, Void> {
        .init(
            .delete, "/tokens/\(.token)", .scope(.admin), .access, "Revoke a token.",
            answers: [.noContent("Revoked; also when it was already."), .notFound])
    }

    package static var createEnrollment: Endpoint<EnrollmentRequest, IssuedToken> {
        .init(
            .post, "/runners/enrollments", .scope(.admin), .access, "Make an enrolment token, good for one runner.",
            answers: [.created("The only time that the secret is told.")])
    }

    package static var revokeRunner: Endpoint<Void, Void> {
        .init(
            .post, "/runners/\(.runner)/revoke", .scope(.admin), .access, "Shut a runner out at once.",
            answers: [.noContent("Its credentials are void and its attempts lost."), .notFound])
    }

    package static var enroll: Endpoint<EnrollRequest, RunnerCredential> {
        .init(
            .post, "/runner/v1/enroll", .enrollment, .runnerProtocol, "Exchange an enrolment token for a credential.",
            answers: [.ok("A credential."), .conflict])
    }

    package static var renew: Endpoint<RenewRequest, RunnerCredential> {
        .init(
            .post, "/runner/v1/renew", .renewal, .runnerProtocol, "Exchange a credential for a fresh one.",
            answers: [.ok("A credential."), .conflict])
    }
}

extension EndpointParameter {
    package static let token = EndpointParameter(.path, "token", .text(["minLength": 1]), "A token's id.", component: "Token")
}
