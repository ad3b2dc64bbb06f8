import AsyncHTTPClient
public import FoundationEssentials
import Glibc
public import NIOCore
import NIOHTTP1
import NIOPosix
import Support

/// What an object store says of an object.
public struct S3Object: Hashable, Sendable {
    public var key: String
    /// In bytes.
    public var size: Int64
    /// From listings; absent from `head`.
    public var lastModified: Date?
    /// The entity tag, which every change of the object changes; absent from listings.
    public var tag: String?
    /// Of the content, if it was said when the object was put there; absent from listings.
    public var sha256: String?
}

/// An object that is being read.
public struct S3Content: Sendable {
    /// Size of the whole object, in bytes.
    public var size: Int64
    public var tag: String?
    let address: S3Address
    let body: HTTPClientResponse.Body

    /// Hands the bytes asked for to `write` as they come.
    ///
    /// - Throws: `S3Error`, and what `write` throws.
    public func read(write: (ByteBuffer) async throws -> Void) async throws {
        var pieces = body.makeAsyncIterator()
        while true {
            let piece: ByteBuffer?
            do {
                piece = try await pieces.next()
            } catch {
                try Task.checkCancellation()
                throw S3Error.unreachable(address: address.description, reason: S3Client.reason(error))
            }
            guard let piece else { return }
            try await write(piece)
        }
    }
}

/// A client of Amazon S3 and of servers that speak its API.
///
/// Calls that the store is too busy for, or that meet a broken connection, are tried again a few times. The two that may not simply
/// be repeated, the beginning and the end of an upload in parts, see to what an earlier try has left.
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

    /// - Parameter sha256: of the content; `head` tells it.
    /// - Returns: the object's entity tag.
    /// - Throws: `S3Error`.
    @discardableResult
    public func put(_ bytes: ByteBuffer, to address: S3Address, mediaType: String? = nil, sha256: String? = nil) async throws -> String? {
        try await call(.PUT, address, headers: Self.headers(mediaType, sha256), body: bytes).headers.first(name: "etag")
    }

    static func headers(_ mediaType: String?, _ sha256: String?) -> [String: String] {
        var headers: [String: String] = [:]
        headers["content-type"] = mediaType
        headers[hashHeader] = sha256
        return headers
    }

    /// Where an object says what its content should be. Amazon's own checksums are, of an object put in parts, those of the parts.
    private static let hashHeader = "x-amz-meta-lynx-sha256"

    /// Begins to read an object; `range` counts both its ends.
    ///
    /// - Throws: `S3Error`, `notFound` where there is no such object.
    public func open(_ address: S3Address, range: ClosedRange<Int64>? = nil) async throws -> S3Content {
        var headers: [String: String] = [:]
        if let range { headers["range"] = "bytes=\(range.lowerBound)-\(range.upperBound)" }
        return try await retrying(address) { [self, headers] in
            let response = try await send(.GET, address, [], headers, ByteBuffer())
            guard response.status.code == (range == nil ? 200 : 206) else { throw try await refusal(response, address) }
            // `bytes 0-9/100`
            let whole =
                range == nil
                ? response.headers.first(name: "content-length")
                : response.headers.first(name: "content-range")?.split(separator: "/").last.map(String.init)
            guard let size = whole.flatMap({ Int64($0) }) else {
                throw S3Error.unreachable(address: address.description, reason: "the answer does not say how long the object is")
            }
            return S3Content(size: size, tag: response.headers.first(name: "etag"), address: address, body: response.body)
        }
    }

    /// - Throws: `S3Error`, `notFound` where there is no such object.
    public func head(_ address: S3Address) async throws -> S3Object {
        let headers = try await call(.HEAD, address).headers
        guard let size = headers.first(name: "content-length").flatMap({ Int64($0) }) else {
            throw S3Error.unreachable(address: address.description, reason: "the answer does not say how long the object is")
        }
        return S3Object(key: address.key, size: size, tag: headers.first(name: "etag"), sha256: headers.first(name: Self.hashHeader))
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
            return S3Object(key: Self.decode(key), size: size, lastModified: item.value("LastModified").flatMap(Self.date))
        }
        return (objects, page.value("IsTruncated") == "true" ? page.value("NextContinuationToken") : nil)
    }

    /// Amazon writes milliseconds; other stores write whole seconds, or more digits.
    static func date(_ text: String) -> Date? {
        var text = text
        if let point = text.firstIndex(of: "."), let end = text[point...].dropFirst().firstIndex(where: { !("0"..."9").contains($0) }) {
            text.removeSubrange(point..<end)
        }
        return try? Date.ISO8601FormatStyle().parse(text)
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
        try await retrying(address) { [self] in try await callOnce(method, address, query: query, headers: headers, body: body) }
    }

    /// The same, without another try.
    func callOnce(
        _ method: HTTPMethod, _ address: S3Address, query: [(String, String)] = [], headers: [String: String] = [:],
        body: ByteBuffer = ByteBuffer()
    ) async throws -> Answer {
        let response = try await send(method, address, query, headers, body)
        guard (200..<300).contains(response.status.code) else { throw try await refusal(response, address) }
        return Answer(headers: response.headers, body: try await response.body.collect(upTo: 16 << 20))
    }

    private func send(
        _ method: HTTPMethod, _ address: S3Address, _ query: [(String, String)], _ headers: [String: String], _ body: ByteBuffer
    ) async throws -> HTTPClientResponse {
        let url = configuration.url(address)
        guard let parts = URL(string: url), let host = parts.host else { throw S3Error.configuration("'\(url)' is not a URL") }
        let date = Date()
        let payload = body.withUnsafeReadableBytes { SHA256.hash($0).hexadecimal }
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
        try await retrying(address) { (_: Bool) in try await body() }
    }

    /// - Parameter body: told whether an earlier try may have had its effect, although its answer was lost.
    func retrying<Value: Sendable>(
        _ address: S3Address, _ body: @Sendable (_ mayBeDone: Bool) async throws -> Value
    ) async throws -> Value {
        var pause = 0.1
        var attempt = 1
        while true {
            do {
                return try await body(attempt > 1)
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

    static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError: error.connectionErrors.first.map { reason($0.error) } ?? "unknown host \(error.host)"
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as HTTPClientError: error.shortDescription.lowercased()
        default: String(describing: error)
        }
    }
}
