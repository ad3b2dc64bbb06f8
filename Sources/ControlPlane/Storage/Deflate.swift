import CZlib
import FoundationEssentials

/// zlib's format (RFC 1950).
enum Deflate {
    static func compress(_ data: Data) throws -> Data {
        var size = compressBound(uLong(data.count))
        var compressed = Data(count: Int(size))
        let status = compressed.withUnsafeMutableBytes { target in
            data.withUnsafeBytes { source in
                // Level 1: telemetry gains little from more, and every report waits for it.
                compress2(target.bindBytes, &size, source.bindBytes, uLong(source.count), 1)
            }
        }
        guard status == Z_OK else { throw StorageError.unexpected("zlib cannot compress \(data.count) bytes (error \(status))") }
        return compressed.prefix(Int(size))
    }

    /// - Parameter size: what the data has uncompressed, in bytes.
    static func expand(_ data: Data, to size: Int) throws -> Data {
        var expandedSize = uLong(size)
        var expanded = Data(count: size)
        let status = expanded.withUnsafeMutableBytes { target in
            data.withUnsafeBytes { source in
                uncompress(target.bindBytes, &expandedSize, source.bindBytes, uLong(source.count))
            }
        }
        guard status == Z_OK, expandedSize == size else {
            throw StorageError.unexpected("a stored result of \(data.count) bytes does not expand to \(size) (zlib error \(status))")
        }
        return expanded
    }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate var bindBytes: UnsafeMutablePointer<UInt8>? { bindMemory(to: UInt8.self).baseAddress }
}

extension UnsafeRawBufferPointer {
    fileprivate var bindBytes: UnsafePointer<UInt8>? { bindMemory(to: UInt8.self).baseAddress }
}
