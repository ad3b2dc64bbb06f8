import HTTPTypes
import Hummingbird
import LynxModel

/// Which site's page made a browser send a call.
///
/// Source: W3C Fetch Metadata Request Headers; RFC 6454 (7). Pages cannot write these headers themselves.
enum CallOrigin: Hashable, Sendable {
    /// Nothing is said: no browser sent it, or one too old to say.
    case unsaid
    /// A page of this server, or the user, by the address bar or a bookmark.
    case own
    /// A link elsewhere was followed: the answer is shown as a page of its own, which the other site's page cannot read.
    case followedLink
    case foreign(String)

    init(_ request: Request) {
        let origin = request.headers[.origin]
        switch request.headers[.fetchSite] {
        case "same-origin", "none":
            self = .own
        case let site?:
            let isReading = request.method == .get || request.method == .head
            let isPage = request.headers[.fetchMode] == "navigate" && request.headers[.fetchDestination] == "document"
            self = isReading && isPage ? .followedLink : .foreign(origin ?? "a \(site) page")
        case nil:
            guard let origin else {
                self = .unsaid
                return
            }
            let authority = origin.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map { $0.lowercased() }
            self = authority != nil && authority == request.head.authority?.lowercased() ? .own : .foreign(origin)
        }
    }

    /// - Throws: a 403 `Problem` for a call that another site's page made a browser send.
    func check() throws {
        if case .foreign(let origin) = self {
            throw Problem(title: "Forbidden", status: 403, detail: "pages from '\(origin)' may not call this control plane")
        }
    }

    /// For a call whose credential the browser adds by itself: one that changes something must be known to be the page's own.
    ///
    /// - Throws: a 403 `Problem`.
    func check(whoseCookie request: Request) throws {
        try check()
        if self == .unsaid, request.method != .get, request.method != .head {
            throw Problem(
                title: "Forbidden", status: 403,
                detail: "a call by cookie must say where it comes from: send 'Origin', or a token in 'Authorization' instead of the cookie")
        }
    }
}

extension HTTPField.Name {
    static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let fetchMode = HTTPField.Name("Sec-Fetch-Mode")!
    static let fetchDestination = HTTPField.Name("Sec-Fetch-Dest")!
}
