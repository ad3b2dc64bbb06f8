/// The types of columns that are read.
enum ColumnType {
    case bool
    /// 4 or 8 bytes.
    case integer(width: Int, isSigned: Bool)
    case float
    case double
    case text

    /// - Throws: a `ParquetError` that names the type of another column.
    init(_ column: FileMetadata.Column, place: Int) throws(ParquetError) {
        func fail(_ type: String, _ remedy: String) -> ParquetError {
            ParquetError("has the column '\(column.name)' of \(type), which is not read; \(remedy)", column: place)
        }
        switch (column.logicalType, column.convertedType) {
        case (5, _), (_, 5): throw fail("decimals", "give floats")
        case (6, _), (_, 6): throw fail("dates", "give numbers or texts")
        case (7, _), (_, 7), (_, 8), (8, _), (_, 9), (_, 10): throw fail("times", "give numbers or texts")
        case (11, _): throw fail("nothing but nulls", "give it values, or leave it out")
        case (13, _), (_, 20): throw fail("BSON", "give texts")
        case (14, _): throw fail("UUIDs", "give texts")
        case (15, _): throw fail("floats of 16 bits", "give floats of 32 or 64 bits")
        case (_, 21): throw fail("intervals", "give numbers")
        default: break
        }
        let isUnsigned = (11...14).contains(column.convertedType ?? -1)
        switch column.type {
        case 0: self = .bool
        case 1: self = .integer(width: 4, isSigned: !isUnsigned)
        case 2: self = .integer(width: 8, isSigned: !isUnsigned)
        case 3: throw fail("times of 96 bits", "give numbers or texts")
        case 4: self = .float
        case 5: self = .double
        case 6: self = .text
        case 7: throw fail("bytes of a fixed length", "give numbers or texts")
        default: throw .damaged("a column's type is none")
        }
    }

    /// Of a value of a fixed size, in bytes.
    var width: Int? {
        switch self {
        case .integer(let width, _): width
        case .float: 4
        case .double: 8
        case .bool, .text: nil
        }
    }

    var empty: ParquetValues {
        switch self {
        case .bool: .bools([])
        case .integer: .integers([])
        case .float, .double: .numbers([])
        case .text: .texts([])
        }
    }
}
