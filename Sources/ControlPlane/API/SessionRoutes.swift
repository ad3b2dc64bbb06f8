import FoundationEssentials
import Hummingbird
import LynxModel

/// Logging in with a browser, and out.
extension API {
    var sessionRoutes: [Route] {
        [
            raw(.session) { request, context in
                var response = try Response.json(try await describe(request, context))
                response.headers[.cacheControl] = "no-store"
                return response
            },
            raw(.logIn, logIn),
            raw(.logOut) { request, context in
                let cookie = gate.cookie(context)
                if let secret = cookie.secret(in: request.headers) {
                    try CallOrigin(request).check(whoseCookie: request)
                    try await ledger.endSession(secret)
                }
                return Response(status: .noContent, headers: [.setCookie: cookie.removal])
            },
        ]
    }

    private func describe(_ request: Request, _ context: APIContext) async throws -> SessionDescription {
        guard configuration.authentication else {
            return SessionDescription(authentication: false, tenant: Caller.anyone.tenant, scopes: AccessScope.allCases)
        }
        guard let secret = gate.cookie(context).secret(in: request.headers), let session = try await ledger.session(secret) else {
            return SessionDescription(authentication: true)
        }
        return SessionDescription(session)
    }

    @Sendable private func logIn(_ request: Request, _ context: APIContext) async throws -> Response {
        // Else another site's page could log its visitors in as somebody else, and see what they then do.
        try CallOrigin(request).check()
        guard configuration.authentication else {
            throw Problem(
                title: "No authentication", status: 409,
                detail: "this control plane was started without --auth: there is nothing to log in to")
        }
        let wanted = try await request.body(of: .logIn, from: context.caller)
        let token = try await gate.token(toLogInWith: wanted.token, request, context)
        let cookie = gate.cookie(context)
        if let earlier = cookie.secret(in: request.headers) { try await ledger.endSession(earlier) }
        let (session, secret) = try await ledger.beginSession(with: token)
        context.logger.loggedIn(session)
        var response = try Response.json(SessionDescription(session), status: .created)
        let seconds = Int((session.expiresAt - ledger.clock.now().instant) / 1000)
        response.headers[.setCookie] = cookie.header(secret, seconds: max(1, seconds))
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

extension SessionDescription {
    fileprivate init(_ session: Session) {
        self.init(
            authentication: true, tenant: session.token.tenant, tokenName: session.token.name, scopes: session.token.scopes,
            expiresAt: Date(instant: session.expiresAt))
    }
}
