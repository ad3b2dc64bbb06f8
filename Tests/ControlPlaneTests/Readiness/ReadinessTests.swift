import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import LynxModel
import NIOCore
import ObjectStore
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Whether a control plane can do its work", .timeLimit(.minutes(5)))
struct ReadinessTests {
    private struct Answer: Decodable, Equatable {
        struct Part: Decodable, Equatable {
            var ok: Bool
            var why: String?
        }

        var status: String
        var parts: [String: Part]
    }

    private static func ask(_ client: any TestClientProtocol) async throws -> (status: Int, answer: Answer) {
        let response = try await client.call(.get, "/readyz")
        #expect(response.headers[.contentType] == "application/json")
        // It lives, whatever it lacks.
        let health = try await client.call(.get, "/healthz")
        #expect(health.status == .ok)
        #expect(String(buffer: health.body) == #"{"status":"ok"}"#)
        return (response.status.code, try response.decode())
    }

    @Test("All parts work", arguments: TestDriver.allCases)
    func ready(driver: TestDriver) async throws {
        let plane = try TestControlPlane(driver) { ArtifactConfiguration(databasePath: $0) }
        try await plane.test { client in
            let (status, answer) = try await Self.ask(client)
            #expect(status == 200)
            #expect(answer == Answer(status: "ready", parts: ["ledger": .init(ok: true), "artifact_store": .init(ok: true)]))
        }
        try await TestControlPlane(driver).test { client in
            let parts = try await Self.ask(client).answer.parts
            #expect(parts == ["ledger": .init(ok: true)])
        }
    }

    @Test("It may be asked by anybody, and tells no names") func open() async throws {
        let plane = try GuardedControlPlane()
        try FileManager.default.removeItem(atPath: plane.directory.file("artifacts/blobs"))
        try await plane.test { client in
            let response = try await client.call(.get, "/readyz")
            #expect(response.status == .serviceUnavailable)
            #expect(!String(buffer: response.body).contains(plane.directory.path))
        }
    }

    @Test("A folder that is gone is said, and that it is back; the log hears of both") func artifactFolder() async throws {
        let plane = try TestControlPlane { ArtifactConfiguration(databasePath: $0) }
        let blobs = plane.directory.file("artifacts/blobs")
        try FileManager.default.moveItem(atPath: blobs, toPath: blobs + ".away")
        try await plane.test { client in
            let (status, answer) = try await Self.ask(client)
            #expect(status == 503)
            #expect(answer.status == "not ready")
            #expect(answer.parts["ledger"] == .init(ok: true))
            #expect(answer.parts["artifact_store"] == .init(ok: false, why: "its folder cannot be written: No such file or directory"))
            try FileManager.default.moveItem(atPath: blobs + ".away", toPath: blobs)
            // Not more often than once a second, whoever asks.
            #expect(try await Self.ask(client).status == 503)
            plane.clock.advance(by: 1)
            #expect(try await Self.ask(client).status == 200)
        }
    }

    @Test("A bucket that does not answer, or is not there") func bucket() async throws {
        let closed = Buckets(S3Configuration(endpoint: "http://127.0.0.1:9", credentials: .init(accessKeyID: "test", secretAccessKey: "secret")))
        let dead = try TestControlPlane(buckets: closed) { ArtifactConfiguration(store: "s3://lynx-store/lab", databasePath: $0) }
        try await dead.test { client in
            let (status, answer) = try await Self.ask(client)
            #expect(status == 503)
            #expect(answer.parts["artifact_store"] == .init(ok: false, why: "the bucket does not answer"))
        }
        let server = try await MotoServer.start()
        let buckets = Buckets(S3Configuration(endpoint: server.endpoint, credentials: .init(accessKeyID: "test", secretAccessKey: "secret")))
        let live = try TestControlPlane(buckets: buckets) { ArtifactConfiguration(store: "s3://lynx-ready/lab", databasePath: $0) }
        try await live.test { client in
            let missing = try await Self.ask(client)
            #expect(missing.status == 503)
            #expect(missing.answer.parts["artifact_store"]?.why?.hasPrefix("the bucket ") == true)
            try await buckets.client().put(ByteBuffer(), to: S3Address(bucket: "lynx-ready", key: ""))
            live.clock.advance(by: 1)
            #expect(try await Self.ask(client).status == 200)
        }
    }

    @Test("A ledger that cannot grow refuses calls with 507, and reads on") func full() async throws {
        let plane = try TestControlPlane()
        // As a full disk does, it ends with SQLITE_FULL.
        try await plane.controlPlane.ledger.driver.write { connection in
            let pages = try connection.row("PRAGMA page_count", [])?.int("page_count") ?? 0
            _ = try connection.rows("PRAGMA max_page_count = \(pages + 2)", [])
        }
        try await plane.test { client in
            var refused: Problem?
            for _ in 0..<100 where refused == nil {
                let response = try await client.call(.post, "/jobs", TestLedger.submission(name: String(repeating: "x", count: 200)))
                if response.status != .created { refused = try response.problem(status: 507) }
            }
            #expect(refused?.detail?.hasPrefix("there is no room on the disk of '") == true)
            #expect(try await client.get("/batches", as: BatchList.self).batches.isEmpty == false)
        }
        #expect(throws: NotReady.self) { try FreeSpace.check("/", least: .max) }
        #expect(throws: Never.self) { try FreeSpace.check("/", least: 0) }
    }

    @Test("A database that does not answer is not waited for, and not asked twice at once") func dead() async throws {
        let server = try PostgresServer.separate()
        let (clock, log) = (ManualClock(), RecordedLog())
        let ledger = Ledger(driver: try LedgerDatabase.open(server.url("postgres")), clock: clock)
        let checks = ReadinessChecks(ledger: ledger, artifacts: nil)
        #expect(await checks.run(log.logger) == Readiness(parts: ["ledger": .init(ok: true)]))
        clock.advance(by: 2)
        try server.signal(SIGSTOP)
        async let first = checks.run(log.logger)
        await clock.waitForSleepers(1)
        clock.advance(by: 5)
        let hung = Readiness(parts: ["ledger": .init(ok: false, why: "it has not answered for 5 s")])
        #expect(await first == hung)
        // Whoever asks while it hangs is answered at once.
        #expect(await checks.run(log.logger) == hung)
        func levels() -> [Logger.Level] { log.entries.filter { ["not ready", "ready again"].contains($0.message) }.map(\.level) }
        #expect(levels() == [.error])
        try server.signal(SIGCONT)
        while await checks.run(log.logger).status != .ready { clock.advance(by: 2) }
        // This clock may be ahead of a server that has only begun to answer again, which is then told of once more.
        #expect(levels().last == .info)
        try ledger.driver.close()
    }
}
