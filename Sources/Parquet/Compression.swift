import CZlib
import CZstd

/// How a page is compressed (`CompressionCodec` of parquet.thrift).
enum Compression: Int {
    case none = 0
    case snappy = 1
    case gzip = 2
    case zstd = 6

    private static let others = [3: "LZO", 4: "Brotli", 5: "LZ4 of Hadoop", 7: "LZ4"]

    /// - Throws: a `ParquetError` that names a codec that is not read.
    init(code: Int) throws(ParquetError) {
        guard let known = Compression(rawValue: code) else {
            let name = Self.others[code] ?? "number \(code)"
            throw ParquetError("is compressed by the codec \(name), which is not read; write it with compression='snappy' or 'zstd'")
        }
        self = known
    }

    /// - Parameter size: what the page has without compression, in bytes; as much memory is taken.
    func expanded(_ bytes: ArraySlice<UInt8>, to size: Int) throws(ParquetError) -> ArraySlice<UInt8> {
        let expanded: [UInt8]
        switch self {
        case .none: return bytes
        case .snappy: expanded = try Snappy.expand(bytes, to: size)
        case .gzip: expanded = Self.gunzip(bytes, to: size)
        case .zstd: expanded = Self.unzstd(bytes, to: size)
        }
        guard expanded.count == size else { throw .damaged("a page does not expand to its size") }
        return expanded[...]
    }

    /// Also zlib's own format, which some writers take for it. Shorter than `size` where the bytes are none of both.
    private static func gunzip(_ bytes: ArraySlice<UInt8>, to size: Int) -> [UInt8] {
        var stream = z_stream()
        let eitherFormat = 15 + 32
        guard inflateInit2_(&stream, Int32(eitherFormat), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return [] }
        defer { inflateEnd(&stream) }
        return [UInt8](unsafeUninitializedCapacity: size) { target, count in
            bytes.withUnsafeBufferPointer { source in
                stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.avail_in = uInt(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = uInt(size)
                let status = inflate(&stream, Z_FINISH)
                count = status == Z_STREAM_END ? size - Int(stream.avail_out) : 0
            }
        }
    }

    private static func unzstd(_ bytes: ArraySlice<UInt8>, to size: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size) { target, count in
            bytes.withUnsafeBytes { source in
                let written = ZSTD_decompress(target.baseAddress, size, source.baseAddress, source.count)
                count = ZSTD_isError(written) == 0 ? written : 0
            }
        }
    }
}

/// Google's Snappy ("Snappy compressed format description", format_description.txt).
enum Snappy {
    static func expand(_ bytes: ArraySlice<UInt8>, to size: Int) throws(ParquetError) -> [UInt8] {
        var reader = ByteReader(bytes)
        guard try reader.size() == size else { throw .damaged("a page says that it has another size than its header does") }
        var expanded: [UInt8] = []
        // A copy of up to 64 bytes takes at least two: what claims more can only be wrong, and is not given the memory.
        guard size <= 64 * bytes.count else { throw .damaged("a page does not expand to its size") }
        expanded.reserveCapacity(size)
        while reader.left > 0 {
            let tag = Int(try reader.byte())
            let length: Int, distance: Int
            switch tag & 3 {
            case 0:
                var count = tag >> 2
                if count >= 60 {
                    count = 0
                    for (place, byte) in try reader.take((tag >> 2) - 59).enumerated() { count |= Int(byte) << (8 * place) }
                }
                expanded.append(contentsOf: try reader.take(count + 1))
                guard expanded.count <= size else { throw .damaged("a page expands beyond its size") }
                continue
            case 1: (length, distance) = (4 + ((tag >> 2) & 7), ((tag >> 5) << 8) | Int(try reader.byte()))
            case 2: (length, distance) = (1 + (tag >> 2), Int(try reader.number(as: UInt16.self)))
            default: (length, distance) = (1 + (tag >> 2), Int(try reader.number(as: UInt32.self)))
            }
            guard distance > 0, distance <= expanded.count, length <= size - expanded.count else {
                throw .damaged("a page copies what it does not have")
            }
            // What is copied may overlap what it is copied to, and then repeats.
            for _ in 0..<length { expanded.append(expanded[expanded.count - distance]) }
        }
        return expanded
    }
}
