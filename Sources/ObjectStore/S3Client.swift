import AsyncHTTPClient
public import FoundationEssentials
import Glibc
public import NIOCore
import NIOHTTP1
import NIOPosix
import Support

/// The metadata of an object in a store.
public struct S3Object: Hashable, Sendable {
    public var key: String
    /// Size in bytes.
    public var size: Int64
    /// Set in listings; nil from `head`.
    public var lastModified: Date?
    /// The entity tag, which changes with every change of the object; nil in listings.
    public var tag: String?
    /// SHA-256 of the content, if it was given when the object was stored; nil in listings.
    public var sha256: String?
}

/// An object whose content is being read.
public struct S3Content: Sendable {
    /// Size of the whole object in bytes.
    public var size: Int64
    public var tag: String?
    let address: S3Address
    let body: HTTPClientResponse.Body

    /// Passes the requested bytes to `write` as they arrive.
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

/// A client of Amazon S3 and of servers with the same API.
///
/// Calls are retried a few times if the store is too busy or the connection breaks. Two calls cannot simply be repeated, the
/// beginning and the completion of an upload in parts: they check what an earlier try has left behind.
public final class S3Client: Sendable {
    public let configuration: S3Configuration
    let http: HTTPClient
    let signature: SignatureV4

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
        // The HTTP client has to be shut down; nothing needs to wait for it.
        let http = http
        Task { try? await http.shutdown() }
    }

    /// Stores an object in one call.
    ///
    /// - Parameter sha256: digest of the content, which `head` returns later.
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

    /// The header that holds the digest of an object's content. Amazon's own checksums of an object stored in parts cover the
    /// parts.
    private static let hashHeader = "x-amz-meta-lynx-sha256"

    /// Begins to read an object; `range` includes both its bounds, in bytes.
    ///
    /// - Throws: `S3Error`; `notFound` if the object does not exist.
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

    /// The metadata of an object.
    ///
    /// - Throws: `S3Error`; `notFound` if the object does not exist.
    public func head(_ address: S3Address) async throws -> S3Object {
        let headers = try await call(.HEAD, address).headers
        guard let size = headers.first(name: "content-length").flatMap({ Int64($0) }) else {
            throw S3Error.unreachable(address: address.description, reason: "the answer does not say how long the object is")
        }
        return S3Object(key: address.key, size: size, tag: headers.first(name: "etag"), sha256: headers.first(name: Self.hashHeader))
    }

    /// Deletes an object. Deleting one that does not exist succeeds.
    ///
    /// - Throws: `S3Error`.
    public func delete(_ address: S3Address) async throws {
        do {
            _ = try await call(.DELETE, address)
        } catch S3Error.notFound {
            return
        }
    }

    /// Lists the objects whose key begins with that of `address`, up to 1000 in a page.
    ///
    /// - Returns: the page, and the token to pass as `after` for the next page; nil after the last.
    /// - Throws: `S3Error`.
    public func list(_ address: S3Address, after token: String? = nil) async throws -> (objects: [S3Object], next: String?) {
        // Keys may contain characters that XML cannot represent, unless they are percent-encoded.
        var query = [("list-type", "2"), ("prefix", address.key), ("encoding-type", "url")]
        if let token { query.append(("continuation-token", token)) }
        let page = XMLText(String(buffer: try await call(.GET, S3Address(bucket: address.bucket, key: ""), query: query).body))
        let objects = page.elements("Contents").compactMap { item -> S3Object? in
            guard let key = item.value("Key"), let size = item.value("Size").flatMap({ Int64($0) }) else { return nil }
            return S3Object(key: Self.decode(key), size: size, lastModified: item.value("LastModified").flatMap(Self.date))
        }
        return (objects, page.value("IsTruncated") == "true" ? page.value("NextContinuationToken") : nil)
    }

    /// Amazon writes milliseconds; other stores write whole seconds or more digits.
    static func date(_ text: String) -> Date? {
        var text = text
        if let point = text.firstIndex(of: "."), let end = text[point...].dropFirst().firstIndex(where: { !("0"..."9").contains($0) }) {
            text.removeSubrange(point..<end)
        }
        return try? Date.ISO8601FormatStyle().parse(text)
    }

    /// Decodes form encoding: `+` is a space, `%XX` a byte.
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
}
