/// The header fields of a request that matter to gRPC, collected as they come, and what they ask for.
/// Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
struct RequestHead {
    /// What a valid request asks for.
    struct Request: Hashable {
        var method: GRPCMethod
        var encoding: MessageEncoding
        /// Nanoseconds from the request's arrival.
        var timeout: UInt64?
    }

    enum Rejection: Error, Hashable {
        /// Not gRPC at all.
        case http(status: Int)
        case grpc(GRPCStatus)
    }

    private let maxBytes: Int
    private var bytes = 0
    private var httpMethod: [UInt8] = []
    private var path: [UInt8] = []
    private var contentType: [UInt8] = []
    private var encoding: [UInt8]?
    private var timeout: [UInt8]?

    init(maxBytes: Int) {
        self.maxBytes = maxBytes
    }

    /// Takes in a field; HTTP/2 has made its name lower-case. What goes beyond the limit is counted but not kept.
    mutating func add(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        bytes += name.count + value.count + 32
        guard bytes <= maxBytes else { return }
        switch name.count {
        case 5 where name.elementsEqual(":path".utf8): path = Array(value)
        case 7 where name.elementsEqual(":method".utf8): httpMethod = Array(value)
        case 12 where name.elementsEqual("content-type".utf8): contentType = Array(value)
        case 12 where name.elementsEqual("grpc-timeout".utf8): timeout = Array(value)
        case 13 where name.elementsEqual("grpc-encoding".utf8): encoding = Array(value)
        default: break
        }
    }

    /// Judges the whole head.
    func request() throws(Rejection) -> Request {
        guard bytes <= maxBytes else {
            throw .grpc(GRPCStatus(.resourceExhausted, "the request's header fields are over the limit of \(maxBytes) bytes"))
        }
        guard httpMethod.elementsEqual("POST".utf8) else { throw .http(status: 405) }
        guard isGRPC(contentType) else { throw .http(status: 415) }
        let path = String(decoding: path, as: UTF8.self)
        guard let method = GRPCMethod(rawValue: path) else {
            throw .grpc(GRPCStatus(.unimplemented, "no method \(path)"))
        }
        return Request(method: method, encoding: try requestEncoding(), timeout: try requestTimeout())
    }

    private func requestEncoding() throws(Rejection) -> MessageEncoding {
        guard let encoding else { return .identity }
        let name = String(decoding: encoding, as: UTF8.self)
        guard let known = MessageEncoding(rawValue: name) else {
            throw .grpc(GRPCStatus(.unimplemented, "no compression '\(name)'; there are \(MessageEncoding.accepted)"))
        }
        return known
    }

    private func requestTimeout() throws(Rejection) -> UInt64? {
        guard let timeout else { return nil }
        guard let nanoseconds = GRPCTimeout.nanoseconds(timeout) else {
            throw .grpc(
                GRPCStatus(.internal, "grpc-timeout is '\(String(decoding: timeout, as: UTF8.self))'; '100m' would be right"))
        }
        return nanoseconds
    }

    // Other gRPC flavours, such as application/grpc-web and application/grpc+json, have messages that we cannot read.
    private func isGRPC(_ contentType: [UInt8]) -> Bool {
        let type = contentType.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        return type.elementsEqual("application/grpc".utf8) || type.elementsEqual("application/grpc+proto".utf8)
    }
}

/// The methods served, by their HTTP/2 paths.
enum GRPCMethod: String, CaseIterable, Sendable {
    case stream = "/tetryx.telemetry.v1.TelemetryService/Stream"
    case report = "/tetryx.telemetry.v1.TelemetryService/Report"
    case healthCheck = "/grpc.health.v1.Health/Check"
    case healthWatch = "/grpc.health.v1.Health/Watch"

    /// Services that the health service knows; the empty name is the server itself.
    static let healthyServices = ["", "tetryx.telemetry.v1.TelemetryService", "grpc.health.v1.Health"]

    /// Whether a call carries any number of request messages rather than exactly one.
    var takesManyMessages: Bool { self == .stream }
}

/// The compressions of `grpc-encoding` that this server reads. It sends identity only.
enum MessageEncoding: String, CaseIterable, Sendable {
    case identity
    case gzip
    /// The zlib format of RFC 1950, in spite of its name.
    case deflate

    /// The value of `grpc-accept-encoding`.
    static let accepted = allCases.map(\.rawValue).joined(separator: ",")
}
