import LynxDocument

/// Logging in with a browser.
extension Endpoint {
    package static var session: Endpoint<Void, SessionDescription> {
        .init(
            .get, "/session", .open, .access, "Whether the caller is logged in, and what it may do.",
            remarks: "Without a `tenant`, the caller is not logged in and has to be.",
            answers: [.ok("By cookie, or by token.", example: ["authentication": true, "tenant": "lab", "token_name": "ci", "scopes": ["submit"]])])
    }

    package static var logIn: Endpoint<LoginRequest, SessionDescription> {
        .init(
            .post, "/session", .open, .access, "Exchange an API token for a session cookie.",
            remarks: """
                For browsers: the cookie is out of reach of scripts and is sent to this server alone. The session ends after 12 hours, \
                with its token, or when it is logged out.
                """,
            answers: [.created("Logged in; `Set-Cookie` has the session."), .conflict])
    }

    package static var logOut: Endpoint<Void, Void> {
        .init(.delete, "/session", .open, .access, "End the session.", answers: [.noContent("It has ended; also if there was none.")])
    }
}

/// The body of `POST /session`.
package struct LoginRequest: Codable, Hashable, Sendable {
    /// An API token.
    package var token: String

    package init(token: String) { self.token = token }
}
