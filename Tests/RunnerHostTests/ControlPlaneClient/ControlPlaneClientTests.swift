import FoundationEssentials
import LynxModel
import Testing

@testable import RunnerHost

@Suite("The client of the control plane", .timeLimit(.minutes(5)))
struct ControlPlaneClientTests {
    private let claim = ClaimRequest(runnerID: "r", sessionID: "s", slots: 1, waitSeconds: 0)

    /// The error of a claim that the server answers by `script`.
    private func failure(
        limits: ControlPlaneClient.Limits = .init(), _ script: @escaping ScriptedServer.Script
    ) async throws -> ControlPlaneError {
        let server = try await ScriptedServer.start(script: script)
        let client = try ControlPlaneClient(url: server.url, limits: limits)
        let error = await #expect(throws: ControlPlaneError.self) { try await client.claim(claim) }
        await client.shutdown()
        try await server.stop()
        return try #require(error)
    }

    @Test("A control plane that is not there is named, with the system's reason")
    func refused() async throws {
        let server = try await ScriptedServer.start { _ in .hangUp }
        try await server.stop()
        let client = try ControlPlaneClient(url: server.url)
        let error = await #expect(throws: ControlPlaneError.self) { try await client.claim(claim) }
        await client.shutdown()
        #expect(error?.cause == .unreachable("Connection refused"))
        #expect(error?.description == "control plane \(server.url) does not answer /runner/v1/claim: Connection refused")
    }

    @Test("A connection closed before the answer is an outage")
    func hungUp() async throws {
        let error = try await failure { _ in .hangUp }
        guard case .unreachable = error.cause else { return #expect(Bool(false), "\(error)") }
    }

    @Test("A busy control plane says when to come back")
    func retryAfter() async throws {
        let error = try await failure { _ in .status(503, headers: ["retry-after: 7"]) }
        #expect(error.advice == .retry(notBefore: .seconds(7)))
    }

    @Test("A problem document reaches the caller")
    func problem() async throws {
        let error = try await failure { _ in .problem(422, "slots: must be 1 or more") }
        #expect(error.advice == .refused)
        #expect(error.description.hasSuffix("with status 422: slots: must be 1 or more"))
    }

    @Test("A success that is not the protocol's is tried again", arguments: ["<html>hello</html>", "{}", "[1,2", ""])
    func garbage(body: String) async throws {
        let error = try await failure { _ in .status(200, body: Data(body.utf8)) }
        #expect(error.cause == .unintelligible("\(body.utf8.count) bytes that are not a ClaimResponse"))
    }

    @Test("Bytes that are not HTTP are an outage")
    func notHTTP() async throws {
        let error = try await failure { _ in .bytes("SSH-2.0-OpenSSH_9.2\r\n\r\n") }
        guard case .unreachable = error.cause else { return #expect(Bool(false), "\(error)") }
    }

    @Test("An answer over the limit is not read", arguments: [true, false])
    func tooLarge(announced: Bool) async throws {
        let error = try await failure(limits: .init(responseBytes: 1000)) { _ in
            announced
                ? .status(200, body: Data(repeating: 0x20, count: 1001))
                : .bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n\(String(repeating: " ", count: 1001))\r\n0\r\n\r\n")
        }
        #expect(error.cause == .unintelligible("more than 1000 bytes"))
    }

    @Test("A body that never ends is given up at the limit")
    func trickle() async throws {
        let error = try await failure(limits: .init(exchange: .milliseconds(100))) { _ in
            .bytes("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
        }
        #expect(error.cause == .unreachable("no answer within 0.1 seconds"))
    }

    @Test("A redirect is not followed: the URL is wrong")
    func redirect() async throws {
        let error = try await failure { _ in .status(308, headers: ["location: http://127.0.0.1:9/"]) }
        #expect(error.advice == .misconfigured)
    }

    @Test("Only 204 acknowledges a result")
    func acknowledgement() async throws {
        let server = try await ScriptedServer.start { _ in .status(200, body: Data("welcome".utf8)) }
        let client = try ControlPlaneClient(url: server.url)
        let error = await #expect(throws: ControlPlaneError.self) { try await client.deliver(report: Data("{}".utf8), jobID: "a") }
        await client.shutdown()
        try await server.stop()
        #expect(error?.cause == .unintelligible("status 200 instead of 204"))
    }

    @Test("A claim waits as long as it said, and its cancellation hangs up")
    func longPoll() async throws {
        let control = FakeControlPlane()
        control.with { _ = $0.sessions.insert("s") }
        let server = try await control.start()
        let client = try ControlPlaneClient(url: server.url)
        let polling = Task { try await client.claim(ClaimRequest(runnerID: "r", sessionID: "s", slots: 1, waitSeconds: 30)) }
        try await control.wait { $0.claimsWaiting == 1 }
        polling.cancel()
        await #expect(throws: CancellationError.self) { try await polling.value }
        try await control.wait { $0.claimsWaiting == 0 }
        await client.shutdown()
        try await server.stop()
    }

    @Test("The URL may have a path and trailing slashes")
    func basePath() async throws {
        let server = try await ScriptedServer.start { request in
            request.path == "/lynx/runner/v1/leave" ? .status(204) : .problem(404, request.path)
        }
        let client = try ControlPlaneClient(url: server.url + "/lynx//")
        await #expect(throws: Never.self) { try await client.leave(LeaveRequest(runnerID: "r", sessionID: "s")) }
        await client.shutdown()
        try await server.stop()
    }

    @Test("What is no URL of a server is refused", arguments: ["", "localhost:8080", "ftp://a", "http://", "http://a?x=1"])
    func invalidURL(text: String) {
        #expect(throws: InvalidControlPlaneURL(text: text)) { _ = try ControlPlaneClient(url: text) }
    }
}
