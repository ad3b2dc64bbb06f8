import CTelemetryProto
import CZlib

/// Telemetry messages as bytes.
enum Messages {
    static let stream = "/tetryx.telemetry.v1.TelemetryService/Stream"
    static let report = "/tetryx.telemetry.v1.TelemetryService/Report"

    /// A batch of one sample for each value, at the time that is its position.
    static func batch(_ values: [Double], name: String = "x", units: String = "m") -> [UInt8] {
        values.enumerated().flatMap { index, value in
            let sample =
                field(1, Array(name.utf8)) + double(2, value) + double(3, Double(index)) + field(4, Array(units.utf8))
            return field(1, sample)
        }
    }

    /// A message as gRPC frames it.
    static func framed(_ message: [UInt8], isCompressed: Bool = false) -> [UInt8] {
        [isCompressed ? 1 : 0] + HTTP2Frames.bigEndian(UInt32(message.count)) + message
    }

    /// The `accepted` of an acknowledgement in its gRPC frame.
    static func accepted(_ body: [UInt8]) -> UInt64? {
        guard body.count >= 5 else { return nil }
        let message = Array(body[5...])
        guard let ack = tetryx__telemetry__v1__telemetry_ack__unpack(nil, message.count, message) else { return nil }
        defer { tetryx__telemetry__v1__telemetry_ack__free_unpacked(ack, nil) }
        return ack.pointee.accepted
    }

    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(
            &stream, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        let size = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                deflate(&stream, Z_FINISH)
                return Int(stream.total_out)
            }
        }
        return Array(output[..<size])
    }

    /// A length-delimited field of a number below 16.
    static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2] + varint(bytes.count) + bytes
    }

    static func double(_ number: UInt8, _ value: Double) -> [UInt8] {
        [number << 3 | 1] + withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
    }

    private static func varint(_ value: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 128 {
            bytes.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
