import Hummingbird
import LynxModel

/// Turns away calls that a foreign web page made a browser on this machine send, also a page from another port, and
/// those that reached a loopback address under another name (DNS rebinding).
struct LoopbackOnlyMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if let authority = request.head.authority, !ControlPlaneConfiguration.isLoopback(Self.host(ofAuthority: authority)) {
            throw Problem(title: "Forbidden", status: 403, detail: "this control plane is 'localhost', not '\(authority)'")
        }
        try CallOrigin(request).check()
        return try await next(request, context)
    }

    /// `localhost` of `localhost:8080`, `::1` of `[::1]:8080`.
    static func host(ofAuthority authority: String) -> String {
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }
}
