/// What stands before each page (`PageHeader` of parquet.thrift).
struct PageHeader {
    enum Kind: Int {
        case data = 0
        case index = 1
        case dictionary = 2
        case dataV2 = 3
    }

    var kind: Kind
    var uncompressedSize = -1
    var compressedSize = -1
    var values = -1
    /// The number of an encoding in `Encoding`.
    var encoding = -1
    /// Of the definition levels of a page of version 1.
    var levelEncoding = 3
    var definitionBytes = 0
    var repetitionBytes = 0
    /// Of a page of version 2.
    var isCompressed = true

    init(_ reader: inout ThriftReader) throws(ParquetError) {
        var header = Self(kind: .index)
        var kindCode = -1
        try reader.structure { reader, field, kind throws(ParquetError) in
            switch field {
            case 1: kindCode = try reader.integer(kind)
            case 2: header.uncompressedSize = try reader.integer(kind)
            case 3: header.compressedSize = try reader.integer(kind)
            case 5, 7, 8:
                guard kind == .structure else { throw .damaged("the header of a page is none") }
                try reader.structure { reader, inner, kind throws(ParquetError) in
                    switch (field, inner) {
                    case (_, 1): header.values = try reader.integer(kind)
                    case (5, 2), (7, 2), (8, 4): header.encoding = try reader.integer(kind)
                    case (5, 3): header.levelEncoding = try reader.integer(kind)
                    case (8, 5): header.definitionBytes = try reader.integer(kind)
                    case (8, 6): header.repetitionBytes = try reader.integer(kind)
                    case (8, 7): header.isCompressed = try reader.bool(kind)
                    default: try reader.skip(kind)
                    }
                }
            default: try reader.skip(kind)
            }
        }
        guard let kind = Kind(rawValue: kindCode), header.compressedSize >= 0, header.uncompressedSize >= 0,
            kind == .index || header.values >= 0, header.definitionBytes >= 0, header.repetitionBytes >= 0
        else { throw .damaged("the header of a page is none") }
        header.kind = kind
        self = header
    }

    private init(kind: Kind) { self.kind = kind }
}
