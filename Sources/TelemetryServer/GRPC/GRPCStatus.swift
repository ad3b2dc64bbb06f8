/// The result of a gRPC call: `grpc-status` and `grpc-message`.
struct GRPCStatus: Error, Hashable, Sendable {
    /// The codes of https://grpc.io/docs/guides/status-codes/ that this server uses.
    enum Code: Int, Sendable {
        case ok = 0
        case invalidArgument = 3
        case deadlineExceeded = 4
        case notFound = 5
        case resourceExhausted = 8
        case unimplemented = 12
        case `internal` = 13
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String = "") {
        self.code = code
        self.message = message
    }

    static let ok = GRPCStatus(.ok)

    /// The message in wire format: `%` and everything but printable ASCII is percent-encoded byte by byte. It is cut to about a
    /// kilobyte, as a message may quote a client's text.
    var encodedMessage: String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for scalar in message.unicodeScalars where encoded.count < 1_000 {
            for byte in UTF8.encode(scalar)! {
                if (0x20...0x7e).contains(byte), byte != UInt8(ascii: "%") {
                    encoded.append(byte)
                } else {
                    encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                }
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
