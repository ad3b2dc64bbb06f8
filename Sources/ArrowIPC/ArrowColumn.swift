/// The values of one column in one batch of rows.
package struct ArrowColumn: Hashable, Sendable {
    package enum Values: Hashable, Sendable {
        case int64([Int64])
        case float64([Double])
        case bool([Bool])
        case utf8(ArrowText)
        /// Places in a list of texts.
        case dictionary([Int32], of: [String])
        /// Microseconds since 1970-01-01T00:00:00Z.
        case timestamp([Int64])
        case float64List([[Double]])
    }

    /// Where a row is null there is a value too, which means nothing.
    package var values: Values
    /// For each row whether it is null; nil: none is.
    package var isNull: [Bool]?

    package init(_ values: Values, isNull: [Bool]? = nil) {
        self.values = values
        self.isNull = isNull
    }

    package var count: Int {
        switch values {
        case .int64(let values), .timestamp(let values): values.count
        case .float64(let values): values.count
        case .bool(let values): values.count
        case .utf8(let values): values.count
        case .dictionary(let values, _): values.count
        case .float64List(let values): values.count
        }
    }

    package var type: ArrowType {
        switch values {
        case .int64: .int64
        case .float64: .float64
        case .bool: .bool
        case .utf8: .utf8
        case .dictionary: .dictionary
        case .timestamp: .timestamp
        case .float64List: .float64List
        }
    }
}

/// The body of a record batch or of a dictionary, and what its metadata says of it (the structs `FieldNode` and `Buffer` of
/// Message.fbs).
struct ArrowBody {
    private(set) var bytes: [UInt8] = []
    /// Rows and nulls of each column, and of each column inside of one.
    private(set) var nodes: [(Int, Int)] = []
    /// Where each buffer begins, and its length without padding, in bytes.
    private(set) var buffers: [(Int, Int)] = []

    /// Buffers begin at multiples of so many bytes, so that vectors can be loaded from them.
    private static let alignment = 64

    mutating func append(_ column: ArrowColumn) {
        let nulls = column.isNull.map { $0.count { $0 } } ?? 0
        nodes.append((column.count, nulls))
        append(buffer: nulls > 0 ? Self.bits(column.isNull!, inverted: true) : [])
        switch column.values {
        case .int64(let values), .timestamp(let values): append(numbers: values)
        case .float64(let values): append(numbers: values)
        case .dictionary(let values, _): append(numbers: values)
        case .bool(let values): append(buffer: Self.bits(values, inverted: false))
        case .utf8(let texts):
            append(numbers: [0] + texts.ends)
            append(buffer: texts.bytes)
        case .float64List(let lists):
            var ends: [Int32] = [0]
            for list in lists { ends.append(ends[ends.count - 1] + Int32(list.count)) }
            append(numbers: ends)
            append(ArrowColumn(.float64(lists.flatMap { $0 })))
        }
    }

    /// Arrow's bytes are little-endian, as are those of every machine that this runs on.
    private mutating func append<Number>(numbers: [Number]) {
        numbers.withUnsafeBytes { append(buffer: $0) }
    }

    private mutating func append(buffer: some Collection<UInt8>) {
        buffers.append((bytes.count, buffer.count))
        bytes.append(contentsOf: buffer)
        let rest = bytes.count % Self.alignment
        if rest > 0 { bytes.append(contentsOf: repeatElement(0, count: Self.alignment - rest)) }
    }

    /// One bit for each, the first the least significant one of the first byte.
    private static func bits(_ values: [Bool], inverted: Bool) -> [UInt8] {
        var bits = [UInt8](repeating: 0, count: (values.count + 7) / 8)
        for (place, value) in values.enumerated() where value != inverted { bits[place >> 3] |= 1 << UInt8(place & 7) }
        return bits
    }
}
