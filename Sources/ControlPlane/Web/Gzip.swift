import CZlib

/// The gzip file format (RFC 1952), as browsers take it.
enum Gzip {
    /// The bytes compressed as far as zlib can; nil where zlib has no memory for it.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        // 15 bits of window; 16 more ask for a gzip header. A window of this size takes 256 KiB while it compresses.
        let window = 15 + 16
        guard
            deflateInit2_(
                &stream, Z_BEST_COMPRESSION, Z_DEFLATED, CInt(window), 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
                == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }
        var source = bytes
        let room = Int(deflateBound(&stream, uLong(bytes.count)))
        return source.withUnsafeMutableBufferPointer { source in
            var status = Z_OK
            let target = [UInt8](unsafeUninitializedCapacity: room) { target, count in
                stream.next_in = source.baseAddress
                stream.avail_in = uInt(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = uInt(room)
                status = deflate(&stream, Z_FINISH)
                count = room - Int(stream.avail_out)
            }
            return status == Z_STREAM_END ? target : nil
        }
    }
}
