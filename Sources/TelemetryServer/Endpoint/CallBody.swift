/// The body of a call's answer on its way out, and the trailers after it.
struct CallBody {
    private var bytes: [UInt8] = []
    private var sent = 0
    private var trailers: [HTTP2Field]?

    mutating func append(message: [UInt8]) {
        bytes += MessageFramer.frame(message)
    }

    mutating func end(_ trailers: [HTTP2Field]) {
        self.trailers = trailers
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> HTTP2Output {
        let count = min(buffer.count, bytes.count - sent)
        guard count > 0 else { return trailers.map(HTTP2Output.end) ?? .waiting }
        buffer.copyBytes(from: bytes[sent..<sent + count])
        sent += count
        return .bytes(count)
    }
}
