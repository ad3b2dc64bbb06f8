import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import Logging
import LynxModel
import NIOCore
import Testing
import TestSupport

@testable import ControlPlane

extension Logger {
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension TestClientProtocol {
    @discardableResult
    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: (any Encodable)? = nil, headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        let bytes = try body.map { ByteBuffer(bytes: try WireJSON.encode($0)) }
        return try await execute(uri: path, method: method, headers: headers, body: bytes)
    }

    func get<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) async throws -> Value {
        let response = try await call(.get, path)
        #expect(response.status == .ok, "\(path): \(String(buffer: response.body))")
        return try response.decode()
    }

    func post<Value: Decodable>(
        _ path: String, _ body: (any Encodable)? = nil, as type: Value.Type = Value.self, status: HTTPResponse.Status = .ok
    ) async throws -> Value {
        let response = try await call(.post, path, body)
        #expect(response.status == status, "\(path): \(String(buffer: response.body))")
        return try response.decode()
    }

    func register(_ runner: String = "r1", session: String = "s1") async throws {
        try await call(.post, "/runner/v1/register", TestLedger.registration(runner, session: session))
    }

    func claim(_ runner: String = "r1", session: String = "s1", slots: Int = 1, wait: Double = 0) async throws -> ClaimResponse {
        try await post("/runner/v1/claim", ClaimRequest(runnerID: runner, sessionID: session, slots: slots, waitSeconds: wait))
    }

    /// The problem that a call ends in; everything about its form is checked.
    func problem(
        _ method: HTTPRequest.Method, _ path: String, _ body: (any Encodable)? = nil, headers: HTTPFields = [:], status: Int
    ) async throws -> Problem {
        try (try await call(method, path, body, headers: headers)).problem(status: status, of: "\(method.rawValue) \(path)")
    }
}

extension TestResponse {
    func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try WireJSON.decode(type, from: Data(body.readableBytesView))
    }

    func problem(status: Int, of call: String = "") throws -> Problem {
        #expect(self.status.code == status, "\(call): \(String(buffer: body))")
        #expect(headers[.contentType] == "application/problem+json", "\(call)")
        let problem: Problem = try decode()
        #expect(problem.status == status, "\(call)")
        #expect(problem.detail?.isEmpty == false, "\(call)")
        return problem
    }
}

/// A whole control plane on a ledger of its own.
struct TestControlPlane: Sendable {
    /// Of its files, and of an SQLite ledger.
    let directory: TemporaryDirectory
    let database: TestDatabase
    let clock: ManualClock
    let controlPlane: ControlPlane

    /// - Parameter artifacts: how files are kept, beside the path that it is given.
    init(
        _ driver: TestDriver = .sqlite, directory: TemporaryDirectory? = nil, clock: ManualClock = ManualClock(), buckets: Buckets = Buckets(),
        artifacts: ((_ databasePath: String) -> ArtifactConfiguration)? = nil
    ) throws {
        let directory = try directory ?? TemporaryDirectory()
        self.directory = directory
        self.clock = clock
        database = try TestDatabase(driver, in: directory)
        controlPlane = try ControlPlane(
            configuration: .init(
                port: 0, databasePath: database.name, artifacts: artifacts.map { $0(directory.file("ledger.sqlite")) }),
            clock: clock, logger: .quiet, buckets: buckets)
    }

    func test<Value>(
        _ setup: TestingSetup = .router, _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        try await controlPlane.application().test(setup, body)
    }
}
