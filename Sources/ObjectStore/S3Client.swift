import AsyncHTTPClient
import FoundationEssentials
import Glibc
public import NIOCore
import NIOHTTP1
import NIOPosix

/// What an object store says of an object.
public struct S3Object: Hashable, Sendable {
    public var key: String
    /// In bytes.
    public var size: Int64
    /// Milliseconds-free ISO 8601 in listings; absent from `head`.
    public var lastModified: String?
}

/// A client of Amazon S3 and of servers that speak its API.
///
/// Calls that the store is too busy for, or that meet a broken connection, are tried again a few times; all of them may be repeated.
public final class S3Client: Sendable {
    public let configuration: S3Configuration
    let http: HTTPClient
    private let signature: SignatureV4

    public init(_ configuration: S3Configuration) {
        self.configuration = configuration
        signature = SignatureV4(credentials: configuration.credentials, region: configuration.region)
        var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
        settings.timeout.connect = .seconds(5)
        settings.timeout.read = .seconds(60)
        settings.httpVersion = .http1Only
        settings.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    deinit {
        // The HTTP client insists on being shut down; nobody has to wait for it.
        let http = http
        Task { try? await http.shutdown() }
    }

    /// - Throws: `S3Error`.
    public func put(_ bytes: ByteBuffer, to address: S3Address, mediaType: String? = nil) async throws {
        var headers: [String: String] = [:]
        headers["content-type"] = mediaType
        _ = try await call(.PUT, address, headers: headers, body: bytes)
    }

    /// Hands an object's bytes to `write` as they come; `range` counts both its ends.
    ///
    /// - Throws: `S3Error`, and what `write` throws.
    public func read(
        _ address: S3Address, range: ClosedRange<Int64>? = nil, write: (ByteBuffer) async throws -> Void
    ) async throws {
        for try await piece in try await get(address, range: range) { try await write(piece) }
    }

    func get(_ address: S3Address, range: ClosedRange<Int64>? = nil) async throws -> HTTPClientResponse.Body {
        var headers: [String: String] = [:]
        if let range { headers["range"] = "bytes=\(range.lowerBound)-\(range.upperBound)" }
        return try await retrying(address) { [self, headers] in
            let response = try await send(.GET, address, [], headers, ByteBuffer())
            guard response.status.code == (range == nil ? 200 : 206) else { throw try await refusal(response, address) }
            return response.body
        }
    }

    /// - Throws: `S3Error`, `notFound` where there is no such object.
    public func head(_ address: S3Address) async throws -> S3Object {
        let response = try await call(.HEAD, address)
        return S3Object(key: address.key, size: response.headers.first(name: "content-length").flatMap { Int64($0) } ?? 0)
    }

    /// What isn't there is deleted already.
    ///
    /// - Throws: `S3Error`.
    public func delete(_ address: S3Address) async throws {
        do {
            _ = try await call(.DELETE, address)
        } catch S3Error.notFound {
            return
        }
    }

    /// Every object whose key begins with that of `address`, a page of up to 1000 at a time.
    ///
    /// - Returns: the page, and what to give for `after` to get the next; nil after the last.
    /// - Throws: `S3Error`.
    public func list(_ address: S3Address, after token: String? = nil) async throws -> (objects: [S3Object], next: String?) {
        // Keys may hold what XML can't say, unless they come percent-encoded.
        var query = [("list-type", "2"), ("prefix", address.key), ("encoding-type", "url")]
        if let token { query.append(("continuation-token", token)) }
        let page = XMLText(String(buffer: try await call(.GET, S3Address(bucket: address.bucket, key: ""), query: query).body))
        let objects = page.elements("Contents").compactMap { item -> S3Object? in
            guard let key = item.value("Key"), let size = item.value("Size").flatMap({ Int64($0) }) else { return nil }
            return S3Object(key: Self.decode(key), size: size, lastModified: item.value("LastModified"))
        }
        return (objects, page.value("IsTruncated") == "true" ? page.value("NextContinuationToken") : nil)
    }

    /// As forms are encoded: `+` is a space, `%XX` a byte.
    private static func decode(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(Substring(rest.prefix(2)), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    struct Answer: Sendable {
        var headers: HTTPHeaders
        var body: ByteBuffer
    }

    /// One call whose answer fits into memory.
    func call(
        _ method: HTTPMethod, _ address: S3Address, query: [(String, String)] = [], headers: [String: String] = [:],
        body: ByteBuffer = ByteBuffer()
    ) async throws -> Answer {
        try await retrying(address) { [self] in
            let response = try await send(method, address, query, headers, body)
            guard (200..<300).contains(response.status.code) else { throw try await refusal(response, address) }
            return Answer(headers: response.headers, body: try await response.body.collect(upTo: 16 << 20))
        }
    }

    private func send(
        _ method: HTTPMethod, _ address: S3Address, _ query: [(String, String)], _ headers: [String: String], _ body: ByteBuffer
    ) async throws -> HTTPClientResponse {
        let url = configuration.url(address)
        guard let parts = URL(string: url), let host = parts.host else { throw S3Error.configuration("'\(url)' is not a URL") }
        let date = Date()
        let payload = body.withUnsafeReadableBytes { SignatureV4.hash($0) }
        var signed = headers
        signed["host"] = parts.port.map { "\(host):\($0)" } ?? host
        signed["x-amz-date"] = SignatureV4.timestamp(date)
        signed["x-amz-content-sha256"] = payload
        signed["x-amz-security-token"] = configuration.credentials.sessionToken
        // URL's own `path` is decoded; what is signed is what is sent.
        let path = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).dropFirst(3).first.map { "/\($0)" } ?? "/"
        signed["authorization"] = signature.authorization(
            .init(method: method.rawValue, path: path, query: query, headers: signed, payloadHash: payload), date: date)
        signed["host"] = nil
        let text = SignatureV4.queryString(query)
        var request = HTTPClientRequest(url: text.isEmpty ? url : "\(url)?\(text)")
        request.method = method
        for (name, value) in signed { request.headers.add(name: name, value: value) }
        if method == .PUT || method == .POST { request.body = .bytes(body) }
        return try await http.execute(request, timeout: .minutes(5))
    }

    private func refusal(_ response: HTTPClientResponse, _ address: S3Address) async throws -> S3Error {
        let text = XMLText(String(buffer: try await response.body.collect(upTo: 1 << 20)))
        let code = text.value("Code") ?? ""
        // A bucket that isn't there is somebody's mistake; an object that isn't there may be nobody's.
        if response.status.code == 404, code != "NoSuchBucket", code != "NoSuchUpload" { return .notFound(address.description) }
        return .refused(
            status: Int(response.status.code), code: code.isEmpty ? response.status.reasonPhrase : code,
            message: text.value("Message") ?? "", address: address.description)
    }

    private static let tries = 4

    private func retrying<Value: Sendable>(_ address: S3Address, _ body: @Sendable () async throws -> Value) async throws -> Value {
        var pause = 0.1
        var attempt = 1
        while true {
            do {
                return try await body()
            } catch {
                try Task.checkCancellation()
                let failure = error as? S3Error ?? .unreachable(address: address.description, reason: Self.reason(error))
                guard failure.isTransient, attempt < Self.tries else { throw failure }
            }
            try await Task.sleep(for: .seconds(Double.random(in: 0...pause)))
            attempt += 1
            pause *= 3
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError: error.connectionErrors.first.map { reason($0.error) } ?? "unknown host \(error.host)"
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as HTTPClientError: error.shortDescription.lowercased()
        default: String(describing: error)
        }
    }
}
