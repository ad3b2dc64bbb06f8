/// A flat table of a Parquet file (parquet-format 2.x): columns of bools, whole numbers, floats and texts without nulls.
///
/// Read are pages of versions 1 and 2, every encoding of these types, and the codecs Snappy, gzip and Zstandard.
package struct ParquetFile: Sendable {
    package struct Column: Hashable, Sendable {
        package var name: String
        package var values: ParquetValues
    }

    package var rows: Int
    package var columns: [Column]

    /// - Parameter bytes: the whole file.
    /// - Throws: for what is no such table, or more than the limits; says which column and row.
    package init(_ bytes: [UInt8], limits: ParquetLimits) throws(ParquetError) {
        let metadata = try FileMetadata(file: bytes)
        let leaves = try Self.leaves(metadata.schema, limits)
        let counted = metadata.groups.reduce(0.0) { $0 + Double($1.rows) }
        guard counted == Double(metadata.rows) else { throw .damaged("its row groups have not the rows that it says") }
        guard metadata.rows > 0 else { throw ParquetError("has no rows; give a row for each run") }
        guard metadata.rows <= limits.values / leaves.count else {
            let most = limits.values / leaves.count
            throw ParquetError("has \(metadata.rows) rows; of so many columns at most \(most) are allowed")
        }
        var columns: [Column] = []
        var bytesLeft = limits.bytes
        for (place, leaf) in leaves.enumerated() {
            var reader = try ColumnReader(leaf, place: place, limits: limits, bytesLeft: bytesLeft)
            for group in metadata.groups {
                guard group.chunks.count == leaves.count else { throw .damaged("a row group has not the columns of the table") }
                try reader.read(group.chunks[place], rows: group.rows, of: bytes)
            }
            bytesLeft = reader.bytesLeft
            columns.append(Column(name: leaf.name, values: reader.values))
        }
        rows = metadata.rows
        self.columns = columns
    }

    /// The columns of a schema that has no others inside of one.
    private static func leaves(_ schema: [FileMetadata.Column], _ limits: ParquetLimits) throws(ParquetError) -> [FileMetadata.Column] {
        let leaves = schema.dropFirst()
        // Items of lists and structs follow what they are in, so that no other column comes first.
        if let place = leaves.firstIndex(where: { $0.children > 0 || $0.repetition == 2 }) {
            throw ParquetError(
                "has columns or lists inside of the column '\(schema[place].name)'; give flat columns only", column: place - 1)
        }
        guard !leaves.isEmpty else { throw ParquetError("has no columns; give one for each parameter") }
        guard leaves.count <= limits.columns else {
            throw ParquetError("has \(leaves.count) columns; at most \(limits.columns) are allowed")
        }
        if let place = leaves.firstIndex(where: { $0.name.utf8.starts(with: "__index_level_".utf8) }) {
            throw ParquetError(
                "has the column '\(schema[place].name)', the index of a pandas table; write it with index=False", column: place - 1)
        }
        return Array(leaves)
    }
}

/// The values of a column, by row.
package enum ParquetValues: Hashable, Sendable {
    case bools([Bool])
    case integers([Int64])
    /// Also those that are not finite.
    case numbers([Double])
    case texts([String])
}
