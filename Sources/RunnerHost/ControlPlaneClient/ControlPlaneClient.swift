import AsyncHTTPClient
package import FoundationEssentials
package import LynxModel
import NIOCore
import NIOHTTP1
package import NIOSSL
import ObjectStore
import Synchronization

/// The runner's side of `RunnerProtocol`. Each method is one exchange without retries; it throws `ControlPlaneError`, whose
/// `advice` states how to proceed, or `CancellationError`.
package final class ControlPlaneClient: Sendable {
    package struct Limits: Hashable, Sendable {
        /// The time limit for one exchange including the connection; a claim or a heartbeat may exceed it by the wait that it
        /// requests.
        package var exchange: Duration
        /// The time limit for delivering a result, whose telemetry may be large.
        package var delivery: Duration
        package var connect: Duration
        /// The largest size of a response in bytes.
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

    private let transport: ControlPlaneTransport
    private let credential = Mutex<CredentialKeeper?>(nil)

    /// The caller has to call `shutdown()` before releasing the client.
    ///
    /// - Parameter roots: the certificate authorities that the control plane's certificate may be signed by, instead of the
    ///   system's.
    /// - Throws: `InvalidControlPlaneURL`.
    package init(url: String, limits: Limits = Limits(), roots: [NIOSSLCertificate]? = nil) throws(InvalidControlPlaneURL) {
        transport = try ControlPlaneTransport(url: url, limits: limits, roots: roots)
    }

    /// The control plane's URL without a trailing slash.
    package var url: String { transport.url }

    private var limits: Limits { transport.limits }

    /// Closes the pooled connections.
    package func shutdown() async { await transport.shutdown() }

    /// Makes every later call carry the credential; nil removes it.
    package func use(_ keeper: CredentialKeeper?) { credential.withLock { $0 = keeper } }

    /// Removes the file of a credential that is no longer valid, so that the next start can enrol again.
    func discardCredential() { credential.withLock { $0 }?.discard() }

    /// Exchanges an enrolment token for a credential.
    func enroll(_ request: EnrollRequest, token: String) async throws -> RunnerCredential {
        try await obtain(.enroll, request, secret: token)
    }

    private func renew(_ secret: String, runnerID: String) async throws -> RunnerCredential {
        try await obtain(.renew, RenewRequest(runnerID: runnerID), secret: secret)
    }

    private func obtain<Request: Encodable>(
        _ endpoint: Endpoint<Request, RunnerCredential>, _ request: Request, secret: String
    ) async throws -> RunnerCredential {
        let call = ControlPlaneCall(endpoint)
        return try transport.decode(try await transport.send(call, try WireJSON.encode(request), limit: limits.exchange, secret: secret), call)
    }

    package func register(_ request: RegisterRequest) async throws -> RegisterResponse {
        let answer = try await exchange(.register, body: request)
        let version = answer.protocolVersion ?? RunnerProtocol.unnamedVersion
        guard RunnerProtocol.understands(version) else {
            throw transport.failure(ControlPlaneCall(.register), .incompatible(version: version))
        }
        return answer
    }

    /// Claims jobs. The control plane may hold the call for up to `request.waitSeconds`.
    package func claim(_ request: ClaimRequest) async throws -> ClaimResponse {
        try await exchange(.claim, body: request, limit: .seconds(request.waitSeconds) + limits.exchange)
    }

    /// Renews leases. The control plane may hold the call for up to `request.waitSeconds`.
    package func heartbeat(_ request: HeartbeatRequest) async throws -> HeartbeatResponse {
        try await exchange(.heartbeat, body: request, limit: .seconds(request.waitSeconds ?? 0) + limits.exchange)
    }

    package func started(_ report: StartedReport, jobID: String) async throws {
        try await perform(ControlPlaneCall(.reportStarted, [.job: jobID]), try WireJSON.encode(report), limit: limits.exchange)
    }

    /// Delivers a result. `report` is the JSON of an `AttemptReport`.
    package func deliver(report: Data, jobID: String) async throws {
        try await perform(ControlPlaneCall(.reportResult, [.job: jobID]), report, limit: limits.delivery)
    }

    /// Delivers several reports, each the JSON of an `AttemptReport`, to a control plane of protocol 1.3.
    ///
    /// - Returns: for each report the error that `deliver(report:)` would have thrown; nil if it was acknowledged.
    func deliver(reports: [Data], runnerID: String) async throws -> [ControlPlaneError?] {
        // The reports are already JSON.
        var body = try WireJSON.encode(["runner_id": runnerID])
        body.removeLast()
        body += Data(#","reports":["#.utf8)
        for (index, report) in reports.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += report
        }
        body += Data("]}".utf8)
        let call = ControlPlaneCall(.reportResults)
        let answer: ResultGroupAnswer = try transport.decode(try await authorized(call, body, limit: limits.delivery), call)
        guard answer.results.count == reports.count else {
            throw transport.failure(call, .unintelligible("\(answer.results.count) answers to \(reports.count) results"))
        }
        return answer.results.map { item in
            item.problem.map { transport.failure(call, .status($0.status, $0, retryAfter: nil)) }
        }
    }

    /// Delivers a chunk of telemetry. `chunk` is the bytes of a `TelemetryChunk`.
    package func deliver(chunk: Data, _ seq: Int, attempt: Int, jobID: String, runnerID: String) async throws {
        let call = ControlPlaneCall(.sendTelemetry, [.job: jobID, .runnerID: runnerID, .ownAttempt: attempt, .chunkNumber: seq])
        try await perform(call, chunk, limit: limits.delivery)
    }

    /// Retracts results; part of protocol 1.4.
    func retract(_ retraction: Retraction) async throws {
        try await perform(ControlPlaneCall(.retractResults), try WireJSON.encode(retraction), limit: limits.delivery)
    }

    package func leave(_ request: LeaveRequest) async throws {
        try await perform(ControlPlaneCall(.leave), try WireJSON.encode(request), limit: limits.exchange)
    }

    func exchange<Request: Encodable, Answer: Decodable>(
        _ endpoint: Endpoint<Request, Answer>, _ arguments: EndpointArguments = [:], body: Request, limit: Duration? = nil
    ) async throws -> Answer {
        let call = ControlPlaneCall(endpoint, arguments)
        return try transport.decode(try await authorized(call, try WireJSON.encode(body), limit: limit ?? limits.exchange), call)
    }

    private func perform(_ call: ControlPlaneCall, _ body: Data, limit: Duration) async throws {
        _ = try await authorized(call, body, limit: limit)
    }

    /// A call with this runner's credential. If the credential has expired or been replaced in the meantime, the call is tried
    /// once more.
    private func authorized(_ call: ControlPlaneCall, _ body: Data, limit: Duration) async throws -> Data {
        try await authorized { [transport] in try await transport.send(call, body, limit: limit, secret: $0) }
    }

    /// Makes a call with this runner's credential, if it has one.
    private func authorized<Answer>(_ call: (_ secret: String?) async throws -> Answer) async throws -> Answer {
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
}

/// Calls for the files of bundles.
extension ControlPlaneClient {
    /// Writes a content of a bundle to a new file.
    ///
    /// - Parameter limit: the most bytes that it may have.
    /// - Returns: the SHA-256 of what came, in hexadecimal.
    func download(_ sha256: String, ofBundle bundle: String, to path: String, atMost limit: Int64) async throws -> String {
        let call = ControlPlaneCall(.bundleFile, [.bundle: bundle, .sha256: sha256])
        let patience = Duration.seconds(60) + .seconds(Double(limit) / 65_536)
        return try await authorized { [transport] secret in
            try await transport.download(transport.request(call, secret: secret), call, to: path, atMost: limit, within: patience)
        }
    }
}

/// Calls for the files of attempts.
extension ControlPlaneClient {
    /// Lists the files that an attempt left; the response names the files to send.
    func announce(_ manifest: ArtifactManifest, jobID: String) async throws -> ArtifactRequirements {
        try await exchange(.announceFiles, [.job: jobID], body: manifest, limit: .seconds(60))
    }

    /// Sends a file's content from `offset` on. If the connection breaks, the control plane keeps what had arrived.
    ///
    /// - Parameter sent: called for each piece that is being sent.
    func upload(
        _ file: OpenFile, sha256: String, from offset: Int64, of key: AttemptKey, runnerID: String, sent: @escaping @Sendable () -> Void
    ) async throws -> ArtifactProgress {
        let call = ControlPlaneCall(
            .uploadFile,
            [.job: key.jobID, .sha256: sha256, .runnerID: runnerID, .ownAttempt: key.attempt, .uploadOffset: offset])
        let count = file.size - offset
        let pieces = file.pieces(from: offset).map { piece in
            sent()
            return piece
        }
        // A connection slower than 64 KiB a second counts as broken; what has arrived is not sent again.
        let limit = Duration.seconds(60) + .seconds(Double(count) / 65_536)
        let body = try await authorized { [transport] secret in
            var request = transport.request(call, secret: secret)
            request.body = count == 0 ? .bytes(ByteBuffer()) : .stream(pieces, length: .known(count))
            return try await transport.send(request, call, limit: limit)
        }
        return try transport.decode(body, call)
    }
}
