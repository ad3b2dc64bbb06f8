/// Reads a column, one row group after the other.
struct ColumnReader {
    private let column: FileMetadata.Column
    private let type: ColumnType
    private let place: Int
    private let limits: ParquetLimits
    private(set) var values: ParquetValues
    /// What texts may still have, in bytes.
    private(set) var bytesLeft: Int
    private var rows = 0

    init(_ column: FileMetadata.Column, place: Int, limits: ParquetLimits, bytesLeft: Int) throws(ParquetError) {
        self.column = column
        self.place = place
        self.limits = limits
        self.bytesLeft = bytesLeft
        type = try ColumnType(column, place: place)
        values = type.empty
    }

    /// Adds the rows of a row group.
    mutating func read(_ chunk: FileMetadata.Chunk, rows groupRows: Int, of file: [UInt8]) throws(ParquetError) {
        do throws(ParquetError) {
            try readPages(chunk, rows: groupRows, of: file)
        } catch {
            throw error.column == nil ? ParquetError(inColumn(error.message), column: place, row: error.row) : error
        }
    }

    private func inColumn(_ message: String) -> String { "\(message) (column '\(column.name)')" }

    private mutating func readPages(_ chunk: FileMetadata.Chunk, rows groupRows: Int, of file: [UInt8]) throws(ParquetError) {
        guard !chunk.isEncrypted else { throw ParquetError("is encrypted; write it without encryption") }
        guard !chunk.isElsewhere else { throw ParquetError("has its values in other files; write it as one") }
        guard chunk.type == column.type, chunk.values == groupRows else { throw .damaged("a row group is not of the table's shape") }
        let compression = try Compression(code: chunk.codec)
        var start = chunk.dataOffset
        // Some writers say 0 for none.
        if let offset = chunk.dictionaryOffset, offset > 0 { start = min(start, offset) }
        guard start >= 4, chunk.compressedSize >= 0, start <= file.count, chunk.compressedSize <= file.count - start else {
            throw .damaged("a column lies outside of the file")
        }
        var bytes = file[start..<start + chunk.compressedSize]
        var dictionary: ParquetValues?
        var left = groupRows
        while left > 0 {
            var reader = ThriftReader(bytes)
            let header = try PageHeader(&reader)
            bytes = bytes[reader.bytes.offset...]
            guard header.compressedSize <= bytes.count else { throw .damaged("a page is longer than its column") }
            guard header.uncompressedSize <= limits.bytes else {
                throw ParquetError("has a page of \(header.uncompressedSize) bytes; at most \(limits.bytes) are allowed: give fewer rows")
            }
            let page = bytes.prefix(header.compressedSize)
            bytes = bytes.dropFirst(header.compressedSize)
            switch header.kind {
            case .index: continue
            case .dictionary:
                var content = ByteReader(try compression.expanded(page, to: header.uncompressedSize))
                guard header.encoding == 0 || header.encoding == 2 else { throw .damaged("a dictionary has another encoding than PLAIN") }
                guard dictionary == nil, header.values <= groupRows else { throw .damaged("a dictionary is longer than its column") }
                var entries = type.empty
                try ValueReader(type, mostBytes: bytesLeft).plain(&content, count: header.values, into: &entries)
                dictionary = entries
            case .data, .dataV2:
                guard header.values <= left, header.values > 0 || !page.isEmpty else { throw .damaged("a page has more values than its column") }
                var content = try content(of: header, page, compression)
                try append(&content, header, dictionary)
                left -= header.values
            }
        }
    }

    /// The values of a page, after its levels; none of them may be null.
    private func content(
        of header: PageHeader, _ page: ArraySlice<UInt8>, _ compression: Compression
    ) throws(ParquetError) -> ByteReader {
        guard header.kind == .dataV2 else {
            var content = ByteReader(try compression.expanded(page, to: header.uncompressedSize))
            guard column.repetition == 1 else { return content }
            guard header.levelEncoding == 3 else {
                throw ParquetError("has levels of the encoding BIT_PACKED, which is long out of use; write it again")
            }
            var levels = ByteReader(try content.take(try content.length()))
            try checkLevels(&levels, count: header.values)
            return content
        }
        var raw = ByteReader(page)
        _ = try raw.take(header.repetitionBytes)
        var levels = ByteReader(try raw.take(header.definitionBytes))
        if column.repetition == 1 { try checkLevels(&levels, count: header.values) }
        let size = header.uncompressedSize - header.repetitionBytes - header.definitionBytes
        guard size >= 0 else { throw .damaged("a page has another size than its header says") }
        let rest = raw.rest()
        // A page without values may have nothing to expand.
        guard header.isCompressed, !(size == 0 && rest.isEmpty) else { return ByteReader(rest) }
        return ByteReader(try compression.expanded(rest, to: size))
    }

    /// - Throws: for a null, with its row.
    private func checkLevels(_ levels: inout ByteReader, count: Int) throws(ParquetError) {
        let defined = try Encodings.hybrid(&levels, width: 1, count: count)
        guard let null = defined.firstIndex(of: 0) else { return }
        throw ParquetError(
            "has a null in the column '\(column.name)', row \(rows + null + 1); give each row a value", column: place, row: rows + null)
    }

    private mutating func append(
        _ content: inout ByteReader, _ header: PageHeader, _ dictionary: ParquetValues?
    ) throws(ParquetError) {
        let count = header.values
        if header.encoding == 2 || header.encoding == 8 {
            guard let dictionary else { throw .damaged("a page has a dictionary that is not there") }
            let width = count == 0 ? 0 : Int(try content.byte())
            let places = try Encodings.hybrid(&content, width: width, count: count)
            try append(places, of: dictionary)
        } else {
            let before = values.textBytes(from: rows)
            try ValueReader(type, mostBytes: bytesLeft).values(&content, count: count, encoding: header.encoding, into: &values)
            try spend(values.textBytes(from: rows) - before)
        }
        guard values.count == rows + count else { throw .damaged("a page has not the values that it says") }
        try checkIntegers(from: rows)
        rows += count
    }

    private mutating func append(_ places: [UInt64], of dictionary: ParquetValues) throws(ParquetError) {
        let entries = UInt64(dictionary.count)
        guard places.allSatisfy({ $0 < entries }) else { throw .damaged("a value is not in its dictionary") }
        switch (values, dictionary) {
        case (.bools(var own), .bools(let entries)):
            own.append(contentsOf: places.lazy.map { entries[Int($0)] })
            values = .bools(own)
        case (.integers(var own), .integers(let entries)):
            own.append(contentsOf: places.lazy.map { entries[Int($0)] })
            values = .integers(own)
        case (.numbers(var own), .numbers(let entries)):
            own.append(contentsOf: places.lazy.map { entries[Int($0)] })
            values = .numbers(own)
        case (.texts(var own), .texts(let entries)):
            own.append(contentsOf: places.lazy.map { entries[Int($0)] })
            values = .texts(own)
            try spend(values.textBytes(from: rows))
        default: throw .damaged("a dictionary is of another type than its column")
        }
    }

    private mutating func spend(_ bytes: Int) throws(ParquetError) {
        bytesLeft -= bytes
        guard bytesLeft >= 0 else { throw ParquetError("has texts of more than \(limits.bytes) bytes; give shorter ones, or fewer rows") }
    }

    /// Whole numbers above what 64 bits hold with a sign come out as negative ones.
    private func checkIntegers(from start: Int) throws(ParquetError) {
        guard case .integer(8, isSigned: false) = type, case .integers(let integers) = values else { return }
        guard let row = integers[start...].firstIndex(where: { $0 < 0 }) else { return }
        throw ParquetError(
            "has a number above 9223372036854775807 in the column '\(column.name)', row \(row + 1); give it as a float", column: place, row: row)
    }
}

extension ParquetValues {
    package var count: Int {
        switch self {
        case .bools(let values): values.count
        case .integers(let values): values.count
        case .numbers(let values): values.count
        case .texts(let values): values.count
        }
    }

    /// Of the texts from a row on.
    fileprivate func textBytes(from row: Int) -> Int {
        guard case .texts(let texts) = self, row < texts.count else { return 0 }
        return texts[row...].reduce(0) { $0 + $1.utf8.count }
    }
}
