import AsyncHTTPClient
import Glibc
import Hummingbird
import HummingbirdTesting
import Logging
import LynxModel
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing
import TestSupport

@testable import ControlPlane

@Suite("Connections that ask for nothing", .timeLimit(.minutes(5)))
struct ConnectionTests {
    private struct Plane: Sendable {
        let directory: TemporaryDirectory
        let log = RecordedLog()
        let plane: ControlPlane
        let clock = ManualClock()

        init(_ change: (inout ConnectionLimits) -> Void = { _ in }) throws {
            directory = try TemporaryDirectory()
            var configuration = ControlPlaneConfiguration(port: 0, databasePath: directory.file("ledger.sqlite"))
            var limits = ConnectionLimits(descriptors: 1024)
            change(&limits)
            configuration.connectionLimits = limits
            plane = try ControlPlane(configuration: configuration, clock: clock, logger: log.logger)
        }

        func serve(_ body: @escaping @Sendable (_ port: Int) async throws -> Void) async throws {
            try await plane.application().test(.live) { try await body($0.port!) }
        }
    }

    private static func connect(_ port: Int) async throws -> any Channel {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connect(host: "127.0.0.1", port: port).get()
    }

    private static func health(_ port: Int) async throws -> HTTPClientResponse {
        try await HTTPClient.shared.execute(HTTPClientRequest(url: "http://127.0.0.1:\(port)/healthz"), timeout: .seconds(60))
    }

    @Test("One that sends nothing, or never ends its first request's head, is closed, and the log says so", arguments: [
        "", "GET /healthz HTTP/1.1\r\nHost: loc",
    ])
    func silent(bytes: String) async throws {
        let plane = try Plane { $0.firstHead = .milliseconds(50) }
        try await plane.serve { port in
            let connection = try await Self.connect(port)
            if !bytes.isEmpty { try await connection.writeAndFlush(ByteBuffer(string: bytes)) }
            try await connection.closeFuture.get()
        }
        let entry = await plane.log.first { $0.message == "connections closed that sent no request in time" }
        #expect(entry.level == .warning)
        // The test's client may have a second one open, of which it makes no use either. If that is gone, the system no
        // longer knows its address.
        #expect(["1", "2"].contains("\(entry.metadata["count"] ?? "none")"))
        #expect(["127.0.0.1", "?"].contains("\(entry.metadata["last_address"] ?? "none")"))
    }

    @Test("One that is kept after its answer is closed when no other request comes, without a word") func kept() async throws {
        let plane = try Plane { $0.idle = .milliseconds(50) }
        try await plane.serve { port in
            let connection = try await Self.connect(port)
            try await connection.writeAndFlush(ByteBuffer(string: "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            try await connection.closeFuture.get()
        }
        #expect(!plane.log.entries.contains { $0.message.hasPrefix("connections") })
    }

    @Test("One whose body stops coming is closed, also after the answer", arguments: ["POST /jobs", "GET /healthz"])
    func body(call: String) async throws {
        let plane = try Plane { $0.body = .milliseconds(50) }
        try await plane.serve { port in
            let connection = try await Self.connect(port)
            let head = "\(call) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
            try await connection.writeAndFlush(ByteBuffer(string: head))
            try await connection.closeFuture.get()
        }
        _ = await plane.log.first { $0.message == "connections closed whose requests came too slowly" }
    }

    @Test("A call that is held is not closed for being silent") func held() async throws {
        let plane = try Plane {
            $0.firstHead = .milliseconds(50)
            $0.idle = .milliseconds(50)
            $0.body = .milliseconds(50)
        }
        try await plane.serve { port in
            try await plane.plane.ledger.register(TestLedger.registration())
            let claim = Task {
                var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/runner/v1/claim")
                request.method = .POST
                request.body = .bytes(
                    ByteBuffer(bytes: try WireJSON.encode(ClaimRequest(runnerID: "r1", sessionID: "s1", slots: 1, waitSeconds: 30))))
                return try await HTTPClient.shared.execute(request, timeout: .seconds(60)).status
            }
            await plane.clock.waitForSleepers(of: 30)
            // Later than this one it would have been closed, too.
            let silent = try await Self.connect(port)
            try await silent.closeFuture.get()
            plane.clock.advance(by: 30)
            #expect(try await claim.value == .ok)
        }
    }

    @Test("However many are silent, who asks is answered: the oldest make room") func crowd() async throws {
        let plane = try Plane { $0.mostPerAddress = 16 }
        try await plane.serve { port in
            var silent: [any Channel] = []
            for _ in 0..<64 { silent.append(try await Self.connect(port)) }
            #expect(try await Self.health(port).status == .ok)
            let connections = silent
            try await withThrowingTaskGroup(of: Void.self) { group in
                for connection in connections { group.addTask { try await connection.closeFuture.get() } }
                // All but those that there is room for.
                for _ in 0..<48 { try await group.next() }
                #expect(connections.count { $0.isActive } >= 8)
                for connection in connections { connection.close(promise: nil) }
            }
        }
        let entry = await plane.log.first { $0.message == "idle connections closed to make room for new ones" }
        #expect(entry.metadata["last_address"] == "127.0.0.1")
    }

    @Test("Those that wait for an answer are never closed for others, who are refused instead") func busy() async throws {
        let plane = try Plane { $0.most = 4 }
        try await plane.serve { port in
            try await plane.plane.ledger.register(TestLedger.registration())
            let body = String(decoding: try WireJSON.encode(ClaimRequest(runnerID: "r1", sessionID: "s1", slots: 1, waitSeconds: 30)), as: UTF8.self)
            let call = "POST /runner/v1/claim HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            var waiting: [any Channel] = []
            for number in 1...4 {
                waiting.append(try await Self.connect(port))
                try await waiting.last!.writeAndFlush(ByteBuffer(string: call))
                await plane.clock.waitForSleepers(number, of: 30)
            }
            let refused = try await Self.connect(port)
            try await refused.closeFuture.get()
            #expect(waiting.allSatisfy { $0.isActive })
            // One that has its answer makes room.
            plane.clock.advance(by: 30)
            while (try? await Self.health(port).status) != .ok {}
            for connection in waiting { try? await connection.close() }
        }
        _ = await plane.log.first { $0.message == "connections refused: there are too many, and all are busy" }
    }

    @Test("An address is that of a machine, and of a network where each machine has a whole one", arguments: [
        ("192.0.2.7", "192.0.2.7"), ("::1", "::1"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"), ("fe80::1", "fe80:0:0:0::/64"),
    ])
    func addresses(address: String, name: String) throws {
        #expect(Connections.name(of: try SocketAddress(ipAddress: address, port: 1)) == name)
    }
}
