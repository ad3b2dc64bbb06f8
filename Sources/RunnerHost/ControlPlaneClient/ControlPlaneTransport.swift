import AsyncHTTPClient
import FoundationEssentials
import Glibc
import LynxModel
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import ObjectStore
import Support

/// Single HTTP exchanges with the control plane: requests and responses are bytes, and every failure is a `ControlPlaneError`.
final class ControlPlaneTransport: Sendable {
    /// The control plane's URL without a trailing slash.
    let url: String
    let limits: ControlPlaneClient.Limits
    private let http: HTTPClient

    init(url: String, limits: ControlPlaneClient.Limits, roots: [NIOSSLCertificate]?) throws(InvalidControlPlaneURL) {
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
        // A refused connection is a result: the caller waits, not the pool.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 16
        configuration.connectionPool.idleTimeout = .seconds(30)
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes the pooled connections.
    func shutdown() async { try? await http.shutdown() }

    func send(_ call: ControlPlaneCall, _ body: Data, limit: Duration, secret: String?) async throws -> Data {
        var request = request(call, secret: secret)
        request.body = .bytes(body)
        return try await send(request, call, limit: limit)
    }

    /// The request of a call without its body.
    ///
    /// - Parameter secret: the credential; nil sends none.
    func request(_ call: ControlPlaneCall, secret: String?) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url + call.target)
        request.method = HTTPMethod(rawValue: call.endpoint.method.rawValue)
        if let body = call.endpoint.body { request.headers.add(name: "content-type", value: body.mediaType) }
        request.headers.add(name: "accept", value: "application/json")
        request.headers.add(contentsOf: call.headers)
        if let secret { request.headers.add(name: "authorization", value: "Bearer \(secret)") }
        return request
    }

    /// One exchange. Only the endpoint's own status is a success, so that a proxy's page cannot make the runner drop a result.
    func send(_ request: HTTPClientRequest, _ call: ControlPlaneCall, limit: Duration) async throws -> Data {
        try await exchange(request, call, limit: limit) { [limits] response in
            Data(try await response.body.collect(upTo: limits.responseBytes).readableBytesView)
        }
    }

    /// One exchange whose successful answer is written to a new file.
    ///
    /// - Returns: the SHA-256 of the answer, in hexadecimal.
    /// - Throws: a `ControlPlaneError` with the cause `unintelligible` if an answer begins and does not come to its end.
    func download(
        _ request: HTTPClientRequest, _ call: ControlPlaneCall, to path: String, atMost limit: Int64, within patience: Duration
    ) async throws -> String {
        try await exchange(request, call, limit: patience) { [self] response in
            let file = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC)
            var hash = SHA256()
            var count: Int64 = 0
            do {
                for try await piece in response.body {
                    count += Int64(piece.readableBytes)
                    guard count <= limit else { throw failure(call, .unintelligible("more than \(limit) bytes")) }
                    try file.write(piece.readableBytesView, to: path)
                    piece.withUnsafeReadableBytes { hash.update($0) }
                }
            } catch let error where !(error is ControlPlaneError || error is FileError) {
                try Task.checkCancellation()
                throw failure(call, .unintelligible("\(count) bytes, and then no more: \(Self.reason(error))"))
            }
            return hash.finalize().hexadecimal
        }
    }

    /// - Parameter read: reads the body of a successful answer.
    private func exchange<Answer: Sendable>(
        _ request: HTTPClientRequest, _ call: ControlPlaneCall, limit: Duration,
        _ read: @escaping @Sendable (HTTPClientResponse) async throws -> Answer
    ) async throws -> Answer {
        do {
            // AsyncHTTPClient's own deadline ends with the response's head, but a slow body has to be limited as well.
            let answer = try await withDeadline(limit) { [self, request] in
                let response = try await http.execute(request, deadline: .distantFuture)
                if Int(response.status.code) == call.endpoint.status { return try await read(response) }
                let body = try await response.body.collect(upTo: limits.responseBytes)
                throw refusal(call, response.status.code, response.headers, Data(body.readableBytesView))
            }
            guard let answer else { throw failure(call, .unreachable("no answer within \(limit)")) }
            return answer
        } catch let error as ControlPlaneError {
            throw error
        } catch let error as S3Error {
            // The error concerns the file that was being sent.
            throw error
        } catch let error as FileError {
            throw error
        } catch is NIOTooManyBytesError {
            throw failure(call, .unintelligible("more than \(limits.responseBytes) bytes"))
        } catch {
            // The HTTP client has its own error for a cancellation.
            try Task.checkCancellation()
            throw failure(call, .unreachable(Self.reason(error)))
        }
    }

    private func refusal(_ call: ControlPlaneCall, _ status: UInt, _ headers: HTTPHeaders, _ body: Data) -> ControlPlaneError {
        guard !(200..<300).contains(status) else {
            return failure(call, .unintelligible("status \(status) instead of \(call.endpoint.status)"))
        }
        if status == 401, headers["www-authenticate"].contains(where: { $0.contains(#"error_description="revoked""#) }) {
            return failure(call, .revoked)
        }
        let retryAfter = headers.first(name: "retry-after").flatMap { Int($0) }.map { Duration.seconds(min(max($0, 0), 60)) }
        return failure(call, .status(Int(status), Self.problem(body), retryAfter: retryAfter))
    }

    func decode<Answer: Decodable>(_ body: Data, _ call: ControlPlaneCall) throws -> Answer {
        do {
            return try WireJSON.decode(Answer.self, from: body)
        } catch {
            throw failure(call, .unintelligible("\(body.count) bytes that are not a \(Answer.self)"))
        }
    }

    func failure(_ call: ControlPlaneCall, _ cause: ControlPlaneError.Cause) -> ControlPlaneError {
        ControlPlaneError(call: call.target, server: url, cause: cause)
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

/// A call of one endpoint.
struct ControlPlaneCall: Sendable {
    let endpoint: EndpointDescription
    /// The path and query.
    let target: String
    let headers: [(name: String, value: String)]

    init<Body, Answer>(_ endpoint: Endpoint<Body, Answer>, _ arguments: EndpointArguments = [:]) {
        self.endpoint = endpoint.description
        target = endpoint.description.target(arguments)
        headers = endpoint.description.headers(arguments)
    }
}

/// A text that is not a valid control plane URL.
package struct InvalidControlPlaneURL: Error, Hashable, Sendable, CustomStringConvertible {
    package var text: String

    package var description: String {
        "control plane URL '\(text)' is not one: give http:// or https:// with a host, such as http://127.0.0.1:8080"
    }
}
