import LynxDocument

extension SampleTable {
    /// Lists and their values together: with more, a submission would be too large for the control plane to read.
    static let mostValues = 150_000
}

extension FieldType where Value == SampleTable {
    static var sampleTable: FieldType {
        alternatives(
            "a table (a list of rows, or a mapping with columns and rows, or with a file)", list: rowMappings,
            mapping: columnsAndRows
        )
        .checked { table in
            let most = SampleTable.mostValues / (table.columns.count + 1)
            return table.rows.count <= most ? nil : "has \(table.rows.count) rows; of so many columns at most \(most) are allowed"
        }.named("SampleTable")
    }

    /// `[{a: 1, b: 2}, {a: 3, b: 4}]`
    private static var rowMappings: FieldType {
        FieldType<[[String: ParameterValue]]>.list(
            of: .dictionary(of: .parameterValue, named: "columns to values", key: .line()), named: "rows", minimum: 1
        ).checked { rows in
            let columns = Set(rows[0].keys)
            if columns.isEmpty { return "has no columns; give each row a value for at least one parameter" }
            for (index, row) in rows.enumerated() {
                if let missing = columns.subtracting(row.keys).min() {
                    return "row \(index + 1) has no \(Excerpt.quoted(missing)); give each row the same columns"
                }
                if let extra = Set(row.keys).subtracting(columns).min() {
                    return "row 1 has no \(Excerpt.quoted(extra)), and row \(index + 1) does; give each row the same columns"
                }
            }
            return nil
        }.map { rows in
            let columns = rows[0].keys.sorted()
            return SampleTable(columns: columns, rows: rows.map { row in columns.compactMap { row[$0] } })
        }
    }

    /// `{columns: [a, b], rows: [[1, 2], [3, 4]]}`; reading a batch file puts these in the place of `file`.
    private static var columnsAndRows: FieldType {
        mapping("a table") { fields in
            let file = fields.optional(
                "file", .replacedInFiles("columns and rows"),
                "A CSV file with a line of column names, or a Parquet file, relative to the batch file; in batch files only.")
            let columns = fields.optional(
                "columns", .list(of: .line(), named: "parameter names", minimum: 1),
                "The parameters that the table has values for.")
            let rows = fields.optional(
                "rows", .list(of: .list(of: .parameterValue, named: "values"), named: "rows", minimum: 1),
                "For each run its values, in the order of the columns.")
            let units = fields.optional(
                "units", .dictionary(of: .string, named: "columns to units", key: .line()),
                "The units of columns that no dispersion gives units to.")
            if file == nil, fields["file"]?.node.isNull ?? true {
                for (key, isThere) in [("columns", columns != nil), ("rows", rows != nil)]
                where !isThere && fields[key]?.node.isNull ?? true {
                    fields.report(key, "is missing; give columns and rows, or in a batch file the name of a CSV or Parquet file")
                }
            }
            guard let columns, let rows else { return nil }
            return SampleTable(columns: columns, rows: rows, units: units)
        }
    }
}

extension FieldType where Value == String {
    /// A path that reading a batch file has replaced by what it leads to; nothing else may have it.
    ///
    /// - Parameter others: the fields that say the same.
    static func replacedInFiles(_ others: String) -> FieldType {
        string.checked { _ in "is taken in batch files only, in place of \(others); give those" }
    }
}
