import AsyncHTTPClient
package import FoundationEssentials
package import LynxModel
import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSSL
import ObjectStore
import Support
import Synchronization

/// The runner's side of `RunnerProtocol`. Each method is one exchange, without retries: it throws
/// `ControlPlaneError`, whose `advice` says what to do, or `CancellationError`.
package final class ControlPlaneClient: Sendable {
    package struct Limits: Hashable, Sendable {
        /// Time for one exchange, connecting included; a claim or a heartbeat may take this much longer than the wait it asks for.
        package var exchange: Duration
        /// Time to deliver a result, whose telemetry may be large.
        package var delivery: Duration
        package var connect: Duration
        /// The largest answer that is read, in bytes.
        package var responseBytes: Int

        package init(
            exchange: Duration = .seconds(10), delivery: Duration = .seconds(60), connect: Duration = .seconds(5),
            responseBytes: Int = 16 << 20
        ) {
            self.exchange = exchange
            self.delivery = delivery
            self.connect = connect
            self.responseBytes = responseBytes
        }
    }

    /// The control plane's URL without a trailing slash.
    package let url: String
    private let limits: Limits
    private let http: HTTPClient
    private let credential = Mutex<CredentialKeeper?>(nil)

    /// Call `shutdown()` before letting go of the client.
    /// - Parameter roots: certificates that the control plane's may be signed by, instead of the system's.
    /// - Throws: `InvalidControlPlaneURL`.
    package init(url: String, limits: Limits = Limits(), roots: [NIOSSLCertificate]? = nil) throws(InvalidControlPlaneURL) {
        guard let parts = URL(string: url), parts.scheme == "http" || parts.scheme == "https", parts.host?.isEmpty == false,
            parts.query == nil, parts.fragment == nil
        else { throw InvalidControlPlaneURL(text: url) }
        self.url = String(url.reversed().drop { $0 == "/" }.reversed())
        self.limits = limits
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        if let roots {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(roots)
            configuration.tlsConfiguration = tls
        }
        configuration.timeout.connect = .init(limits.connect)
        configuration.httpVersion = .http1Only
        // A refused connection is an answer: the caller waits, not the pool.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 16
        configuration.connectionPool.idleTimeout = .seconds(30)
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes the pooled connections.
    package func shutdown() async { try? await http.shutdown() }

    /// Has every call from now on carry the credential.
    package func use(_ keeper: CredentialKeeper?) { credential.withLock { $0 = keeper } }

    /// Removes the file of a credential that is good for nothing any more, so that the next start can enrol anew.
    func discardCredential() { credential.withLock { $0 }?.discard() }

    /// Exchanges an enrolment token for a credential.
    func enroll(_ request: EnrollRequest, token: String) async throws -> RunnerCredential {
        let body = try await send("enroll", try WireJSON.encode(request), expecting: 200, limit: limits.exchange, secret: token)
        return try answer("enroll", body)
    }

    private func renew(_ secret: String, runnerID: String) async throws -> RunnerCredential {
        let request = try WireJSON.encode(RenewRequest(runnerID: runnerID))
        return try answer("renew", try await send("renew", request, expecting: 200, limit: limits.exchange, secret: secret))
    }

    package func register(_ request: RegisterRequest) async throws -> RegisterResponse {
        let answer: RegisterResponse = try await exchange("register", request)
        let version = answer.protocolVersion ?? RunnerProtocol.unnamedVersion
        guard RunnerProtocol.understands(version) else { throw failure("register", .incompatible(version: version)) }
        return answer
    }

    /// Waits at the control plane for up to `request.waitSeconds`.
    package func claim(_ request: ClaimRequest) async throws -> ClaimResponse {
        try await exchange("claim", request, limit: .seconds(request.waitSeconds) + limits.exchange)
    }

    /// Waits at the control plane for up to `request.waitSeconds`.
    package func heartbeat(_ request: HeartbeatRequest) async throws -> HeartbeatResponse {
        try await exchange("heartbeat", request, limit: .seconds(request.waitSeconds ?? 0) + limits.exchange)
    }

    package func started(_ report: StartedReport, jobID: String) async throws {
        try await tell("jobs/\(jobID.percentEncoded())/started", try WireJSON.encode(report))
    }

    /// `report` is the JSON of an `AttemptReport`.
    package func deliver(report: Data, jobID: String) async throws {
        try await tell("jobs/\(jobID.percentEncoded())/result", report, limit: limits.delivery)
    }

    /// Several reports, each the JSON of an `AttemptReport`, to a control plane of protocol 1.3.
    ///
    /// - Returns: for each report what `deliver(report:)` would have thrown; nil where it is acknowledged.
    func deliver(reports: [Data], runnerID: String) async throws -> [ControlPlaneError?] {
        // The reports are JSON already.
        var body = try WireJSON.encode(["runner_id": runnerID])
        body.removeLast()
        body += Data(#","reports":["#.utf8)
        for (index, report) in reports.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += report
        }
        body += Data("]}".utf8)
        let answer: ResultGroupAnswer = try answer(
            "results", try await post("results", body, expecting: 200, limit: limits.delivery))
        guard answer.results.count == reports.count else {
            throw failure("results", .unintelligible("\(answer.results.count) answers to \(reports.count) results"))
        }
        return answer.results.map { item in
            item.problem.map { failure("results", .status($0.status, $0, retryAfter: nil)) }
        }
    }

    /// `chunk` is the bytes of a `TelemetryChunk`.
    package func deliver(chunk: Data, _ seq: Int, attempt: Int, jobID: String, runnerID: String) async throws {
        let query = "runner_id=\(runnerID.percentEncoded())&attempt=\(attempt)&seq=\(seq)"
        _ = try await post(
            "jobs/\(jobID.percentEncoded())/telemetry?\(query)", chunk, type: "application/octet-stream", expecting: 204,
            limit: limits.delivery)
    }

    /// Takes results back; of protocol 1.4.
    func retract(_ retraction: Retraction) async throws {
        try await tell("retractions", try WireJSON.encode(retraction), limit: limits.delivery)
    }

    package func leave(_ request: LeaveRequest) async throws {
        try await tell("leave", try WireJSON.encode(request))
    }

    func exchange<Answer: Decodable & Sendable>(
        _ path: String, _ request: some Encodable, limit: Duration? = nil
    ) async throws -> Answer {
        try decode(Answer.self, try await post(path, try WireJSON.encode(request), expecting: 200, limit: limit ?? limits.exchange), path)
    }

    private func answer<Answer: Decodable>(_ path: String, _ body: Data) throws -> Answer { try decode(Answer.self, body, path) }

    func decode<Answer: Decodable>(_ type: Answer.Type, _ body: Data, _ path: String) throws -> Answer {
        do {
            return try WireJSON.decode(type, from: body)
        } catch {
            throw failure(path, .unintelligible("\(body.count) bytes that are not a \(Answer.self)"))
        }
    }

    /// Only 204 is an acknowledgement: a proxy's friendly page must not make the runner forget a result.
    private func tell(_ path: String, _ body: Data, limit: Duration? = nil) async throws {
        _ = try await post(path, body, expecting: 204, limit: limit ?? limits.exchange)
    }

    /// A call in this runner's name. A credential that has expired meanwhile, or was replaced while the call was under
    /// way, costs one more try.
    private func post(
        _ path: String, _ body: Data, type: String = "application/json", expecting expected: Int, limit: Duration
    ) async throws -> Data {
        try await authorized { try await send(path, body, type: type, expecting: expected, limit: limit, secret: $0) }
    }

    /// Makes a call with this runner's credential, if it has one.
    func authorized(_ call: (_ secret: String?) async throws -> Data) async throws -> Data {
        guard let keeper = credential.withLock({ $0 }) else { return try await call(nil) }
        let renew: CredentialKeeper.Renew = { try await self.renew($0, runnerID: keeper.runnerID) }
        let secret = await keeper.secret(renewingBy: renew)
        do {
            return try await call(secret)
        } catch let error as ControlPlaneError where error.status == 401 {
            guard let newer = await keeper.replacement(for: secret, renewingBy: renew) else { throw error }
            return try await call(newer)
        }
    }

    private func send(
        _ path: String, _ body: Data, type: String = "application/json", expecting expected: Int, limit: Duration, secret: String?
    ) async throws -> Data {
        let call = "/runner/v1/\(path)"
        var request = HTTPClientRequest(url: url + call)
        request.method = .POST
        request.headers.add(name: "content-type", value: type)
        request.headers.add(name: "accept", value: "application/json")
        if let secret { request.headers.add(name: "authorization", value: "Bearer \(secret)") }
        request.body = .bytes(body)
        return try await send(request, path, expecting: expected, limit: limit)
    }

    /// One exchange. `path` is the call's, for errors.
    func send(_ request: HTTPClientRequest, _ path: String, expecting expected: Int, limit: Duration) async throws -> Data {
        do {
            // AsyncHTTPClient's own deadline ends with the response's head; a body that trickles has to end too.
            let answer = try await withDeadline(limit) { [http, limits, request] in
                let response = try await http.execute(request, deadline: .distantFuture)
                let body = try await response.body.collect(upTo: limits.responseBytes)
                return (response.status.code, response.headers, Data(body.readableBytesView))
            }
            guard let (status, headers, body) = answer else {
                throw failure(path, .unreachable("no answer within \(limit)"))
            }
            guard Int(status) == expected else {
                guard !(200..<300).contains(status) else {
                    throw failure(path, .unintelligible("status \(status) instead of \(expected)"))
                }
                if status == 401, headers["www-authenticate"].contains(where: { $0.contains(#"error_description="revoked""#) }) {
                    throw failure(path, .revoked)
                }
                let retryAfter = headers.first(name: "retry-after").flatMap { Int($0) }.map { Duration.seconds(min(max($0, 0), 60)) }
                throw failure(path, .status(Int(status), Self.problem(body), retryAfter: retryAfter))
            }
            return body
        } catch let error as ControlPlaneError {
            throw error
        } catch let error as S3Error {
            // The file that was being sent.
            throw error
        } catch is NIOTooManyBytesError {
            throw failure(path, .unintelligible("more than \(limits.responseBytes) bytes"))
        } catch {
            // The HTTP client has its own word for it.
            try Task.checkCancellation()
            throw failure(path, .unreachable(Self.reason(error)))
        }
    }

    private func failure(_ path: String, _ cause: ControlPlaneError.Cause) -> ControlPlaneError {
        ControlPlaneError(call: "/runner/v1/\(path)", server: url, cause: cause)
    }

    private static func problem(_ body: Data) -> Problem? { try? WireJSON.decode(Problem.self, from: body) }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.first { return reason(failure.error) }
            return "unknown host \(error.host)"
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        case let error as HTTPClientError: return error.shortDescription.lowercased()
        case is ChannelError: return "connecting took too long"
        default: return String(describing: error)
        }
    }
}

/// A control plane URL that cannot be one.
package struct InvalidControlPlaneURL: Error, Hashable, Sendable, CustomStringConvertible {
    package var text: String

    package var description: String {
        "control plane URL '\(text)' is not one: give http:// or https:// with a host, such as http://127.0.0.1:8080"
    }
}
