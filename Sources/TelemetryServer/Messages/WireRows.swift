/// The rows of a TelemetryBatch as clients write them, read in place without copies or allocations.
///
/// protobuf-c defines the format. This reads one form of message, which nearly all messages have: rows only, each with known
/// fields. Every other message, and every malformed one, is left to protobuf-c, which builds a structure with three allocations
/// for each row and so takes several times as long.
struct WireRows {
    struct Row {
        /// The whole row, including its tag and length.
        fileprivate(set) var bytes: UnsafeRawBufferPointer
        fileprivate(set) var name = UnsafeRawBufferPointer(start: nil, count: 0)
        fileprivate(set) var units = UnsafeRawBufferPointer(start: nil, count: 0)
        /// The positions of the numbers; nil if one was left out.
        fileprivate(set) var valueAt: UnsafeRawPointer?
        fileprivate(set) var simTimeAt: UnsafeRawPointer?

        var value: Double { WireReader.double(valueAt) }
        var simTime: Double { WireReader.double(simTimeAt) }

        /// `bytes`, if no field occurs twice and every length has one byte.
        var plainBytes: UnsafeRawBufferPointer? {
            let numbers = (valueAt == nil ? 0 : 9) + (simTimeAt == nil ? 0 : 9)
            let texts = (name.isEmpty ? 0 : 2 + name.count) + (units.isEmpty ? 0 : 2 + units.count)
            return bytes.count == 2 + numbers + texts && bytes.count < 0x80 + 2 ? bytes : nil
        }
    }

    /// Tags of the wire format: a field's number and encoding.
    private enum Tag {
        static let sample: UInt8 = 1 << 3 | 2
        static let name: UInt8 = 1 << 3 | 2
        static let value: UInt8 = 2 << 3 | 1
        static let simTime: UInt8 = 3 << 3 | 1
        static let units: UInt8 = 4 << 3 | 2
    }

    private var reader: WireReader

    /// Nil if the message has another form.
    init?(_ message: UnsafeRawBufferPointer) {
        guard let start = message.baseAddress else { return nil }
        reader = WireReader(at: start, end: start + message.count)
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
        let start = reader.at
        guard reader.byte() == Tag.sample, let sample = reader.bytes() else { return nil }
        var fields = WireReader(at: sample.baseAddress!, end: sample.baseAddress! + sample.count)
        var row = Row(bytes: UnsafeRawBufferPointer(start: start, count: reader.at - start))
        // Fields come in any order; of a field that occurs twice, the last one counts.
        while !fields.isAtEnd {
            switch fields.byte() {
            case Tag.name:
                guard let text = fields.bytes() else { return nil }
                row.name = text
            case Tag.value:
                guard let number = fields.skip(8) else { return nil }
                row.valueAt = number
            case Tag.simTime:
                guard let number = fields.skip(8) else { return nil }
                row.simTimeAt = number
            case Tag.units:
                guard let text = fields.bytes() else { return nil }
                row.units = text
            default:
                return nil
            }
        }
        return row
    }
}
