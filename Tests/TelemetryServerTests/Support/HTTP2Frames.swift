/// HTTP/2 frames written by hand, right or wrong (RFC 9113).
enum HTTP2Frames {
    enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let resetStream: UInt8 = 3
        static let settings: UInt8 = 4
        static let ping: UInt8 = 6
        static let goAway: UInt8 = 7
    }

    enum Flag {
        static let none: UInt8 = 0
        static let endStream: UInt8 = 1
        static let acknowledgement: UInt8 = 1
        static let endHeaders: UInt8 = 4
    }

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(Kind.settings, Flag.none, 0, [])

    static func frame(_ kind: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
        let length = payload.count
        let size = [UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255)]
        return size + [kind, flags] + bigEndian(stream) + payload
    }

    /// A gRPC request's head. Fields given replace the usual ones; an empty value leaves a field out.
    static func head(_ stream: UInt32, path: String, _ fields: KeyValuePairs<String, String> = [:]) -> [UInt8] {
        var all: [(String, String)] = [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"),
            ("te", "trailers"), ("content-type", "application/grpc"),
        ]
        for (name, value) in fields {
            if let index = all.firstIndex(where: { $0.0 == name }) {
                all[index].1 = value
            } else {
                all.append((name, value))
            }
        }
        let block = all.filter { !$0.1.isEmpty }.flatMap { literal($0.0, $0.1) }
        return frame(Kind.headers, Flag.endHeaders, stream, block)
    }

    static func data(_ stream: UInt32, _ bytes: [UInt8], end: Bool = false) -> [UInt8] {
        frame(Kind.data, end ? Flag.endStream : Flag.none, stream, bytes)
    }

    static func reset(_ stream: UInt32, code: UInt32 = 8) -> [UInt8] {
        frame(Kind.resetStream, Flag.none, stream, bigEndian(code))
    }

    static func bigEndian(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
    }

    /// HPACK: a literal field that nobody indexes, without Huffman coding (RFC 7541 §6.2.2).
    private static func literal(_ name: String, _ value: String) -> [UInt8] {
        [0] + string(name) + string(value)
    }

    private static func string(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var length: [UInt8] = []
        if bytes.count < 127 {
            length = [UInt8(bytes.count)]
        } else {
            length = [127]
            var rest = bytes.count - 127
            while rest >= 128 {
                length.append(UInt8(rest & 127 | 128))
                rest >>= 7
            }
            length.append(UInt8(rest))
        }
        return length + bytes
    }
}
