/// Reads numbers off some bytes, from the first to the last; all are little-endian.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private(set) var offset: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        offset = bytes.startIndex
    }

    var left: Int { bytes.endIndex - offset }

    mutating func byte() throws(ParquetError) -> UInt8 {
        guard offset < bytes.endIndex else { throw .damaged("it ends too early") }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func take(_ count: Int) throws(ParquetError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= left else { throw .damaged("it ends too early") }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    mutating func rest() -> ArraySlice<UInt8> {
        defer { offset = bytes.endIndex }
        return bytes[offset...]
    }

    mutating func number<Number: FixedWidthInteger>(as type: Number.Type = Number.self) throws(ParquetError) -> Number {
        let part = try take(MemoryLayout<Number>.size)
        return part.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(as: Number.self)) }
    }

    /// A length of 32 bits.
    mutating func length() throws(ParquetError) -> Int { Int(try number(as: UInt32.self)) }

    /// Seven bits in each byte, the least significant first (ULEB128).
    mutating func varint() throws(ParquetError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        throw .damaged("a number has more than 64 bits")
    }

    /// A varint that is a size or a count.
    mutating func size() throws(ParquetError) -> Int {
        guard let size = Int(exactly: try varint()), size <= 1 << 40 else { throw .damaged("a size is beyond all bounds") }
        return size
    }

    /// A varint with the sign in its lowest bit.
    mutating func zigzag() throws(ParquetError) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}
