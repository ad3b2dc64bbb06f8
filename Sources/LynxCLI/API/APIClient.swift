import AsyncHTTPClient
import FoundationEssentials
package import LynxModel
package import NIOCore
import NIOHTTP1
import NIOSSL

/// The REST API, as a client sees it. Every failure is a `CLIError` whose lines say what to do.
package struct APIClient: Sendable {
    /// Without a slash at its end.
    package let baseURL: String
    let http: HTTPClient
    let token: String?
    private let tls: TLSTrouble

    private static let answerLimit = 1 << 30

    /// Lends a client to `body`.
    ///
    /// - Parameters:
    ///   - token: sent with every call.
    ///   - caFile: certificates that the server's may be signed by, instead of the system's.
    package static func with<Value>(
        baseURL: String, token: String? = nil, caFile: String? = nil, _ body: (APIClient) async throws -> Value
    ) async throws -> Value {
        var url = baseURL
        while url.utf8.last == UInt8(ascii: "/") { url.unicodeScalars.removeLast() }
        guard let parsed = URL(string: url), let scheme = parsed.scheme, ["http", "https"].contains(scheme), parsed.host != nil else {
            throw CLIError.badInput("'\(baseURL)' is not a control plane's address such as http://127.0.0.1:8080")
        }
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        configuration.timeout.read = .seconds(120)
        // Fails at the first refusal instead of trying again until the timeout.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let caFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(try certificates(caFile))
            configuration.tlsConfiguration = tls
        }
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let value = try await body(APIClient(baseURL: url, http: http, token: token, tls: TLSTrouble(baseURL: url, caFile: caFile)))
            try? await http.shutdown()
            return value
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    /// Lends what an endpoint streams to `body`, piece by piece as it comes and for as long as it takes; nil where there is no
    /// such endpoint that answers in its media type.
    func stream<Content: ContentDescribing, Value>(
        _ endpoint: Endpoint<Void, Content>, _ arguments: EndpointArguments, _ body: (HTTPClientResponse.Body?) async throws -> Value
    ) async throws -> Value {
        var request = request(endpoint.description, arguments)
        request.headers.replaceOrAdd(name: "accept", value: Content.mediaType)
        let response: HTTPClientResponse
        do {
            response = try await http.execute(request, deadline: .distantFuture)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw await unreachable(error)
        }
        let isSuch = response.status == .ok && response.headers.first(name: "content-type")?.hasPrefix(Content.mediaType) == true
        if (500...599).contains(response.status.code) {
            let target = endpoint.description.target(arguments)
            throw CLIError.unavailable("the control plane answered \(response.status.code) \(response.status.reasonPhrase) to \(target)")
        }
        do {
            return try await body(isSuch ? response.body : nil)
        } catch let error as CLIError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw await unreachable(error)
        }
    }

    /// Hands the content of a file to `write` as it comes.
    ///
    /// - Throws: what `write` throws, and `CLIError`.
    package func download(
        _ endpoint: Endpoint<Void, FileContent>, _ arguments: EndpointArguments, write: (ByteBuffer) throws -> Void
    ) async throws {
        let response = try await answer(to: endpoint, arguments)
        var pieces = response.body.makeAsyncIterator()
        while true {
            let piece: ByteBuffer?
            do {
                piece = try await pieces.next()
            } catch {
                try Task.checkCancellation()
                // A control plane that finds a file damaged on the way can only hang up; asked again, it says so.
                _ = try await answer(to: endpoint, arguments)
                let target = endpoint.description.target(arguments)
                throw CLIError.unavailable("the control plane broke off in the middle of \(target); the same command goes on from here")
            }
            guard let piece else { return }
            try write(piece)
        }
    }

    /// The head of a successful answer.
    ///
    /// - Parameter mediaType: nil for the first of the endpoint's.
    /// - Throws: `CLIError`.
    func answer<Content: ContentDescribing>(
        to endpoint: Endpoint<Void, Content>, _ arguments: EndpointArguments, as mediaType: String? = nil
    ) async throws -> HTTPClientResponse {
        var request = request(endpoint.description, arguments)
        request.headers.replaceOrAdd(name: "accept", value: mediaType ?? Content.mediaType)
        do {
            // However long it takes, as long as something comes.
            let response = try await http.execute(request, deadline: .distantFuture)
            guard (200..<300).contains(response.status.code) else {
                let body = try await response.body.collect(upTo: 1 << 20)
                throw APIError.refused(
                    path: endpoint.description.target(arguments), status: Int(response.status.code),
                    reason: response.status.reasonPhrase, body: Data(body.readableBytesView))
            }
            return response
        } catch let error as CLIError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw await unreachable(error)
        }
    }

    /// Why there was no answer.
    func unreachable(_ error: any Error) async -> CLIError {
        APIError.unreachable(baseURL, error, tls: await tls.explanation(of: error))
    }

    private static func certificates(_ path: String) throws -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
            throw CLIError.badInput("--ca-file \(path) holds no certificates in PEM form, or cannot be read")
        }
        return certificates
    }

    private func request(_ endpoint: EndpointDescription, _ arguments: EndpointArguments) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: baseURL + endpoint.target(arguments))
        request.method = HTTPMethod(rawValue: endpoint.method.rawValue)
        request.headers.add(name: "accept", value: "application/json")
        request.headers.add(contentsOf: endpoint.headers(arguments))
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        return request
    }

    /// Makes one call.
    ///
    /// - Parameter body: JSON.
    /// - Returns: the body of the answer.
    func send(_ endpoint: EndpointDescription, _ arguments: EndpointArguments, body: Data? = nil) async throws -> Data {
        try await send(endpoint, arguments, content: body.map { .bytes(ByteBuffer(bytes: $0)) }, within: .seconds(60))
    }

    /// Makes one call with a body of the endpoint's own media type.
    ///
    /// - Parameter limit: how long it may take.
    /// - Returns: the body of the answer.
    func send(
        _ endpoint: EndpointDescription, _ arguments: EndpointArguments, content: HTTPClientRequest.Body?, within limit: TimeAmount
    ) async throws -> Data {
        var request = request(endpoint, arguments)
        if let content {
            request.headers.add(name: "content-type", value: endpoint.body?.mediaType ?? "application/json")
            request.body = content
        }
        let status: HTTPResponseStatus
        let data: Data
        do {
            let response = try await http.execute(request, timeout: limit)
            status = response.status
            let buffer = try await response.body.collect(upTo: Self.answerLimit)
            data = Data(buffer.readableBytesView)
        } catch let error as CancellationError {
            throw error
        } catch let error as CLIError {
            throw error
        } catch {
            throw await unreachable(error)
        }
        guard (200..<300).contains(status.code) else {
            let refused = APIError.refused(path: endpoint.target(arguments), status: Int(status.code), reason: status.reasonPhrase, body: data)
            throw await refusal(of: endpoint, arguments, refused, status: Int(status.code))
        }
        return data
    }
}
