/// What the footer of a Parquet file says (`FileMetaData` of parquet.thrift), as far as flat tables need it.
struct FileMetadata {
    struct Column {
        var name = ""
        /// The number of the physical type in parquet.thrift's `Type`.
        var type: Int?
        /// 0 required, 1 optional, 2 repeated.
        var repetition = 0
        var children = 0
        /// Of `ConvertedType`.
        var convertedType: Int?
        /// The number of the logical type in the union `LogicalType`.
        var logicalType: Int?
    }

    struct Chunk {
        var type = -1
        var codec = -1
        var values = 0
        var compressedSize = 0
        var dataOffset = 0
        var dictionaryOffset: Int?
        /// The data are in another file.
        var isElsewhere = false
        var isEncrypted = false
    }

    struct RowGroup {
        var rows = 0
        var chunks: [Chunk] = []
    }

    /// The first is the table itself.
    var schema: [Column] = []
    var rows = 0
    var groups: [RowGroup] = []

    /// Reads the footer of a whole file.
    init(file: [UInt8]) throws(ParquetError) {
        let magic = Array("PAR1".utf8)
        guard file.count >= 12, file.suffix(4).elementsEqual(magic), file.starts(with: magic) else {
            if file.count >= 4, file.suffix(4).elementsEqual("PARE".utf8) {
                throw ParquetError("is encrypted; write it without encryption")
            }
            throw ParquetError(
                file.starts(with: magic)
                    ? "is cut off: it does not end as a Parquet file does; write it again"
                    : "is no Parquet file: it does not begin and end with PAR1; give one, or a CSV file whose name ends in .csv")
        }
        var tail = ByteReader(file[(file.count - 8)...])
        let size = try tail.length()
        guard size <= file.count - 12 else { throw .damaged("its footer is longer than the file") }
        var reader = ThriftReader(file[(file.count - 8 - size)..<(file.count - 8)])
        var (schema, groups): ([Column], [RowGroup]) = ([], [])
        var (rows, isEncrypted) = (0, false)
        try reader.structure { reader, field, kind throws(ParquetError) in
            switch field {
            case 2: try reader.list(kind) { reader, kind throws(ParquetError) in schema.append(try Column(&reader, kind)) }
            case 3: rows = try reader.integer(kind)
            case 4: try reader.list(kind) { reader, kind throws(ParquetError) in groups.append(try RowGroup(&reader, kind)) }
            case 8:
                isEncrypted = true
                try reader.skip(kind)
            default: try reader.skip(kind)
            }
        }
        guard !isEncrypted else { throw ParquetError("is encrypted; write it without encryption") }
        guard rows >= 0, !schema.isEmpty else { throw .damaged("its footer has no schema") }
        (self.schema, self.rows, self.groups) = (schema, rows, groups)
    }
}

extension FileMetadata.Column {
    fileprivate init(_ reader: inout ThriftReader, _ kind: ThriftReader.Kind) throws(ParquetError) {
        guard kind == .structure else { throw .damaged("its schema is none") }
        var column = Self()
        try reader.structure { reader, field, kind throws(ParquetError) in
            switch field {
            case 1: column.type = try reader.integer(kind)
            case 3: column.repetition = try reader.integer(kind)
            case 4: column.name = try reader.text(kind)
            case 5: column.children = try reader.integer(kind)
            case 6: column.convertedType = try reader.integer(kind)
            case 10:
                guard kind == .structure else { throw .damaged("a type is none") }
                try reader.structure { reader, field, kind throws(ParquetError) in
                    column.logicalType = field
                    try reader.skip(kind)
                }
            default: try reader.skip(kind)
            }
        }
        self = column
    }
}

extension FileMetadata.RowGroup {
    fileprivate init(_ reader: inout ThriftReader, _ kind: ThriftReader.Kind) throws(ParquetError) {
        guard kind == .structure else { throw .damaged("a row group is none") }
        var group = Self()
        try reader.structure { reader, field, kind throws(ParquetError) in
            switch field {
            case 1: try reader.list(kind) { reader, kind throws(ParquetError) in group.chunks.append(try FileMetadata.Chunk(&reader, kind)) }
            case 3: group.rows = try reader.integer(kind)
            default: try reader.skip(kind)
            }
        }
        guard group.rows >= 0 else { throw .damaged("a row group has less than no rows") }
        self = group
    }
}

extension FileMetadata.Chunk {
    fileprivate init(_ reader: inout ThriftReader, _ kind: ThriftReader.Kind) throws(ParquetError) {
        guard kind == .structure else { throw .damaged("a column of a row group is none") }
        var chunk = Self()
        try reader.structure { reader, field, kind throws(ParquetError) in
            switch field {
            case 1:
                chunk.isElsewhere = true
                try reader.skip(kind)
            case 3:
                guard kind == .structure else { throw .damaged("a column of a row group is none") }
                try reader.structure { reader, field, kind throws(ParquetError) in
                    switch field {
                    case 1: chunk.type = try reader.integer(kind)
                    case 4: chunk.codec = try reader.integer(kind)
                    case 5: chunk.values = try reader.integer(kind)
                    case 7: chunk.compressedSize = try reader.integer(kind)
                    case 9: chunk.dataOffset = try reader.integer(kind)
                    case 11: chunk.dictionaryOffset = try reader.integer(kind)
                    default: try reader.skip(kind)
                    }
                }
            case 8:
                chunk.isEncrypted = true
                try reader.skip(kind)
            default: try reader.skip(kind)
            }
        }
        self = chunk
    }
}
