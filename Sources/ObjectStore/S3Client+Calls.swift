import AsyncHTTPClient
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Support

/// Signed calls, their errors and retries.
extension S3Client {
    struct Answer: Sendable {
        var headers: HTTPHeaders
        var body: ByteBuffer
    }

    /// One call, with retries, whose response fits into memory.
    func call(
        _ method: HTTPMethod, _ address: S3Address, query: [(String, String)] = [], headers: [String: String] = [:],
        body: ByteBuffer = ByteBuffer()
    ) async throws -> Answer {
        try await retrying(address) { [self] in try await callOnce(method, address, query: query, headers: headers, body: body) }
    }

    /// One call without retries.
    func callOnce(
        _ method: HTTPMethod, _ address: S3Address, query: [(String, String)] = [], headers: [String: String] = [:],
        body: ByteBuffer = ByteBuffer()
    ) async throws -> Answer {
        let response = try await send(method, address, query, headers, body)
        guard (200..<300).contains(response.status.code) else { throw try await refusal(response, address) }
        return Answer(headers: response.headers, body: try await response.body.collect(upTo: 16 << 20))
    }

    func send(
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
        // URL's own `path` is decoded, but the signature covers the path as sent.
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

    func refusal(_ response: HTTPClientResponse, _ address: S3Address) async throws -> S3Error {
        let text = XMLText(String(buffer: try await response.body.collect(upTo: 1 << 20)))
        let code = text.value("Code") ?? ""
        // A missing bucket is a configuration error; a missing object may be expected.
        if response.status.code == 404, code != "NoSuchBucket", code != "NoSuchUpload" { return .notFound(address.description) }
        return .refused(
            status: Int(response.status.code), code: code.isEmpty ? response.status.reasonPhrase : code,
            message: text.value("Message") ?? "", address: address.description)
    }

    private static let tries = 4

    func retrying<Value: Sendable>(_ address: S3Address, _ body: @Sendable () async throws -> Value) async throws -> Value {
        try await retrying(address) { (_: Bool) in try await body() }
    }

    /// - Parameter body: receives whether an earlier try may have taken effect although its reply was lost.
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

/// The reason why a call to an object store failed.
public enum S3Error: Error, Hashable, Sendable, CustomStringConvertible {
    /// The environment's settings cannot be used.
    case configuration(String)
    case notFound(String)
    /// The store refused the call, with its own code (such as `AccessDenied`) and message.
    case refused(status: Int, code: String, message: String, address: String)
    /// The store gave no usable reply in several tries.
    case unreachable(address: String, reason: String)
    /// A file to be uploaded cannot be read, or differs from what was announced.
    case file(path: String, reason: String)

    /// Whether the upload in parts does not exist, or no longer does.
    var isUnknownUpload: Bool {
        if case .refused(_, "NoSuchUpload", _, _) = self { true } else { false }
    }

    /// Whether the same call may succeed later.
    public var isTransient: Bool {
        switch self {
        case .unreachable: true
        case .refused(let status, let code, _, _): status >= 500 || status == 429 || status == 408 || code == "RequestTimeout"
        case .configuration, .notFound, .file: false
        }
    }

    public var description: String {
        switch self {
        case .configuration(let reason): reason
        case .notFound(let address): "there is nothing at \(address)"
        case .refused(let status, let code, let message, let address):
            "the object store refused \(address) with \(status) \(code)" + (message.isEmpty ? "" : ": \(message)")
        case .unreachable(let address, let reason): "the object store does not answer for \(address): \(reason)"
        case .file(let path, let reason): "\(path): \(reason)"
        }
    }
}

/// The subset of XML that an object store's responses need: the text of elements by name. Responses are flat records without
/// relevant attributes, comments or CDATA.
struct XMLText {
    /// Scalars, because a bracket followed by a combining mark is one Character with it.
    private let text: Substring.UnicodeScalarView

    init(_ text: some StringProtocol) { self.init(Substring(text).unicodeScalars) }

    private init(_ text: Substring.UnicodeScalarView) { self.text = text }

    /// The content of each element `<name>`.
    func elements(_ name: String) -> [XMLText] {
        var found: [XMLText] = []
        var rest = text
        while let open = rest.firstRange(of: "<\(name)>".unicodeScalars) {
            let inner = rest[open.upperBound...]
            guard let close = inner.firstRange(of: "</\(name)>".unicodeScalars) else { break }
            found.append(XMLText(inner[..<close.lowerBound]))
            rest = inner[close.upperBound...]
        }
        return found
    }

    /// The text of the first element `<name>`, with the five predefined entities resolved.
    func value(_ name: String) -> String? { elements(name).first?.unescaped }

    private var unescaped: String {
        guard text.contains("&") else { return String(text) }
        // The ampersand comes last, as `&amp;lt;` stands for `&lt;`.
        let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")]
            .reduce(into: text) { $0.replace($1.0.unicodeScalars, with: $1.1.unicodeScalars) }
        return String(plain)
    }
}
