import HTTPTypes
import Hummingbird

/// The cookie that carries a session's secret: out of reach of scripts, and sent only with calls that a page of this very
/// server makes.
///
/// Source: RFC 6265bis (4.1.3.2, the prefix `__Host-`).
struct SessionCookie: Sendable {
    private let name: String
    private let isSecure: Bool

    /// - Parameters:
    ///   - port: browsers keep one set of cookies for all ports of a host; with the port in its name, each control plane on a
    ///     machine has its own.
    ///   - isSecure: whether browsers reach this server over TLS.
    init(port: Int, isSecure: Bool) {
        name = "\(isSecure ? "__Host-" : "")lynx_session_\(port)"
        self.isSecure = isSecure
    }

    /// The secret that a call came with; nil where there is none, or none that could be one.
    func secret(in headers: HTTPFields) -> Secret? {
        for header in headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0] == name, let secret = Secret(String(parts[1])), secret.kind == .session { return secret }
            }
        }
        return nil
    }

    /// The value of `Set-Cookie`.
    ///
    /// - Parameter seconds: how long the browser is to keep it.
    func header(_ secret: Secret, seconds: Int) -> String { text(secret.text, seconds) }

    /// The value of `Set-Cookie` that makes a browser forget the session.
    var removal: String { text("", 0) }

    private func text(_ value: String, _ seconds: Int) -> String {
        "\(name)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict\(isSecure ? "; Secure" : "")"
    }
}
