/// The columns of a TelemetryBatch as this project's client writes them, read in place; see `WireRows`.
///
/// Messages of this form contain columns only, each of known fields that occur once, with as many times as values. A message's
/// columns are valid as long as its bytes, and until the next message is read.
final class WireColumns {
    struct Column {
        var name = UnsafeRawBufferPointer(start: nil, count: 0)
        var units = UnsafeRawBufferPointer(start: nil, count: 0)
        /// Little-endian doubles, unaligned.
        var simTimes = UnsafeRawBufferPointer(start: nil, count: 0)
        var values = UnsafeRawBufferPointer(start: nil, count: 0)

        /// The number of samples in the column.
        var count: Int { values.count / 8 }
    }

    /// Tags of the wire format: a field's number and encoding.
    private enum Tag {
        static let series: UInt8 = 2 << 3 | 2
        static let name: UInt8 = 1 << 3 | 2
        static let units: UInt8 = 2 << 3 | 2
        static let simTimes: UInt8 = 3 << 3 | 2
        static let values: UInt8 = 4 << 3 | 2
    }

    private let columns = UnsafeMutableBufferPointer<Column>.allocate(capacity: 1024)
    private let simTimes = UnsafeMutableBufferPointer<Double>.allocate(capacity: 512)
    private let values = UnsafeMutableBufferPointer<Double>.allocate(capacity: 512)

    deinit {
        columns.deallocate()
        simTimes.deallocate()
        values.deallocate()
    }

    /// The columns; nil if the message has another form, or too many columns.
    func read(_ message: UnsafeRawBufferPointer) -> UnsafeBufferPointer<Column>? {
        guard let start = message.baseAddress else { return nil }
        var reader = WireReader(at: start, end: start + message.count)
        var count = 0
        while !reader.isAtEnd {
            guard count < columns.count, let column = Self.column(&reader) else { return nil }
            columns[count] = column
            count += 1
        }
        return UnsafeBufferPointer(rebasing: columns[..<count])
    }

    @inline(__always)
    private static func column(_ reader: inout WireReader) -> Column? {
        guard reader.byte() == Tag.series, let series = reader.bytes() else { return nil }
        var fields = WireReader(at: series.baseAddress!, end: series.baseAddress! + series.count)
        var column = Column()
        var seen: UInt8 = 0
        while !fields.isAtEnd {
            let tag = fields.byte()
            let bit: UInt8 = 1 << (tag >> 3 & 7)
            guard seen & bit == 0, let content = fields.bytes() else { return nil }
            seen |= bit
            switch tag {
            case Tag.name: column.name = content
            case Tag.units: column.units = content
            case Tag.simTimes: column.simTimes = content
            case Tag.values: column.values = content
            default: return nil
            }
        }
        guard column.simTimes.count == column.values.count, column.values.count.isMultiple(of: 8) else { return nil }
        return column
    }

    /// Passes all of the column's samples to `receive`, aligned and in pieces; an empty column results in one empty piece.
    @inline(__always)
    func pieces(of column: Column, _ receive: (_ simTimes: Span<Double>, _ values: Span<Double>) -> Void) {
        var start = 0
        repeat {
            let count = min(column.count - start, values.count)
            Self.copy(column.simTimes, from: start, count, to: simTimes)
            Self.copy(column.values, from: start, count, to: values)
            receive(
                UnsafeBufferPointer(start: simTimes.baseAddress, count: count).span,
                UnsafeBufferPointer(start: values.baseAddress, count: count).span)
            start += count
        } while start < column.count
    }

    @inline(__always)
    private static func copy(_ bytes: UnsafeRawBufferPointer, from start: Int, _ count: Int, to target: UnsafeMutableBufferPointer<Double>) {
        guard let bytes = bytes.baseAddress, let target = target.baseAddress else { return }
        for place in 0..<count {
            let word = bytes.loadUnaligned(fromByteOffset: 8 * (start + place), as: UInt64.self)
            target[place] = Double(bitPattern: UInt64(littleEndian: word))
        }
    }
}
