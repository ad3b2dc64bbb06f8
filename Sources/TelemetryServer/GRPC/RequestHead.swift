/// The header fields of a request that matter to gRPC, and the request that they describe. Source:
/// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
struct RequestHead {
    /// The content of a valid request head.
    struct Request: Hashable {
        var method: GRPCMethod
        var encoding: MessageEncoding
        /// The deadline in nanoseconds from the request's arrival; nil if there is none.
        var timeout: UInt64?
    }

    enum Rejection: Error, Hashable {
        /// The request is not gRPC; the response is this HTTP status.
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

    /// Adds a header field, whose name HTTP/2 guarantees to be lower-case. Fields beyond the size limit are counted but not
    /// kept.
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

    /// Validates the complete head.
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

    // Other variants of gRPC, such as application/grpc-web and application/grpc+json, have a different message format.
    private func isGRPC(_ contentType: [UInt8]) -> Bool {
        let type = contentType.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        return type.elementsEqual("application/grpc".utf8) || type.elementsEqual("application/grpc+proto".utf8)
    }
}

/// The methods that the server implements, by their HTTP/2 paths.
enum GRPCMethod: String, CaseIterable, Sendable {
    case stream = "/tetryx.telemetry.v1.TelemetryService/Stream"
    case report = "/tetryx.telemetry.v1.TelemetryService/Report"
    case healthCheck = "/grpc.health.v1.Health/Check"
    case healthWatch = "/grpc.health.v1.Health/Watch"

    /// The services that the health service reports on; the empty name is the server itself.
    static let healthyServices = ["", "tetryx.telemetry.v1.TelemetryService", "grpc.health.v1.Health"]

    /// Whether a call carries any number of request messages rather than exactly one.
    var takesManyMessages: Bool { self == .stream }
}

/// The values of `grpc-encoding` that this server can read. It sends identity only.
enum MessageEncoding: String, CaseIterable, Sendable {
    case identity
    case gzip
    /// The zlib format of RFC 1950, despite its name.
    case deflate

    /// The value of `grpc-accept-encoding`.
    static let accepted = allCases.map(\.rawValue).joined(separator: ",")
}

/// The `grpc-timeout` header: one to eight digits and a unit.
enum GRPCTimeout {
    /// The timeout in nanoseconds; nil if the text is not a timeout. Times beyond UInt64 become its largest value.
    static func nanoseconds(_ text: some BidirectionalCollection<UInt8>) -> UInt64? {
        guard let unit = text.last, let scale = scale(of: unit) else { return nil }
        let digits = text.dropLast()
        guard (1...8).contains(digits.count) else { return nil }
        var amount: UInt64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            amount = amount * 10 + UInt64(digit - UInt8(ascii: "0"))
        }
        let (product, overflow) = amount.multipliedReportingOverflow(by: scale)
        return overflow ? .max : product
    }

    private static func scale(of unit: UInt8) -> UInt64? {
        switch unit {
        case UInt8(ascii: "H"): 3_600_000_000_000
        case UInt8(ascii: "M"): 60_000_000_000
        case UInt8(ascii: "S"): 1_000_000_000
        case UInt8(ascii: "m"): 1_000_000
        case UInt8(ascii: "u"): 1_000
        case UInt8(ascii: "n"): 1
        default: nil
        }
    }
}
