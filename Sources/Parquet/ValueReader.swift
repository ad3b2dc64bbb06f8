/// Reads the values of a page that are no places in a dictionary.
struct ValueReader {
    private let type: ColumnType
    /// Of all texts of a page together, in bytes: they may share what they begin with, and be far larger than the page.
    private let mostBytes: Int

    init(_ type: ColumnType, mostBytes: Int) {
        self.type = type
        self.mostBytes = mostBytes
    }

    /// - Parameter encoding: its number in `Encoding` of parquet.thrift.
    func values(
        _ content: inout ByteReader, count: Int, encoding: Int, into values: inout ParquetValues
    ) throws(ParquetError) {
        switch (encoding, type) {
        case (0, _): try plain(&content, count: count, into: &values)
        case (3, .bool):
            var bits = ByteReader(try content.take(try content.length()))
            append(bools: try Encodings.hybrid(&bits, width: 1, count: count).map { $0 != 0 }, to: &values)
        case (5, .integer(let width, _)):
            let integers = try Encodings.deltas(&content, limit: count)
            append(integers: width == 4 ? integers.map { integer(UInt32(truncatingIfNeeded: $0)) } : integers, to: &values)
        case (6, .text):
            let lengths = try Encodings.deltas(&content, limit: count)
            try append(lengths, prefixes: nil, &content, to: &values)
        case (7, .text):
            let prefixes = try Encodings.deltas(&content, limit: count), lengths = try Encodings.deltas(&content, limit: count)
            try append(lengths, prefixes: prefixes, &content, to: &values)
        case (9, _):
            guard let width = type.width else { throw .damaged("a page has an encoding that its type does not have") }
            let joined = try Encodings.joined(content.rest(), width: width, count: count)
            var reader = ByteReader(joined)
            try plain(&reader, count: count, into: &values)
        default: throw ParquetError("has a page of an encoding that is not read (number \(encoding)); write it with the default one")
        }
    }

    /// One value after the other, as they are.
    func plain(_ content: inout ByteReader, count: Int, into values: inout ParquetValues) throws(ParquetError) {
        switch type {
        case .bool:
            var bits: [UInt64] = []
            Encodings.unpack(try content.take((count + 7) / 8), width: 1, count: count, into: &bits)
            append(bools: bits.map { $0 != 0 }, to: &values)
        case .integer(let width, _):
            let bytes = try content.take(sized(count, width))
            let integers = bytes.withUnsafeBytes { raw in
                (0..<count).map { place in
                    width == 4
                        ? integer(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self)))
                        : Int64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * place, as: Int64.self))
                }
            }
            append(integers: integers, to: &values)
        case .float, .double:
            let width = type.width!
            let bytes = try content.take(sized(count, width))
            let numbers = bytes.withUnsafeBytes { raw in
                (0..<count).map { place in
                    width == 4
                        ? Double(Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self))))
                        : Double(bitPattern: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self)))
                }
            }
            guard case .numbers(let own) = values else { return }
            values = .numbers(own + numbers)
        case .text:
            guard case .texts(var own) = values else { return }
            for _ in 0..<count { own.append(try text(try content.take(try content.length()))) }
            values = .texts(own)
        }
    }

    private func sized(_ count: Int, _ width: Int) throws(ParquetError) -> Int {
        let (size, isTooLarge) = count.multipliedReportingOverflow(by: width)
        guard !isTooLarge else { throw .damaged("a page has more values than bytes") }
        return size
    }

    /// A number of 32 bits, with a sign or without.
    private func integer(_ bits: UInt32) -> Int64 {
        if case .integer(_, isSigned: false) = type { Int64(bits) } else { Int64(Int32(bitPattern: bits)) }
    }

    private func text(_ bytes: some Sequence<UInt8>) throws(ParquetError) -> String {
        guard let text = String(validating: Array(bytes), as: UTF8.self) else { throw ParquetError("has bytes that are not UTF-8 text; give texts") }
        return text
    }

    private func append(bools: [Bool], to values: inout ParquetValues) {
        if case .bools(let own) = values { values = .bools(own + bools) }
    }

    private func append(integers: [Int64], to values: inout ParquetValues) {
        if case .integers(let own) = values { values = .integers(own + integers) }
    }

    /// - Parameter prefixes: how many bytes each has of the text before it; nil for none.
    private func append(
        _ lengths: [Int64], prefixes: [Int64]?, _ content: inout ByteReader, to values: inout ParquetValues
    ) throws(ParquetError) {
        guard case .texts(var own) = values, prefixes == nil || prefixes?.count == lengths.count else {
            throw .damaged("a page has not the values that it says")
        }
        var last: [UInt8] = [], bytesLeft = mostBytes
        for (place, length) in lengths.enumerated() {
            let kept = prefixes?[place] ?? 0
            guard length >= 0, kept >= 0, kept <= last.count, let count = Int(exactly: length) else { throw .damaged("a text has no such length") }
            last = Array(last.prefix(Int(kept)) + (try content.take(count)))
            bytesLeft -= last.count
            guard bytesLeft >= 0 else { throw ParquetError("has texts of more than \(mostBytes) bytes; give shorter ones, or fewer rows") }
            own.append(try text(last))
        }
        values = .texts(own)
    }
}
