/// The rows of a TelemetryBatch as clients write them, read where they lie: nothing is copied, and no memory taken.
///
/// protobuf-c has the last word on what a message is. What is here reads one shape of it, which nearly all are of: rows only,
/// each of known fields. Every other message, and every malformed one, is left to protobuf-c, which makes a structure and
/// three allocations of each row and so takes several times as long.
struct WireRows {
    struct Row {
        var name = UnsafeRawBufferPointer(start: nil, count: 0)
        var value = 0.0
        var simTime = 0.0
        var units = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// Tags of the wire format: the field's number and how it is encoded.
    private enum Tag {
        static let sample: UInt8 = 1 << 3 | 2
        static let name: UInt8 = 1 << 3 | 2
        static let value: UInt8 = 2 << 3 | 1
        static let simTime: UInt8 = 3 << 3 | 1
        static let units: UInt8 = 4 << 3 | 2
    }

    private var reader: Reader

    /// Nil if the message isn't of the shape.
    init?(_ message: UnsafeRawBufferPointer) {
        guard let start = message.baseAddress else { return nil }
        reader = Reader(at: start, end: start + message.count)
        var all = self
        while !all.reader.isAtEnd {
            guard all.readRow() != nil else { return nil }
        }
    }

    /// The next row; nil at the end.
    @inline(__always)
    mutating func next() -> Row? {
        reader.isAtEnd ? nil : readRow()
    }

    @inline(__always)
    private mutating func readRow() -> Row? {
        guard reader.byte() == Tag.sample, let sample = reader.bytes() else { return nil }
        var fields = Reader(at: sample.baseAddress!, end: sample.baseAddress! + sample.count)
        var row = Row()
        // In any order; of a field that comes twice the last one counts.
        while !fields.isAtEnd {
            switch fields.byte() {
            case Tag.name:
                guard let text = fields.bytes() else { return nil }
                row.name = text
            case Tag.value:
                guard let number = fields.double() else { return nil }
                row.value = number
            case Tag.simTime:
                guard let number = fields.double() else { return nil }
                row.simTime = number
            case Tag.units:
                guard let text = fields.bytes() else { return nil }
                row.units = text
            default:
                return nil
            }
        }
        return row
    }

    private struct Reader {
        private var at: UnsafeRawPointer
        private let end: UnsafeRawPointer

        @inline(__always)
        init(at: UnsafeRawPointer, end: UnsafeRawPointer) {
            (self.at, self.end) = (at, end)
        }

        @inline(__always)
        var isAtEnd: Bool { at == end }

        /// To be called before the end only.
        @inline(__always)
        mutating func byte() -> UInt8 {
            defer { at += 1 }
            return at.load(as: UInt8.self)
        }

        @inline(__always)
        mutating func double() -> Double? {
            guard end - at >= 8 else { return nil }
            defer { at += 8 }
            return Double(bitPattern: UInt64(littleEndian: at.loadUnaligned(as: UInt64.self)))
        }

        /// What a length goes before. A length of more than two bytes isn't of the shape.
        @inline(__always)
        mutating func bytes() -> UnsafeRawBufferPointer? {
            guard !isAtEnd else { return nil }
            var length = Int(byte())
            if length >= 0x80 {
                guard !isAtEnd else { return nil }
                let high = Int(byte())
                guard high < 0x80 else { return nil }
                length = length & 0x7f | high << 7
            }
            guard end - at >= length else { return nil }
            defer { at += length }
            return UnsafeRawBufferPointer(start: at, count: length)
        }
    }
}
