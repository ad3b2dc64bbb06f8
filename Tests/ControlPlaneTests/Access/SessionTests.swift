import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LynxModel
import Testing

@testable import ControlPlane

@Suite("Logging in with a browser", .timeLimit(.minutes(5)))
struct SessionTests {
    private static let sameOrigin: HTTPFields = [.fetchSite: "same-origin"]

    private static func logIn(_ token: String, _ client: any TestClientProtocol) async throws -> TestResponse {
        try await client.call(.post, "/session", LoginRequest(token: token), headers: sameOrigin)
    }

    /// The headers of a page's call with the cookie that it was given.
    private static func cookie(_ response: TestResponse, _ more: HTTPFields = sameOrigin) throws -> HTTPFields {
        var headers = more
        headers[.cookie] = "theme=dark; " + String(try #require(response.headers[.setCookie]).prefix { $0 != ";" })
        return headers
    }

    @Test("A token is exchanged for a cookie that scripts cannot read, with which its holder does what the token may", arguments: TestDriver.allCases)
    func session(driver: TestDriver) async throws {
        let plane = try GuardedControlPlane(driver)
        let token = try await plane.token("lab", .submit)
        let batch = try await plane.ledger.submit(TestLedger.submission(), tenant: "lab").batchID
        let foreign = try await plane.ledger.submit(TestLedger.submission(), tenant: "other").batchID
        try await plane.test { client in
            let before: SessionDescription = try await client.get("/session")
            #expect(before == SessionDescription(authentication: true))
            let login = try await Self.logIn(token, client)
            #expect(login.status == .created)
            let attributes = try #require(login.headers[.setCookie]).split(separator: ";").dropFirst().map { String($0.drop { $0 == " " }) }
            #expect(attributes.sorted() == ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Strict"])
            #expect(!String(buffer: login.body).contains("lynx_session"))
            #expect(!(login.headers[.setCookie] ?? "").contains(token))
            let cookie = try Self.cookie(login)
            let described: SessionDescription = try await client.call(.get, "/session", headers: cookie).decode()
            #expect(described.tenant == "lab" && described.scopes == [.submit] && described.tokenName == "test")

            let list = try await client.call(.get, "/batches", headers: cookie)
            #expect(try list.decode(BatchList.self).batches.map(\.batchID) == [batch])
            #expect(list.headers[.cacheControl] == "no-store")
            #expect(try await client.call(.get, "/batches/\(foreign)", headers: cookie).status == .notFound)
            #expect(try await client.call(.post, "/batches/\(batch)/cancel", headers: cookie).status == .ok)
            #expect(try await client.call(.get, "/tokens", headers: cookie).status == .forbidden)

            let gone = try await client.call(.delete, "/session", headers: cookie)
            #expect(gone.status == .noContent)
            #expect(gone.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try await client.call(.get, "/batches", headers: cookie).status == .unauthorized)
        }
    }

    @Test("It ends with its token, and after half a day") func ends() async throws {
        let plane = try GuardedControlPlane()
        let issued = try await plane.ledger.createToken(TokenRequest(name: "t", scopes: [.read]), tenant: "lab")
        let short = try await plane.token("lab", .read, days: 1.0 / 24)
        try await plane.test { client in
            let cookies = try await [issued.secret, issued.secret, short].map { $0 }.asyncMap { try Self.cookie(try await Self.logIn($0, client)) }
            for cookie in cookies { #expect(try await client.call(.get, "/batches", headers: cookie).status == .ok) }
            plane.clock.advance(by: 3601)
            #expect(try await client.call(.get, "/batches", headers: cookies[2]).status == .unauthorized)
            #expect(try await client.call(.get, "/batches", headers: cookies[0]).status == .ok)
            try await plane.ledger.revokeToken(issued.token.tokenID, tenant: "lab")
            #expect(try await client.call(.get, "/batches", headers: cookies[0]).status == .unauthorized)
            let after: SessionDescription = try await client.call(.get, "/session", headers: cookies[1]).decode()
            #expect(after.tenant == nil)
        }
        let other = try GuardedControlPlane()
        let token = try await other.token("lab", .read)
        try await other.test { client in
            let cookie = try Self.cookie(try await Self.logIn(token, client))
            other.clock.advance(by: 12 * 3600 - 1)
            #expect(try await client.call(.get, "/batches", headers: cookie).status == .ok)
            other.clock.advance(by: 2)
            #expect(try await client.call(.get, "/batches", headers: cookie).status == .unauthorized)
        }
    }

    @Test("Another site's page can neither use a session nor begin one") func foreignSites() async throws {
        let plane = try GuardedControlPlane()
        let token = try await plane.token("lab", .admin)
        let batch = try await plane.ledger.submit(TestLedger.submission(), tenant: "lab").batchID
        try await plane.test(.live) { client in
            let login = try await Self.logIn(token, client)
            let foreign: [HTTPFields] = [
                [.fetchSite: "cross-site", .origin: "https://evil.example"], [.fetchSite: "same-site", .origin: "http://localhost:1"],
                [.origin: "https://evil.example"], [.origin: "null"],
            ]
            for headers in foreign {
                let cookie = try Self.cookie(login, headers)
                for (method, path) in [(HTTPRequest.Method.get, "/batches"), (.post, "/batches/\(batch)/cancel"), (.delete, "/session")] {
                    _ = try await client.problem(method, path, headers: cookie, status: 403)
                }
                _ = try await client.problem(.post, "/session", LoginRequest(token: token), headers: headers, status: 403)
            }
            // A browser says of every call that changes something where it comes from.
            let unsaid = try Self.cookie(login, [:])
            _ = try await client.problem(.post, "/batches/\(batch)/cancel", headers: unsaid, status: 403)
            #expect(try await client.call(.get, "/batches", headers: unsaid).status == .ok)
            let own = try Self.cookie(login, [.origin: "http://localhost"])
            #expect(try await client.call(.get, "/batches", headers: own).status == .ok)
            #expect(try await client.call(.post, "/batches/\(batch)/cancel", headers: try Self.cookie(login)).status == .ok)
        }
    }

    @Test("Only an API token logs in, and guessing is slowed down") func refused() async throws {
        let plane = try GuardedControlPlane()
        let runner = try await plane.enrolled("r1")
        try await plane.test { client in
            #expect(try await Self.logIn(runner, client).status == .forbidden)
            for wrong in ["", "x", Secret.make(.api).text, Secret.make(.session).text] {
                let response = try await Self.logIn(wrong, client)
                #expect(response.status == .unauthorized)
                #expect(response.headers[.setCookie] == nil)
                plane.clock.advance(by: 3)
            }
            var last = HTTPResponse.Status.ok
            for _ in 0..<30 { last = try await Self.logIn(Secret.make(.api).text, client).status }
            #expect(last == .tooManyRequests)
        }
    }

    @Test("The secret of a session is no token, and a token in a cookie is no session") func mixedUp() async throws {
        let plane = try GuardedControlPlane()
        let token = try await plane.token("lab", .read)
        try await plane.test { client in
            let pair = try #require(try await Self.logIn(token, client).headers[.setCookie]).prefix { $0 != ";" }.split(separator: "=")
            #expect(try await client.call(.get, "/batches", as: String(pair[1])).status == .unauthorized)
            let headers: HTTPFields = [.fetchSite: "same-origin", .cookie: "\(pair[0])=\(token)"]
            #expect(try await client.call(.get, "/batches", headers: headers).status == .unauthorized)
            // A token that is sent counts, whatever cookie comes with it.
            let both: HTTPFields = [.authorization: "Bearer \(token)", .cookie: "\(pair[0])=\(Secret.make(.session).text)"]
            #expect(try await client.call(.get, "/batches", headers: both).status == .ok)
        }
    }

    @Test("Over TLS the cookie is sent over TLS alone, and each control plane on a machine has its own") func cookies() {
        let secret = Secret.make(.session)
        let plain = SessionCookie(port: 8080, isSecure: false), secure = SessionCookie(port: 8080, isSecure: true)
        #expect(plain.header(secret, seconds: 5) == "lynx_session_8080=\(secret.text); Path=/; Max-Age=5; HttpOnly; SameSite=Strict")
        #expect(secure.header(secret, seconds: 5).hasPrefix("__Host-lynx_session_8080="))
        #expect(secure.header(secret, seconds: 5).hasSuffix("; Secure"))
        #expect(plain.secret(in: [.cookie: "a=b; lynx_session_8080=\(secret.text)"]) == secret)
        #expect(SessionCookie(port: 8081, isSecure: false).secret(in: [.cookie: "lynx_session_8080=\(secret.text)"]) == nil)
        #expect(plain.secret(in: [.cookie: "lynx_session_8080="]) == nil)
    }

    @Test("Without authentication nobody is asked, and there is nothing to log in to") func withoutAuthentication() async throws {
        try await TestControlPlane().test(.live) { client in
            let session: SessionDescription = try await client.get("/session")
            #expect(!session.authentication && session.scopes == AccessScope.allCases)
            _ = try await client.problem(.post, "/session", LoginRequest(token: "x"), status: 409)
            // What reached the loopback address under another name, or comes from a page of another port, is refused.
            _ = try await client.problem(.get, "/session", headers: [.fetchSite: "same-site", .origin: "http://localhost:1"], status: 403)
        }
    }
}

extension Array {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async throws -> [Value] {
        var result: [Value] = []
        for element in self { result.append(try await transform(element)) }
        return result
    }
}
