/// Ways in which Parquet writes values one after the other ("Parquet encoding definitions", Encodings.md).
enum Encodings {
    /// Bits that follow each other, the least significant of each byte first.
    ///
    /// - Parameter width: of a value, 0 to 64.
    static func unpack(_ bytes: ArraySlice<UInt8>, width: Int, count: Int, into values: inout [UInt64]) {
        var position = 8 * bytes.startIndex
        for _ in 0..<count {
            var value: UInt64 = 0, held = 0
            while held < width {
                let part = min(8 - (position & 7), width - held)
                let bits = UInt64(bytes[position >> 3]) >> UInt64(position & 7) & ((1 << UInt64(part)) - 1)
                value |= bits << UInt64(held)
                position += part
                held += part
            }
            values.append(value)
        }
    }

    /// Runs of equal values, and of bit-packed ones ("RLE/bit-packing hybrid").
    ///
    /// - Parameter width: of a value in bits, 0 to 32.
    /// - Returns: exactly `count` values.
    static func hybrid(_ reader: inout ByteReader, width: Int, count: Int) throws(ParquetError) -> [UInt64] {
        guard (0...32).contains(width) else { throw .damaged("values have \(width) bits") }
        var values: [UInt64] = []
        values.reserveCapacity(count)
        while values.count < count {
            let head = try reader.size()
            if head & 1 == 1 {
                // Groups of eight; the last is filled up, and may be cut short at the end of the page.
                let wanted = min(8 * (head >> 1), count - values.count)
                guard wanted > 0 else { throw .damaged("a run has no values") }
                let needed = (wanted * width + 7) / 8
                let packed = try reader.take(min((head >> 1) * width, max(reader.left, needed)))
                unpack(packed, width: width, count: wanted, into: &values)
            } else {
                var value: UInt64 = 0
                for (place, byte) in try reader.take((width + 7) / 8).enumerated() { value |= UInt64(byte) << (8 * UInt64(place)) }
                let length = min(head >> 1, count - values.count)
                guard length > 0 else { throw .damaged("a run has no values") }
                values.append(contentsOf: repeatElement(value, count: length))
            }
        }
        return values
    }

    /// Blocks of differences (DELTA_BINARY_PACKED).
    ///
    /// - Parameter limit: no more values are taken.
    static func deltas(_ reader: inout ByteReader, limit: Int) throws(ParquetError) -> [Int64] {
        let blockSize = try reader.size(), parts = try reader.size(), total = try reader.size()
        var value = try reader.zigzag()
        guard parts > 0, blockSize > 0, blockSize <= 1 << 20, blockSize % 128 == 0, blockSize % parts == 0, blockSize / parts % 32 == 0 else {
            throw .damaged("a block of differences has no such size")
        }
        guard total <= limit else { throw .damaged("a page has more values than it says") }
        var values: [Int64] = []
        values.reserveCapacity(total)
        if total > 0 { values.append(value) }
        let partSize = blockSize / parts
        while values.count < total {
            let least = try reader.zigzag()
            let widths = try reader.take(parts)
            for width in widths where values.count < total {
                guard width <= 64 else { throw .damaged("differences have \(width) bits") }
                let wanted = min(partSize, total - values.count)
                let packed = try reader.take(min(partSize * Int(width) / 8, reader.left))
                guard packed.count >= (wanted * Int(width) + 7) / 8 else { throw .damaged("it ends too early") }
                var differences: [UInt64] = []
                differences.reserveCapacity(wanted)
                unpack(packed, width: Int(width), count: wanted, into: &differences)
                for difference in differences {
                    value = value &+ least &+ Int64(bitPattern: difference)
                    values.append(value)
                }
            }
        }
        return values
    }

    /// The first bytes of all values, then the second bytes, and so on (BYTE_STREAM_SPLIT), put together again.
    static func joined(_ bytes: ArraySlice<UInt8>, width: Int, count: Int) throws(ParquetError) -> ArraySlice<UInt8> {
        guard bytes.count == width * count else { throw .damaged("a page has another size than its values") }
        var values: [UInt8] = []
        values.reserveCapacity(bytes.count)
        for value in 0..<count {
            for stream in 0..<width { values.append(bytes[bytes.startIndex + stream * count + value]) }
        }
        return values[...]
    }
}
