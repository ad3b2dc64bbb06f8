import CNGHTTP2
import Glibc

/// A TCP client that sends bytes of the test's making, and understands the frames that come back.
///
/// Its calls wait, at most `patience` seconds for each piece: a test that would hang fails instead.
final class RawClient {
    struct Frame {
        var kind: UInt8
        var flags: UInt8
        var stream: UInt32
        var payload: [UInt8]
    }

    /// How a stream was answered.
    struct Response: Equatable {
        var fields: [String: String] = [:]
        var body: [UInt8] = []

        var status: String? { fields["grpc-status"] }
    }

    enum Failure: Error {
        case cannotConnect(CInt)
        case closed
        case timedOut
    }

    let descriptor: CInt
    private static let patience = 30
    private var received: [UInt8] = []
    private var inflater: OpaquePointer?

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var wait = timeval(tv_sec: Self.patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &wait, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure.cannotConnect(errno) }
        nghttp2_hd_inflate_new(&inflater)
    }

    deinit {
        close(descriptor)
        if let inflater { nghttp2_hd_inflate_del(inflater) }
    }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure.closed }
            sent += count
        }
    }

    /// Says that nothing more will be sent; answers are still read.
    func endSending() {
        shutdown(descriptor, CInt(SHUT_WR))
    }

    /// Reads until the server closes the connection. Throws if it doesn't.
    func awaitClose() throws {
        while true {
            do { try receive() } catch Failure.closed { return }
        }
    }

    func nextFrame() throws -> Frame {
        while true {
            if received.count >= 9 {
                let length = Int(received[0]) << 16 | Int(received[1]) << 8 | Int(received[2])
                if received.count >= 9 + length {
                    defer { received.removeFirst(9 + length) }
                    let stream = received[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                    return Frame(
                        kind: received[3], flags: received[4], stream: stream, payload: Array(received[9..<9 + length]))
                }
            }
            try receive()
        }
    }

    /// Reads frames up to the next of the kind; header blocks on the way are decoded, as HPACK's state demands.
    func awaitFrame(_ kind: UInt8) throws -> Frame {
        while true {
            let frame = try nextFrame()
            if frame.kind == kind { return frame }
            if frame.kind == HTTP2Frames.Kind.headers { _ = fields(frame.payload) }
        }
    }

    /// Reads frames until a stream has been answered to its end. Other streams' answers on the way are lost.
    func awaitResponse(_ stream: UInt32) throws -> Response {
        var response = Response()
        while true {
            let frame = try nextFrame()
            if frame.kind == HTTP2Frames.Kind.headers {
                let fields = fields(frame.payload)
                if frame.stream == stream { response.fields.merge(fields) { $1 } }
            } else if frame.kind == HTTP2Frames.Kind.data, frame.stream == stream {
                response.body += frame.payload
            } else {
                continue
            }
            if frame.stream == stream, frame.flags & HTTP2Frames.Flag.endStream != 0 { return response }
        }
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 {
            received += buffer[..<count]
        } else {
            throw count < 0 && errno == EAGAIN ? Failure.timedOut : Failure.closed
        }
    }

    private func fields(_ block: [UInt8]) -> [String: String] {
        var fields: [String: String] = [:]
        var offset = 0
        while true {
            var field = nghttp2_nv()
            var flags: CInt = 0
            let count = block.withUnsafeBufferPointer {
                nghttp2_hd_inflate_hd2(inflater, &field, &flags, $0.baseAddress! + offset, block.count - offset, 1)
            }
            guard count >= 0 else { return fields }
            offset += count
            if flags & CInt(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0 {
                let name = String(decoding: UnsafeBufferPointer(start: field.name, count: field.namelen), as: UTF8.self)
                fields[name] = String(
                    decoding: UnsafeBufferPointer(start: field.value, count: field.valuelen), as: UTF8.self)
            }
            if flags & CInt(NGHTTP2_HD_INFLATE_FINAL.rawValue) != 0 {
                nghttp2_hd_inflate_end_headers(inflater)
                return fields
            }
        }
    }
}
