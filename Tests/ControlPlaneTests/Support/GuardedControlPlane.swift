import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import Logging
import LynxModel
import TestSupport
import Testing

@testable import ControlPlane

/// A control plane that asks who calls, with two tenants.
struct GuardedControlPlane: Sendable {
    let clock = ManualClock()
    let directory: TemporaryDirectory
    let database: TestDatabase
    let controlPlane: ControlPlane

    init(
        _ driver: TestDriver = .sqlite, logger: Logger = .quiet, _ change: (inout ControlPlaneConfiguration) -> Void = { _ in }
    ) throws {
        directory = try TemporaryDirectory()
        database = try TestDatabase(driver, in: directory)
        var configuration = ControlPlaneConfiguration(
            port: 0, databasePath: database.name, artifacts: ArtifactConfiguration(databasePath: directory.file("ledger.sqlite")))
        configuration.authentication = true
        change(&configuration)
        controlPlane = try ControlPlane(configuration: configuration, clock: clock, logger: logger)
    }

    var ledger: Ledger { controlPlane.ledger }

    var routes: [API.Route] {
        var configuration = ControlPlaneConfiguration(databasePath: "")
        configuration.authentication = true
        return API(ledger: ledger, configuration: configuration, connections: Connections(logger: .quiet), artifacts: nil).routes
    }

    func token(_ tenant: String = "lab", _ scopes: AccessScope..., days: Double? = nil) async throws -> String {
        try await ledger.createToken(TokenRequest(name: "test", scopes: scopes, expiresInDays: days), tenant: tenant).secret
    }

    /// A runner's credential.
    func enrolled(_ runner: String, tenant: String = "lab", types: [String] = ["basilisk"]) async throws -> String {
        let token = try await ledger.createEnrollment(EnrollmentRequest(), tenant: tenant)
        let request = EnrollRequest(runnerID: runner, name: runner, capabilities: TestLedger.registration(types: types).capabilities)
        let secret = try #require(Secret(token.secret))
        let authentication = try await ledger.authenticate(secret)
        let record = try #require(authentication.record)
        return try await ledger.enroll(request, with: record, lifetime: 3_600_000).secret
    }

    func test<Value>(
        _ setup: TestingSetup = .router, _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        try await controlPlane.application().test(setup, body)
    }
}

extension Authentication {
    var record: CredentialRecord? {
        switch self {
        case .unknown: nil
        case .revoked(let record), .expired(let record, _), .valid(let record): record
        }
    }
}

extension TestClientProtocol {
    /// A call with a token; nil: without.
    func call(
        _ method: HTTPRequest.Method, _ path: String, as token: String?, _ body: (any Encodable)? = nil
    ) async throws -> TestResponse {
        try await call(method, path, body, headers: token.map { [.authorization: "Bearer \($0)"] } ?? [:])
    }
}
