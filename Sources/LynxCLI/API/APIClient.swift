import AsyncHTTPClient
import FoundationEssentials
import LynxModel
import NIOCore
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

    package func get<Answer: Decodable>(_ path: String, as type: Answer.Type = Answer.self) async throws -> Answer {
        try decode(type, from: try await send(.GET, path), path: path)
    }

    package func post<Answer: Decodable>(
        _ path: String, _ body: some Encodable & Sendable, as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try decode(type, from: try await send(.POST, path, body: try WireJSON.encode(body)), path: path)
    }

    /// Posts JSON that is encoded already.
    func post<Answer: Decodable>(
        _ path: String, json: Data, headers: [(String, String)], as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try decode(type, from: try await send(.POST, path, body: json, headers: headers), path: path)
    }

    /// Lends what a call answers to `body`, piece by piece as it comes and for as long as it takes; nil where there is no
    /// such call that answers in the type accepted.
    func stream<Value>(
        _ path: String, accept: String, _ body: (HTTPClientResponse.Body?) async throws -> Value
    ) async throws -> Value {
        var request = request(.GET, path)
        request.headers.replaceOrAdd(name: "accept", value: accept)
        let response: HTTPClientResponse
        do {
            response = try await http.execute(request, deadline: .distantFuture)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw await unreachable(error)
        }
        let isSuch = response.status == .ok && response.headers.first(name: "content-type")?.hasPrefix(accept) == true
        if (500...599).contains(response.status.code) {
            throw CLIError.unavailable("the control plane answered \(response.status.code) \(response.status.reasonPhrase) to \(path)")
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

    /// Posts without a body; what is answered is not looked at.
    package func post(_ path: String) async throws {
        _ = try await send(.POST, path)
    }

    /// Hands the body of an answer to `write` as it comes.
    ///
    /// - Throws: what `write` throws, and `CLIError`.
    func download(_ path: String, write: (ByteBuffer) throws -> Void) async throws {
        let response = try await answer(to: path)
        var pieces = response.body.makeAsyncIterator()
        while true {
            let piece: ByteBuffer?
            do {
                piece = try await pieces.next()
            } catch {
                try Task.checkCancellation()
                // A control plane that finds a file damaged on the way can only hang up; asked again, it says so.
                _ = try await answer(to: path)
                throw CLIError.unavailable("the control plane broke off in the middle of \(path); the same command goes on from here")
            }
            guard let piece else { return }
            try write(piece)
        }
    }

    /// The head of a successful answer.
    ///
    /// - Throws: `CLIError`.
    private func answer(to path: String) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: baseURL + path)
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        do {
            // However long it takes, as long as something comes.
            let response = try await http.execute(request, deadline: .distantFuture)
            guard (200..<300).contains(response.status.code) else {
                let body = try await response.body.collect(upTo: 1 << 20)
                throw APIError.refused(
                    path: path, status: Int(response.status.code), reason: response.status.reasonPhrase, body: Data(body.readableBytesView))
            }
            return response
        } catch let error as CLIError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw await unreachable(error)
        }
    }

    /// Posts without a body.
    package func post<Answer: Decodable>(_ path: String, as type: Answer.Type) async throws -> Answer {
        try decode(type, from: try await send(.POST, path), path: path)
    }

    package func delete(_ path: String) async throws {
        _ = try await send(.DELETE, path)
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

    private func request(_ method: HTTPMethod, _ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: baseURL + path)
        request.method = method
        request.headers.add(name: "accept", value: "application/json")
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        return request
    }

    private func send(
        _ method: HTTPMethod, _ path: String, body: Data? = nil, headers: [(String, String)] = []
    ) async throws -> Data {
        var request = request(method, path)
        request.headers.add(contentsOf: headers)
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let status: HTTPResponseStatus
        let data: Data
        do {
            let response = try await http.execute(request, timeout: .seconds(60))
            status = response.status
            let buffer = try await response.body.collect(upTo: Self.answerLimit)
            data = Data(buffer.readableBytesView)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw await unreachable(error)
        }
        guard (200..<300).contains(status.code) else {
            throw APIError.refused(path: path, status: Int(status.code), reason: status.reasonPhrase, body: data)
        }
        return data
    }

    private func decode<Answer: Decodable>(_ type: Answer.Type, from data: Data, path: String) throws -> Answer {
        do {
            return try WireJSON.decode(type, from: data)
        } catch {
            throw CLIError.unavailable("\(baseURL)\(path) answered what this lynxctl doesn't understand: is it a control plane of this version?")
        }
    }
}
