import CZlib
package import FoundationEssentials

/// zlib's format (RFC 1950).
package enum Deflate {
    package static func compress(_ data: Data) throws(DeflateError) -> Data {
        var size = compressBound(uLong(data.count))
        var compressed = Data(count: Int(size))
        let status = compressed.withUnsafeMutableBytes { target in
            data.withUnsafeBytes { source in
                // Level 1: telemetry gains little from more, and every report waits for it.
                compress2(target.bindBytes, &size, source.bindBytes, uLong(source.count), 1)
            }
        }
        guard status == Z_OK else { throw DeflateError(reason: "zlib cannot compress \(data.count) bytes (error \(status))") }
        return compressed.prefix(Int(size))
    }

    /// - Parameter size: what the data has uncompressed, in bytes; as much memory is taken, also for data that has less.
    package static func expand(_ data: Data, to size: Int) throws(DeflateError) -> Data {
        var expandedSize = uLong(size)
        var expanded = Data(count: size)
        let status = expanded.withUnsafeMutableBytes { target in
            data.withUnsafeBytes { source in
                uncompress(target.bindBytes, &expandedSize, source.bindBytes, uLong(source.count))
            }
        }
        guard status == Z_OK, expandedSize == size else {
            throw DeflateError(reason: "\(data.count) bytes do not expand to \(size) (zlib error \(status))")
        }
        return expanded
    }
}

/// Data that is not what zlib made of so many bytes; or no memory for it.
package struct DeflateError: Error, Hashable, Sendable, CustomStringConvertible {
    package var reason: String

    package var description: String { reason }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate var bindBytes: UnsafeMutablePointer<UInt8>? { bindMemory(to: UInt8.self).baseAddress }
}

extension UnsafeRawBufferPointer {
    fileprivate var bindBytes: UnsafePointer<UInt8>? { bindMemory(to: UInt8.self).baseAddress }
}
