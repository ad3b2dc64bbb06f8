/// Why a Parquet file cannot be read, and what would be right instead; fit to follow the file's name.
package struct ParquetError: Error, Hashable, Sendable, CustomStringConvertible {
    package var message: String
    /// The place of the column, from 0; nil where it is none's.
    package var column: Int?
    /// From 0; nil where it is none's.
    package var row: Int?

    init(_ message: String, column: Int? = nil, row: Int? = nil) {
        self.message = message
        self.column = column
        self.row = row
    }

    package var description: String { message }

    /// Bytes that no writer makes: the file was damaged or cut off.
    static func damaged(_ what: String) -> ParquetError { ParquetError("is damaged: \(what); write it again") }
}

/// What a file may cost, against one that is hostile or simply the wrong one.
package struct ParquetLimits: Sendable {
    /// Rows times columns.
    package var values: Int
    /// Of all texts together, and of each page without compression, in bytes.
    package var bytes: Int
    package var columns = 10_000

    package init(values: Int, bytes: Int) {
        self.values = values
        self.bytes = bytes
    }
}
