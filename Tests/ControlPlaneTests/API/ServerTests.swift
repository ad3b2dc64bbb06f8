import AsyncHTTPClient
import FoundationEssentials
import HummingbirdTesting
import LynxModel
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import Testing
import TestSupport

@testable import ControlPlane

/// A control plane that listens, with clients that have connections of their own.
private struct LiveServer: Sendable {
    let plane: ControlPlane
    let clock = ManualClock()
    let directory: TemporaryDirectory

    init(directory: TemporaryDirectory? = nil, port: Int = 0) throws {
        let directory = try directory ?? TemporaryDirectory()
        self.directory = directory
        plane = try ControlPlane(
            configuration: .init(port: port, databasePath: directory.file("ledger.sqlite")), clock: clock, logger: .quiet)
    }

    /// Runs `body` against the server, then shuts it down gracefully.
    func run<Value: Sendable>(_ body: @escaping @Sendable (_ url: String) async throws -> Value) async throws -> Value {
        let plane = plane
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: Serving(plane: plane, port: port), successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: .quiet))
        return try await withThrowingTaskGroup(of: Value?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask {
                var iterator = ports.makeAsyncIterator()
                // Without a port the server could not start, and throws why.
                guard let number = await iterator.next() else { return nil }
                let value = try await body("http://127.0.0.1:\(number)")
                await group.triggerGracefulShutdown()
                return value
            }
            var value: Value?
            for try await outcome in tasks { value = outcome ?? value }
            return value!
        }
    }

    private struct Serving: Service {
        let plane: ControlPlane
        let port: AsyncStream<Int>.Continuation

        func run() async throws {
            defer { port.finish() }
            try await plane.run { port.yield($0) }
        }
    }
}

@Suite("The control plane as a server", .timeLimit(.minutes(5)))
struct ServerTests {
    private static func post<Value: Decodable & Sendable>(_ url: String, _ body: some Encodable, as: Value.Type = Value.self) async throws -> Value {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.body = .bytes(ByteBuffer(bytes: try WireJSON.encode(body)))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        return try WireJSON.decode(Value.self, from: Data(try await response.body.collect(upTo: 1 << 24).readableBytesView))
    }

    private static func claim(_ url: String, wait: Double = 30, slots: Int = 1) async throws -> ClaimResponse {
        try await post(
            "\(url)/runner/v1/claim", ClaimRequest(runnerID: "r1", sessionID: "s1", slots: slots, waitSeconds: wait))
    }

    @Test("A claim that waits is answered the moment work is submitted") func longPoll() async throws {
        let server = try LiveServer()
        try await server.run { url in
            let _: RegisterResponse = try await Self.post("\(url)/runner/v1/register", TestLedger.registration())
            async let claim = Self.claim(url)
            await server.clock.waitForSleepers(of: 30)
            let receipt: BatchReceipt = try await Self.post("\(url)/jobs", TestLedger.submission(runs: 1))
            #expect(try await claim.jobs.map(\.batchID) == [receipt.batchID])
        }
    }

    @Test("A claim that found nothing is answered when its time is up") func longPollEnds() async throws {
        let server = try LiveServer()
        try await server.run { url in
            let _: RegisterResponse = try await Self.post("\(url)/runner/v1/register", TestLedger.registration())
            async let claim = Self.claim(url)
            await server.clock.waitForSleepers(of: 30)
            server.clock.advance(by: 30)
            #expect(try await claim == ClaimResponse(jobs: []))
        }
    }

    @Test("Draining ends a claim that waits") func drainEndsLongPoll() async throws {
        let server = try LiveServer()
        try await server.run { url in
            let _: RegisterResponse = try await Self.post("\(url)/runner/v1/register", TestLedger.registration())
            async let claim = Self.claim(url)
            await server.clock.waitForSleepers(of: 30)
            let _: Runner = try await Self.post("\(url)/runners/r1/drain", [String: String]())
            #expect(try await claim == ClaimResponse(jobs: [], drain: true))
        }
    }

    @Test("A shutdown answers the claims that wait, and frees the ledger") func shutdown() async throws {
        let server = try LiveServer()
        let claim = try await server.run { url in
            let _: RegisterResponse = try await Self.post("\(url)/runner/v1/register", TestLedger.registration())
            let claim = Task { try await Self.claim(url) }
            await server.clock.waitForSleepers(of: 30)
            return claim
        }
        #expect(try await claim.value == ClaimResponse(jobs: []))
        try SQLiteDriver(path: server.directory.file("ledger.sqlite")).close()
    }

    @Test("A control plane whose task is cancelled stops and frees the ledger") func cancellation() async throws {
        let server = try LiveServer()
        let plane = server.plane
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let running = Task { try await plane.run { port.yield($0) } }
        var iterator = ports.makeAsyncIterator()
        let number = try #require(await iterator.next())
        let _: RegisterResponse = try await Self.post("http://127.0.0.1:\(number)/runner/v1/register", TestLedger.registration())
        let claim = Task { try await Self.claim("http://127.0.0.1:\(number)") }
        await server.clock.waitForSleepers(of: 30)
        running.cancel()
        try await running.value
        _ = await claim.result
        try SQLiteDriver(path: server.directory.file("ledger.sqlite")).close()
    }

    @Test("A runner that hung up while waiting is not given a job") func hungUp() async throws {
        let server = try LiveServer()
        try await server.run { url in
            let _: RegisterResponse = try await Self.post("\(url)/runner/v1/register", TestLedger.registration())
            let client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup)
            var request = HTTPClientRequest(url: "\(url)/runner/v1/claim")
            request.method = .POST
            request.body = .bytes(
                ByteBuffer(bytes: try WireJSON.encode(ClaimRequest(runnerID: "r1", sessionID: "s1", slots: 1, waitSeconds: 30))))
            let claim = Task { [request] in try await client.execute(request, timeout: .seconds(60)) }
            await server.clock.waitForSleepers(of: 30)
            claim.cancel()
            _ = await claim.result
            try await client.shutdown()
            await server.clock.waitForNoSleepers(of: 30)
            let receipt: BatchReceipt = try await Self.post("\(url)/jobs", TestLedger.submission(runs: 1))
            #expect(try await server.plane.ledger.overview(batchID: receipt.batchID).count(.pending) == 1)
        }
    }

    @Test("A control plane that comes back gives what runs a whole lease, and goes on") func restart() async throws {
        let directory = try TemporaryDirectory()
        let first = try LiveServer(directory: directory)
        let job = try await first.run { url in
            let _: RegisterResponse = try await Self.post("\(url)/runner/v1/register", TestLedger.registration())
            let _: BatchReceipt = try await Self.post("\(url)/jobs", TestLedger.submission(runs: 2))
            return try await Self.claim(url).jobs[0]
        }
        let second = try LiveServer(directory: directory)
        second.clock.advance(by: 3600)
        try await second.run { url in
            #expect(try await second.plane.ledger.job(job.jobID).status == .claimed)
            let answer: HeartbeatResponse = try await Self.post(
                "\(url)/runner/v1/heartbeat",
                HeartbeatRequest(runnerID: "r1", sessionID: "s1", attempts: [AttemptKey(jobID: job.jobID, attempt: 1)]))
            #expect(answer == HeartbeatResponse())
            try await second.plane.ledger.ended(jobID: job.jobID, TestLedger.report(job, .success))
            #expect(try await Self.claim(url, wait: 0, slots: 9).jobs.map(\.runConfig.runIndex) == [1])
        }
    }

    @Test("An address that is taken is one clear line") func portTaken() async throws {
        let server = try LiveServer()
        try await server.run { url in
            let port = Int(url.split(separator: ":").last!)!
            let other = try LiveServer(port: port)
            var error: ControlPlaneError?
            do {
                try await other.run { _ in }
            } catch let refusal as ControlPlaneError {
                error = refusal
            }
            #expect(error?.description.hasPrefix("cannot listen on 127.0.0.1:\(port): ") == true)
            #expect(error?.description.contains("the port is in use") == true)
        }
    }

    @Test("What is no HTTP, or ends in the middle, disturbs nobody", arguments: [
        "\u{16}\u{3}\u{1} TLS?", "GET", "POST /jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
        "POST /jobs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "GET / HTTP/9.9\r\n\r\n",
    ])
    func garbage(bytes: String) async throws {
        try await LiveServer().run { url in
            let port = Int(url.split(separator: ":").last!)!
            let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port).get()
            // The server may be quicker to hang up; then these fail, which is as good.
            try? await connection.writeAndFlush(ByteBuffer(string: bytes))
            try? await connection.close()
            let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: "\(url)/healthz"), timeout: .seconds(60))
            #expect(response.status == .ok)
        }
    }

    @Test("Only loopback addresses are served without authentication", arguments: [
        ("127.0.0.1", true), ("127.3.2.1", true), ("localhost", true), ("::1", true), ("0.0.0.0", false), ("::", false),
        ("192.168.1.2", false), ("127.0.0.1.example", false), ("127.0.0", false), ("", false),
    ])
    func bindRules(host: String, allowed: Bool) throws {
        let directory = try TemporaryDirectory()
        let configuration = ControlPlaneConfiguration(host: host, databasePath: directory.file("ledger.sqlite"))
        if allowed {
            _ = try ControlPlane(configuration: configuration, logger: .quiet)
        } else {
            #expect(throws: ControlPlaneError.notLoopback(host: host)) { try ControlPlane(configuration: configuration, logger: .quiet) }
        }
    }

    @Test("Others are served to who proves who they are, over TLS here or at a proxy") func otherAddresses() throws {
        let directory = try TemporaryDirectory()
        var configuration = ControlPlaneConfiguration(host: "0.0.0.0", databasePath: directory.file("ledger.sqlite"))
        configuration.authentication = true
        #expect(throws: ControlPlaneError.notEncrypted(host: "0.0.0.0")) { try ControlPlane(configuration: configuration, logger: .quiet) }
        configuration.behindProxy = true
        // It does not listen before it is run.
        _ = try ControlPlane(configuration: configuration, logger: .quiet)
        configuration.authentication = false
        #expect(throws: ControlPlaneError.notLoopback(host: "0.0.0.0")) { try ControlPlane(configuration: configuration, logger: .quiet) }
    }

    /// What a call with so many header fields of so many bytes is answered; nil where the connection was ended instead, which
    /// who sends more than is read may find.
    private static func status(_ url: String, fields: Int, bytes: Int) async -> UInt? {
        var request = HTTPClientRequest(url: "\(url)/healthz")
        for number in 0..<fields { request.headers.add(name: "x-\(number)", value: String(repeating: "a", count: bytes)) }
        return try? await HTTPClient.shared.execute(request, timeout: .seconds(60)).status.code
    }

    @Test("Headers have their bounds: each field, all of them, and their number") func headerBounds() async throws {
        try await LiveServer().run { url in
            for (fields, bytes) in [(1, 15_000), (2, 15_000), (90, 10)] { #expect(await Self.status(url, fields: fields, bytes: bytes) == 200) }
            for (fields, bytes) in [(1, 17_000), (3, 15_000), (101, 10)] { #expect(await Self.status(url, fields: fields, bytes: bytes) != 200) }
            #expect(await Self.status(url, fields: 0, bytes: 0) == 200)
        }
    }

    @Test("Numbers that cannot work are refused") func badNumbers() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("ledger.sqlite")
        for configuration in [
            ControlPlaneConfiguration(port: 70000, databasePath: path),
            ControlPlaneConfiguration(databasePath: path, leaseSeconds: 6, heartbeatIntervalSeconds: 5),
            ControlPlaneConfiguration(databasePath: path, heartbeatIntervalSeconds: 0),
            ControlPlaneConfiguration(databasePath: path, maxLostAttempts: -1),
        ] {
            #expect(throws: ControlPlaneError.self) { try ControlPlane(configuration: configuration, logger: .quiet) }
        }
    }
}
