import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import LynxModel
import Testing

@testable import ControlPlane

@Suite("Who may call what", .serialized)
struct AccessTests {
    /// The path of a route with the ids of things that are there.
    private static func path(_ route: API.Route, batch: String, runner: String, token: String) -> String {
        route.path.description.split(separator: "/").map { part in
            switch part {
            case ":batch", "{batch}": batch
            case ":job", "{job}": "\(batch)-0"
            case ":runner", "{runner}": runner
            case ":token", "{token}": token
            default: String(part)
            }
        }.reduce("") { "\($0)/\($1)" }
    }

    @Test("No route but the open ones answers without a token, with a made-up one, or with one of the wrong kind")
    func everyRouteAsks() async throws {
        let plane = try GuardedControlPlane()
        let admin = try await plane.token("lab", .admin)
        let runner = try await plane.enrolled("r1")
        let batch = try await plane.ledger.submit(TestLedger.submission(), tenant: "lab").batchID
        let madeUp = Secret.make(.api).text
        try await plane.test { client in
            #expect(plane.routes.count >= 25)
            var open: [String] = []
            for route in plane.routes {
                let path = Self.path(route, batch: batch, runner: "r1", token: "x")
                if route.endpoint.access == .open {
                    open.append(path)
                    continue
                }
                for token in [nil, madeUp] {
                    let response = try await client.call(route.method, path, as: token)
                    #expect(response.status == .unauthorized, "\(route.method) \(path)")
                    #expect(response.headers[.wwwAuthenticate]?.hasPrefix("Bearer ") == true, "\(route.method) \(path)")
                    if token != nil { plane.clock.advance(by: 3) }
                }
                let wrongKind = if case .scope = route.endpoint.access { runner } else { admin }
                let refused = try await client.call(route.method, path, as: wrongKind)
                #expect(refused.status == .forbidden, "\(route.method) \(path)")
            }
            #expect(Set(open).isSubset(of: ["/healthz", "/readyz", "/openapi.json", "/session"]))
        }
    }

    @Test("A token does what its scope includes, and no more", arguments: TestDriver.allCases)
    func scopes(driver: TestDriver) async throws {
        let plane = try GuardedControlPlane(driver)
        let tokens = [
            AccessScope.read: try await plane.token("lab", .read), .submit: try await plane.token("lab", .submit),
            .admin: try await plane.token("lab", .admin),
        ]
        try await plane.test { client in
            for route in plane.routes {
                guard case .scope(let needed) = route.endpoint.access else { continue }
                let path = Self.path(route, batch: "x", runner: "x", token: "x")
                for (scope, token) in tokens {
                    let status = try await client.call(route.method, path, as: token).status
                    #expect((status == .forbidden) == (scope < needed), "\(route.method) \(path) with \(scope): \(status)")
                    #expect(status.code < 500)
                }
            }
        }
    }

    @Test("To another tenant's token, what is there answers as what is not: every route, word for word", arguments: TestDriver.allCases)
    func foreignTenant(driver: TestDriver) async throws {
        let plane = try GuardedControlPlane(driver)
        let batch = try await plane.ledger.submit(TestLedger.submission(), tenant: "lab").batchID
        _ = try await plane.enrolled("r1")
        try await plane.ledger.register(TestLedger.registration("r1"), tenant: "lab")
        let token = try await plane.ledger.createToken(TokenRequest(name: "t", scopes: [.read]), tenant: "lab").token.tokenID
        let stranger = try await plane.token("other", .admin)
        try await plane.test { client in
            for route in plane.routes {
                guard case .scope = route.endpoint.access, route.path.description.contains(where: { $0 == ":" || $0 == "{" }) else { continue }
                let there = Self.path(route, batch: batch, runner: "r1", token: token)
                let absent = Self.path(route, batch: "absent", runner: "absent", token: "absent")
                let first = try await client.call(route.method, there, as: stranger)
                let second = try await client.call(route.method, absent, as: stranger)
                #expect(first.status == .notFound, "\(route.method) \(there)")
                let words = String(buffer: first.body)
                    .replacing(batch, with: "absent").replacing("'r1'", with: "'absent'").replacing(token, with: "absent")
                #expect(words == String(buffer: second.body), "\(route.method) \(there)")
            }
            let batches: BatchList = try await client.call(.get, "/batches", as: stranger).decode()
            #expect(batches.batches.isEmpty)
            let runners: RunnerList = try await client.call(.get, "/runners", as: stranger).decode()
            #expect(runners.runners.isEmpty)
            let tokens: TokenList = try await client.call(.get, "/tokens", as: stranger).decode()
            #expect(tokens.tokens.map(\.tenant) == ["other"])
            let others = Cursor(number: .max, text: batch).encoded
            #expect(try await client.call(.get, "/batches?cursor=\(others)", as: stranger).decode(BatchList.self).batches.isEmpty)
        }
        #expect(try await plane.ledger.overview(batchID: batch).batch.status == .pending)
        #expect(try await plane.ledger.runner("r1").status == .idle)
        #expect(try await plane.ledger.tokens(tenant: "lab").first { $0.tokenID == token }?.revokedAt == nil)
    }

    @Test("Tokens are made, listed without secrets, revoked, and expire", arguments: TestDriver.allCases)
    func tokens(driver: TestDriver) async throws {
        let plane = try GuardedControlPlane(driver)
        let admin = try await plane.token("lab", .admin)
        try await plane.test { client in
            let made = try await client.call(.post, "/tokens", as: admin, TokenRequest(name: "ci", scopes: [.submit], expiresInDays: 1))
            #expect(made.status == .created)
            let issued: IssuedToken = try made.decode()
            #expect(issued.token.tenant == "lab")
            #expect(try await client.call(.get, "/batches", as: issued.secret).status == .ok)
            #expect(try await client.call(.get, "/tokens", as: issued.secret).status == .forbidden)

            let list = try await client.call(.get, "/tokens", as: admin)
            #expect(try list.decode(TokenList.self).tokens.map(\.name).contains("ci"))
            #expect(!String(buffer: list.body).contains(issued.secret.suffix(43)))

            plane.clock.advance(by: 86_400)
            let late = try await client.call(.get, "/batches", as: issued.secret)
            #expect(late.status == .unauthorized)
            #expect(late.headers[.wwwAuthenticate]?.contains("expired") == true)

            let other: IssuedToken = try await client.call(.post, "/tokens", as: admin, TokenRequest(name: "x", scopes: [.read])).decode()
            #expect(try await client.call(.get, "/batches", as: other.secret).status == .ok)
            for _ in 0..<2 { #expect(try await client.call(.delete, "/tokens/\(other.token.tokenID)", as: admin).status == .noContent) }
            let revoked = try await client.call(.get, "/batches", as: other.secret)
            #expect(revoked.status == .unauthorized)
            #expect(revoked.headers[.wwwAuthenticate]?.contains("revoked") == true)
        }
    }

    @Test("A token that can't be made is refused by field", arguments: [
        (#"{"name": "", "scopes": ["read"]}"#, "name"), (#"{"name": "x", "scopes": []}"#, "scopes"),
        (#"{"name": "x", "scopes": ["read"], "expires_in_days": 0}"#, "expires_in_days"),
    ])
    func badTokens(body: String, field: String) async throws {
        let plane = try GuardedControlPlane()
        let admin = try await plane.token("lab", .admin)
        try await plane.test { client in
            let response = try await client.execute(
                uri: "/tokens", method: .post, headers: [.authorization: "Bearer \(admin)"], body: .init(string: body))
            #expect(try response.problem(status: 422).errors?.map(\.field) == [field])
        }
    }

    @Test("Secrets are stored only as hashes") func hashes() async throws {
        let plane = try GuardedControlPlane()
        let secrets = [try await plane.token("lab", .admin), try await plane.enrolled("r1")]
        let rows = try await plane.ledger.driver.read { try $0.rows("SELECT * FROM credentials", []).map { "\($0.values)" } }
        #expect(rows.count == 3)
        for secret in secrets { #expect(!rows.joined().contains(secret.suffix(43))) }
    }
}
