/// Writes one FlatBuffer (flatbuffers.dev, "FlatBuffer Internals"), as far as the metadata of Arrow needs them: tables, vectors
/// of tables and of structs of two 64-bit numbers, and strings.
///
/// A buffer is written from its end to its beginning, because an object may only point to what comes after it: whatever a table
/// refers to is written first. The bytes are kept in that reversed order and turned around at the end.
struct FlatBufferBuilder {
    /// Where an object begins, as the number of bytes from there to the buffer's end.
    struct Offset: Hashable {
        fileprivate let fromEnd: Int
    }

    /// The value of one of a table's fields.
    enum Field {
        case bool(Bool)
        case byte(UInt8)
        case short(Int16)
        case int(Int32)
        case long(Int64)
        case offset(Offset)

        fileprivate var size: Int {
            switch self {
            case .bool, .byte: 1
            case .short: 2
            case .int, .offset: 4
            case .long: 8
            }
        }
    }

    private var reversed: [UInt8] = []
    private var largestAlignment = 4

    /// - Parameter fields: by their number in the schema of the table; those left out have their default.
    mutating func table(_ fields: [Int: Field]) -> Offset {
        let start = reversed.count
        var places: [Int: Int] = [:]
        // The largest first, so that no padding is needed between them; by number where sizes are equal, so that the same
        // table always has the same bytes.
        for (number, field) in fields.sorted(by: { ($1.value.size, $0.key) < ($0.value.size, $1.key) }) {
            align(to: field.size)
            put(field)
            places[number] = reversed.count
        }
        align(to: 4)
        put(UInt32(0))
        let table = reversed.count
        for number in stride(from: fields.keys.max() ?? -1, through: 0, by: -1) {
            put(UInt16(places[number].map { table - $0 } ?? 0))
        }
        put(UInt16(table - start))
        put(UInt16(4 + 2 * ((fields.keys.max() ?? -1) + 1)))
        // The table begins with the distance back to its list of places, which is written before it.
        let distance = UInt32(reversed.count - table)
        for byte in 0..<4 { reversed[table - 1 - byte] = UInt8(truncatingIfNeeded: distance >> (8 * byte)) }
        return Offset(fromEnd: table)
    }

    mutating func vector(_ items: [Offset]) -> Offset {
        align(to: 4, before: 4 * items.count)
        for item in items.reversed() { put(.offset(item)) }
        put(UInt32(items.count))
        return Offset(fromEnd: reversed.count)
    }

    /// A vector of structs of two 64-bit numbers each.
    mutating func vector(ofPairs pairs: [(Int, Int)]) -> Offset {
        align(to: 4, before: 16 * pairs.count)
        align(to: 8, before: 16 * pairs.count)
        for (first, second) in pairs.reversed() {
            put(UInt64(bitPattern: Int64(second)))
            put(UInt64(bitPattern: Int64(first)))
        }
        put(UInt32(pairs.count))
        return Offset(fromEnd: reversed.count)
    }

    mutating func string(_ text: String) -> Offset {
        let bytes = Array(text.utf8)
        align(to: 4, before: bytes.count + 1)
        reversed.append(0)
        reversed.append(contentsOf: bytes.reversed())
        put(UInt32(bytes.count))
        return Offset(fromEnd: reversed.count)
    }

    /// The whole buffer, whose root is a table written before.
    consuming func finish(_ root: Offset) -> [UInt8] {
        align(to: largestAlignment, before: 4)
        put(.offset(root))
        return reversed.reversed()
    }

    /// Pads so that what is written after `count` further bytes begins at a multiple of `size`.
    private mutating func align(to size: Int, before count: Int = 0) {
        largestAlignment = max(largestAlignment, size)
        while (reversed.count + count) % size != 0 { reversed.append(0) }
    }

    private mutating func put(_ field: Field) {
        switch field {
        case .bool(let value): reversed.append(value ? 1 : 0)
        case .byte(let value): reversed.append(value)
        case .short(let value): put(value)
        case .int(let value): put(value)
        case .long(let value): put(value)
        case .offset(let target): put(UInt32(reversed.count + 4 - target.fromEnd))
        }
    }

    private mutating func put(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { reversed.append(contentsOf: $0) }
    }
}
