public import FoundationEssentials

/// Why bytes are no telemetry chunk.
public struct TelemetryChunkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A predicate: "is cut short".
    public var reason: String

    public init(reason: String) { self.reason = reason }

    public var description: String { "the telemetry chunk \(reason)" }
}

extension TelemetryChunk {
    /// `LXTC`
    private static let magic: [UInt8] = [0x4C, 0x58, 0x54, 0x43]
    private static let version: UInt8 = 1
    private static let headerBytes = 12
    /// Deflate does not expand anything by more (RFC 1951's longest match in its shortest code).
    private static let largestExpansion = 1032

    /// - Throws: `TelemetryChunkError` if it is too large for its format, 4 GiB.
    public func encoded(_ compression: TelemetryCompression = .zlib) throws -> Data {
        let payloadBytes = 4 + columns.reduce(0) { $0 + 28 + $1.name.utf8.count + $1.units.utf8.count + 16 * $1.values.count }
        guard let size = UInt32(exactly: payloadBytes) else { throw TelemetryChunkError(reason: "is larger than 4 GiB") }
        var header = Data(Self.magic + [Self.version, compression == .zlib ? 1 : 0, 0, 0])
        header.append(size)
        switch compression {
        case .zlib:
            var payload = Data(capacity: payloadBytes)
            appendPayload(to: &payload)
            return header + (try Deflate.compress(payload))
        case .none:
            // At its place from the start: such chunks are written in a hurry.
            var data = Data(capacity: header.count + payloadBytes)
            data.append(header)
            appendPayload(to: &data)
            return data
        }
    }

    private func appendPayload(to data: inout Data) {
        data.append(UInt32(columns.count))
        for column in columns {
            precondition(column.timeS.count == column.values.count)
            data.append(UInt32(column.name.utf8.count))
            data.append(UInt32(column.units.utf8.count))
            data.append(UInt32(column.values.count))
            data.append(UInt64(column.position.firstPoint))
            data.append(UInt64(column.position.step))
            data.append(contentsOf: column.name.utf8)
            data.append(contentsOf: column.units.utf8)
            data.append(column.timeS)
            data.append(column.values)
        }
    }

    /// Reads what `encoded` made; of bytes from elsewhere nothing is believed.
    ///
    /// - Parameter limit: of the bytes that the chunk has uncompressed; also of the memory that reading takes, about thrice.
    /// - Throws: `TelemetryChunkError`.
    public init(_ data: Data, limit: Int = 64 << 20) throws(TelemetryChunkError) {
        var header = ByteReader(Array(data.prefix(Self.headerBytes)))
        guard data.count >= Self.headerBytes, (try? header.bytes(4)) == Self.magic[...] else {
            throw TelemetryChunkError(reason: "does not begin with 'LXTC'")
        }
        let version = try header.byte()
        guard version == Self.version else { throw TelemetryChunkError(reason: "has version \(version); \(Self.version) is read here") }
        let compression = try header.byte()
        guard compression <= 1 else { throw TelemetryChunkError(reason: "has compression \(compression); 0 (none) and 1 (zlib) are read") }
        guard try header.bytes(2).allSatisfy({ $0 == 0 }) else { throw TelemetryChunkError(reason: "has a header that is not of version 1") }
        let size = Int(try header.integer(UInt32.self))
        let body = data.dropFirst(Self.headerBytes)
        guard size <= limit else { throw TelemetryChunkError(reason: "has \(size) bytes uncompressed; at most \(limit) are read") }
        let payload: Data
        if compression == 0 {
            guard body.count == size else { throw TelemetryChunkError(reason: "says it has \(size) bytes, and has \(body.count)") }
            payload = body
        } else {
            guard size <= body.count * Self.largestExpansion else {
                throw TelemetryChunkError(reason: "says that \(body.count) bytes expand to \(size), which none do")
            }
            do throws(DeflateError) {
                payload = try Deflate.expand(Data(body), to: size)
            } catch {
                throw TelemetryChunkError(reason: "is damaged: \(error)")
            }
        }
        var reader = ByteReader(Array(payload))
        columns = try Self.columns(&reader)
    }

    private static func columns(_ reader: inout ByteReader) throws(TelemetryChunkError) -> [Column] {
        let count = try reader.integer(UInt32.self)
        var columns: [Column] = []
        var names: Set<String> = []
        for _ in 0..<count {
            let nameBytes = Int(try reader.integer(UInt32.self)), unitsBytes = Int(try reader.integer(UInt32.self))
            let points = Int(try reader.integer(UInt32.self))
            let first = try reader.integer(UInt64.self), step = try reader.integer(UInt64.self)
            guard let name = String(validating: try reader.bytes(nameBytes), as: UTF8.self),
                let units = String(validating: try reader.bytes(unitsBytes), as: UTF8.self)
            else { throw TelemetryChunkError(reason: "has a name that is not UTF-8") }
            guard names.insert(name).inserted else { throw TelemetryChunkError(reason: "has the variable '\(name)' twice") }
            guard let first = Int(exactly: first), let step = Int(exactly: step) else {
                throw TelemetryChunkError(reason: "numbers the points of '\(name)' beyond all bounds")
            }
            let position = TelemetryPosition(firstPoint: first, step: step)
            guard position.isValid(count: points) else {
                throw TelemetryChunkError(reason: "numbers the points of '\(name)' from \(first) by \(step), which cannot be")
            }
            let column = Column(
                name: name, units: units, position: position, timeS: try reader.doubles(points), values: try reader.doubles(points))
            guard column.timeS.allSatisfy(\.isFinite), column.values.allSatisfy(\.isFinite) else {
                throw TelemetryChunkError(reason: "holds a number of '\(name)' that is not finite")
            }
            columns.append(column)
        }
        guard reader.isAtEnd else { throw TelemetryChunkError(reason: "goes on after its last variable") }
        return columns
    }
}

/// Reads little-endian values; an announced length is checked against what there is before anything is made of it.
private struct ByteReader {
    private let content: [UInt8]
    private var offset = 0

    init(_ content: [UInt8]) { self.content = content }

    var isAtEnd: Bool { offset == content.count }

    mutating func bytes(_ count: Int) throws(TelemetryChunkError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= content.count - offset else { throw TelemetryChunkError(reason: "is cut short") }
        defer { offset += count }
        return content[offset..<offset + count]
    }

    mutating func byte() throws(TelemetryChunkError) -> UInt8 { try bytes(1).first! }

    mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws(TelemetryChunkError) -> Value {
        try bytes(MemoryLayout<Value>.size).reversed().reduce(0) { $0 << 8 | Value($1) }
    }

    mutating func doubles(_ count: Int) throws(TelemetryChunkError) -> [Double] {
        // 4 billion points, which a count may be, are 32 GiB: no overflow, and more than there is.
        let bytes = try bytes(8 * count)
        return bytes.withUnsafeBytes { raw in
            (0..<count).map { Double(bitPattern: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self))) }
        }
    }
}

extension Data {
    fileprivate mutating func append(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func append(_ values: [Double]) {
        #if _endian(little)
            values.withUnsafeBytes { append(contentsOf: $0) }
        #else
            // A closure: a key path of two steps is walked at run time, for each value.
            values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { append(contentsOf: $0) }
        #endif
    }
}
