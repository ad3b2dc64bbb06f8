import CZlib

/// Decompresses one message at a time, and never to more than a limit.
final class Inflater {
    // zlib's state contains a pointer to its stream, which therefore must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var output: UnsafeMutableRawBufferPointer

    /// The largest buffer in bytes that is kept between messages.
    private static let keptBytes = 256 << 10

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(byteCount: 16 << 10, alignment: 16)
    }

    deinit {
        stream.deallocate()
        output.deallocate()
    }

    /// Passes the decompressed message to `receive`; the bytes are valid during the call only. Throws RESOURCE_EXHAUSTED beyond
    /// `limit` bytes, INTERNAL if the input is not one complete stream of `encoding`.
    func inflate(
        _ input: UnsafeRawBufferPointer, _ encoding: MessageEncoding, limit: Int,
        _ receive: (UnsafeRawBufferPointer) throws(GRPCStatus) -> Void
    ) throws(GRPCStatus) {
        let size = try inflate(input, windowBits: encoding == .gzip ? 16 + MAX_WBITS : MAX_WBITS, limit: limit)
        defer { shrink() }
        try receive(UnsafeRawBufferPointer(rebasing: output[..<size]))
    }

    private func inflate(
        _ input: UnsafeRawBufferPointer, windowBits: CInt, limit: Int
    ) throws(GRPCStatus) -> Int {
        stream.pointee = z_stream()
        guard inflateInit2_(stream, windowBits, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw GRPCStatus(.resourceExhausted, "no memory to decompress a message")
        }
        defer { inflateEnd(stream) }
        // zlib does not write to its input, although its header lacks the const.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        var size = 0
        while true {
            if size == output.count { grow(keeping: size, limit: limit) }
            let room = output.count - size
            stream.pointee.next_out = output.baseAddress!.advanced(by: size).assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(room)
            let result = CZlib.inflate(stream, Z_NO_FLUSH)
            size += room - Int(stream.pointee.avail_out)
            guard size <= limit else {
                throw GRPCStatus(.resourceExhausted, "a message is over the limit of \(limit) bytes when decompressed")
            }
            if result == Z_STREAM_END { break }
            guard result == Z_OK, stream.pointee.avail_out == 0 || stream.pointee.avail_in > 0 else {
                throw GRPCStatus(.internal, "a compressed message cannot be decompressed")
            }
        }
        guard stream.pointee.avail_in == 0 else {
            throw GRPCStatus(.internal, "a compressed message goes on after its end")
        }
        return size
    }

    // One byte beyond the limit suffices to detect that it was exceeded.
    private func grow(keeping size: Int, limit: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(size + 1, min(2 * output.count, limit + 1)), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: output[..<size]))
        output.deallocate()
        output = larger
    }

    private func shrink() {
        guard output.count > Self.keptBytes else { return }
        output.deallocate()
        output = .allocate(byteCount: Self.keptBytes, alignment: 16)
    }
}
