import AsyncHTTPClient
import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import LynxModel
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import ControlPlane

@Suite("What was asked for with a token ends with it", .timeLimit(.minutes(5)))
struct StandingTests {
    /// Keeps what is written.
    private struct Page: ResponseBodyWriter {
        let parts: Counter

        mutating func write(_ buffer: ByteBuffer) async throws { _ = parts.next() }
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    private static func caller(_ token: IssuedToken) -> Caller {
        Caller(tenant: "lab", scopes: [.read], credentialID: token.token.tokenID)
    }

    @Test("A stream of events ends within seconds of its token", arguments: [true, false])
    func events(isRevoked: Bool) async throws {
        let plane = try GuardedControlPlane()
        let token = try await plane.ledger.createToken(
            TokenRequest(name: "t", scopes: [.read], expiresInDays: isRevoked ? nil : 1.0 / 1440), tenant: "lab")
        let batch = try await plane.ledger.submit(TestLedger.submission(), tenant: "lab").batchID
        try await plane.test(.live) { client in
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(client.port!)/batches/\(batch)/events")
            request.headers.add(name: "authorization", value: "Bearer \(token.secret)")
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            #expect(response.status == .ok)
            var parts = response.body.makeAsyncIterator()
            #expect(try await parts.next() != nil)
            // It goes on as long as the token is good.
            await plane.clock.waitForSleepers(1)
            plane.clock.advance(by: 20)
            let keepAlive = try #require(try await parts.next())
            #expect(String(buffer: keepAlive) == ": still here\n\n")
            if isRevoked { try await plane.ledger.revokeToken(token.token.tokenID, tenant: "lab") }
            await plane.clock.waitForSleepers(1)
            plane.clock.advance(by: isRevoked ? 3 : 40)
            #expect(try await parts.next() == nil)
        }
    }

    @Test("A long answer breaks off, and cannot be taken for whole", arguments: TestDriver.allCases)
    func longAnswer(driver: TestDriver) async throws {
        let plane = try GuardedControlPlane(driver)
        let token = try await plane.ledger.createToken(TokenRequest(name: "t", scopes: [.read]), tenant: "lab")
        let standing = Standing(of: Self.caller(token), plane.ledger)
        let parts = Counter()
        let body = standing.watch(
            ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "a"))
                plane.clock.advance(by: 3)
                try await writer.write(ByteBuffer(string: "b"))
                try await plane.ledger.revokeToken(token.token.tokenID, tenant: "lab")
                plane.clock.advance(by: 3)
                try await writer.write(ByteBuffer(string: "c"))
                try await writer.finish(nil)
            })
        await #expect(throws: AccessRefusal.self) { try await body.write(Page(parts: parts)) }
        #expect(parts.count == 2)
    }

    @Test("A token that is gone is no token; nobody's is not asked for") func gone() async throws {
        let plane = try GuardedControlPlane()
        let strange = Standing(of: Caller(tenant: "lab", scopes: [.read], credentialID: "x"), plane.ledger)
        let anyone = Standing(of: .anyone, plane.ledger)
        #expect(try await strange.isGood())
        plane.clock.advance(by: 3)
        #expect(try await !strange.isGood())
        #expect(try await anyone.isGood())
    }
}
