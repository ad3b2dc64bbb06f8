import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import LynxModel
import NIOCore
import Testing

@testable import ControlPlane

@Suite("Submissions that are repeated", .serialized)
struct IdempotencyTests {
    private static func body(_ name: String) throws -> ByteBuffer {
        ByteBuffer(bytes: try WireJSON.encode(TestLedger.submission(name: name)))
    }

    private static func headers(_ key: String) -> HTTPFields { [.init("Idempotency-Key")!: key] }

    @Test("The same key and body make one batch and get one answer, at once or later", arguments: TestDriver.allCases)
    func repeated(driver: TestDriver) async throws {
        let plane = try TestControlPlane(driver)
        try await plane.test { client in
            let body = try Self.body("one")
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let response = try await client.execute(uri: "/jobs", method: .post, headers: Self.headers("k1"), body: body)
                        #expect(response.status == .created)
                        return String(buffer: response.body)
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(answers.count == 1)
            plane.clock.advance(by: 86_400)
            let late = try await client.execute(uri: "/jobs", method: .post, headers: Self.headers("k1"), body: body)
            #expect(String(buffer: late.body) == answers.first)
            #expect(try await client.get("/batches", as: BatchList.self).batches.count == 1)
            // Another key, or none, is another submission.
            _ = try await client.execute(uri: "/jobs", method: .post, headers: Self.headers("k2"), body: body)
            _ = try await client.execute(uri: "/jobs", method: .post, body: body)
            #expect(try await client.get("/batches", as: BatchList.self).batches.count == 3)
        }
    }

    @Test("A key that comes with another body is refused, and so is what is no key") func refused() async throws {
        try await TestControlPlane().test { client in
            _ = try await client.execute(uri: "/jobs", method: .post, headers: Self.headers("k"), body: Self.body("one"))
            let other = try await client.execute(uri: "/jobs", method: .post, headers: Self.headers("k"), body: Self.body("two"))
            #expect(try other.problem(status: 422).errors?.map(\.field) == ["Idempotency-Key"])
            for key in ["", String(repeating: "k", count: 256), "é", "k 1"] {
                let response = try await client.execute(uri: "/jobs", method: .post, headers: Self.headers(key), body: Self.body("one"))
                #expect(try response.problem(status: 422, of: key).errors?.map(\.field) == ["Idempotency-Key"])
            }
            // A body that was refused leaves the key free.
            _ = try await client.execute(uri: "/jobs", method: .post, headers: Self.headers("fresh"), body: ByteBuffer(string: "{}"))
            let fresh = try await client.execute(uri: "/jobs", method: .post, headers: Self.headers("fresh"), body: Self.body("one"))
            #expect(fresh.status == .created)
            #expect(try await client.get("/batches", as: BatchList.self).batches.count == 2)
        }
    }

    @Test("Tenants have keys of their own, and keys are forgotten after two days", arguments: TestDriver.allCases)
    func scope(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        let once = SubmissionKey(key: "k", bodySHA256: "00")
        func submit(_ tenant: String) async throws -> String {
            try await test.ledger.submit(TestLedger.submission(), tenant: tenant, once: once).batchID
        }
        let first = try await submit("a")
        #expect(try await submit("b") != first)
        #expect(try await submit("a") == first)
        test.clock.advance(by: 2 * 86_400 + 1)
        #expect(try await submit("a") != first)
    }
}
