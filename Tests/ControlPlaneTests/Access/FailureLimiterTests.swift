import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LynxModel
import Testing

@testable import ControlPlane

@Suite("Guessing tokens")
struct FailureLimiterTests {
    @Test("After so many failures an address waits; another does not, and who was right before does not")
    func limits() {
        let limiter = FailureLimiter(burst: 3, refillSeconds: 2)
        limiter.succeeded(digest: "good")
        for _ in 0..<3 {
            #expect(limiter.wait("a", digest: "x", now: 0) == nil)
            limiter.failed("a", now: 0)
        }
        #expect(limiter.wait("a", digest: "x", now: 0) == 2)
        #expect(limiter.wait("a", digest: "good", now: 0) == nil)
        #expect(limiter.wait("b", digest: "x", now: 0) == nil)
        #expect(limiter.wait("a", digest: "x", now: 2000) == nil)
    }

    @Test("However many addresses fail, few are remembered, those that failed most among them")
    func bounded() {
        let limiter = FailureLimiter(burst: 3, refillSeconds: 60, capacity: 100)
        for _ in 0..<3 { limiter.failed("worst", now: 0) }
        for address in 0..<10_000 { limiter.failed("\(address)", now: Instant(address)) }
        #expect(limiter.count <= 100)
        #expect(limiter.wait("worst", digest: "x", now: 10_000) != nil)
    }

    @Test("The API answers 429 with the time to wait, also to a good token that it has not seen, and 200 to one that it has")
    func api() async throws {
        let plane = try GuardedControlPlane()
        let (known, unseen) = (try await plane.token("lab", .read), try await plane.token("lab", .read))
        try await plane.test { client in
            #expect(try await client.call(.get, "/batches", as: known).status == .ok)
            for _ in 0..<20 { #expect(try await client.call(.get, "/batches", as: "lynx_api_0000000000000000_guess").status == .unauthorized) }
            for token in ["nonsense", unseen] {
                let refused = try await client.call(.get, "/batches", as: token)
                _ = try refused.problem(status: 429)
                #expect(refused.headers[.retryAfter] == "3")
            }
            #expect(try await client.call(.get, "/batches", as: known).status == .ok)
            plane.clock.advance(by: 3)
            #expect(try await client.call(.get, "/batches", as: unseen).status == .ok)
        }
    }

    @Test("Behind a proxy failures are counted for the last address it names; what the caller wrote before it is not believed")
    func forwarded() async throws {
        let plane = try GuardedControlPlane { $0.behindProxy = true }
        try await plane.test { client in
            func guess(_ forwarded: String...) async throws -> Int {
                var headers: HTTPFields = [.authorization: "Bearer lynx_api_0000000000000000_guess"]
                for line in forwarded { headers.append(HTTPField(name: .init("X-Forwarded-For")!, value: line)) }
                return try await client.call(.get, "/batches", headers: headers).status.code
            }
            for number in 0..<20 {
                let status = try await guess("10.0.0.\(number), 203.0.113.7")
                #expect(status == 401)
            }
            #expect(try await guess("198.51.100.1, 203.0.113.7") == 429)
            #expect(try await guess("198.51.100.1", "203.0.113.7") == 429)
            #expect(try await guess("203.0.113.7, 203.0.113.8") == 401)
        }
    }

    @Test("Without a proxy what a caller says of its address is not believed at all")
    func notForwarded() async throws {
        try await GuardedControlPlane().test { client in
            for number in 0...20 {
                let headers: HTTPFields = [
                    .authorization: "Bearer lynx_api_0000000000000000_guess", .init("X-Forwarded-For")!: "203.0.113.\(number)",
                ]
                let status = try await client.call(.get, "/batches", headers: headers).status.code
                #expect(status == (number < 20 ? 401 : 429))
            }
        }
    }

    @Test("A secret is told apart from every other, and is never printed") func secrets() throws {
        let secret = Secret.make(.api)
        let read = try #require(Secret(secret.text))
        #expect(read == secret)
        #expect(read.matches(secret.digest))
        #expect(!read.matches(Secret.make(.api).digest))
        #expect(!read.matches(""))
        #expect(secret.text.utf8.count == "lynx_api_".utf8.count + 16 + 1 + 43)
        let hidden = secret.text.suffix(43)
        #expect(!"\(secret) \(String(reflecting: secret)) \(String(describing: [secret]))".contains(hidden))
        for text in ["", "lynx_api", "lynx_root_0000000000000000_x", "lynx_api_1_x", "x_api_0000000000000000_y", String(repeating: "x", count: 200)] {
            #expect(Secret(text) == nil)
        }
    }
}
