/// Splits a call's bytes into gRPC messages: one byte that states whether the message is compressed, four bytes of length
/// (big-endian), the message. The bytes may arrive in pieces of any size.
struct MessageFramer {
    /// Receives one message; the bytes are valid during the call only.
    typealias Receiver = (_ isCompressed: Bool, UnsafeRawBufferPointer) throws(GRPCStatus) -> Void

    private static let headerSize = 5

    private let maxMessageBytes: Int
    /// The beginning of an incomplete message; empty between messages.
    private var partial: [UInt8] = []

    init(maxMessageBytes: Int) {
        self.maxMessageBytes = maxMessageBytes
    }

    /// Memory in bytes that is held for an incomplete message.
    var bufferedBytes: Int { partial.count }

    /// Whether a message is incomplete, so that the call may not end here.
    var isInsideMessage: Bool { !partial.isEmpty }

    /// Processes bytes and passes each message that they complete to `receive`. After an error the framer must not be used any
    /// more.
    mutating func feed(_ bytes: UnsafeRawBufferPointer, _ receive: Receiver) throws(GRPCStatus) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if partial.isEmpty, try passWhole(&rest, receive) { continue }
            try complete(&rest, receive)
        }
    }

    /// Passes on a message that lies completely within `rest`, without copying it.
    private func passWhole(_ rest: inout Slice<UnsafeRawBufferPointer>, _ receive: Receiver) throws(GRPCStatus) -> Bool {
        guard rest.count >= Self.headerSize else { return false }
        let bytes = UnsafeRawBufferPointer(rebasing: rest)
        let (isCompressed, length) = try Self.parseHeader(bytes, limit: maxMessageBytes)
        guard bytes.count - Self.headerSize >= length else { return false }
        rest = rest.dropFirst(Self.headerSize + length)
        try receive(isCompressed, UnsafeRawBufferPointer(rebasing: bytes[Self.headerSize..<Self.headerSize + length]))
        return true
    }

    /// Moves bytes from `rest` into the partial message, and passes it on when it is complete.
    private mutating func complete(
        _ rest: inout Slice<UnsafeRawBufferPointer>, _ receive: Receiver
    ) throws(GRPCStatus) {
        move(&rest, upTo: Self.headerSize)
        guard partial.count >= Self.headerSize else { return }
        let (isCompressed, length) = try partial.withUnsafeBufferPointer { bytes throws(GRPCStatus) in
            try Self.parseHeader(UnsafeRawBufferPointer(bytes), limit: maxMessageBytes)
        }
        move(&rest, upTo: Self.headerSize + length)
        guard partial.count == Self.headerSize + length else { return }
        let message = partial
        partial = []
        try message.withUnsafeBufferPointer { bytes throws(GRPCStatus) in
            try receive(isCompressed, UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[Self.headerSize...])))
        }
    }

    private mutating func move(_ rest: inout Slice<UnsafeRawBufferPointer>, upTo size: Int) {
        let taken = rest.prefix(max(0, size - partial.count))
        partial += taken
        rest = rest.dropFirst(taken.count)
    }

    private static func parseHeader(
        _ bytes: UnsafeRawBufferPointer, limit: Int
    ) throws(GRPCStatus) -> (isCompressed: Bool, length: Int) {
        let flag = bytes[0]
        guard flag <= 1 else {
            throw GRPCStatus(.internal, "a message begins with \(flag); 0 (plain) or 1 (compressed) would be right")
        }
        let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
        guard length <= limit else {
            throw GRPCStatus(.resourceExhausted, "a message of \(length) bytes is over the limit of \(limit)")
        }
        return (flag == 1, length)
    }

    /// An outgoing message: uncompressed, with its header.
    static func frame(_ message: [UInt8]) -> [UInt8] {
        let length = UInt32(message.count)
        return [0, UInt8(length >> 24), UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255)] + message
    }
}
