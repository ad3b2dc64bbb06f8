import Parquet

/// A flat table of a Parquet file as a tree, like that of a CSV file. Marks give the row, from 1, as the line, and the column's
/// number, from 1, as the column.
package enum ParquetDocument {
    /// Whether a file begins and ends as Parquet files do, or is called so.
    package static func isMeant(by path: String) -> Bool {
        if path.utf8.suffix(8).elementsEqual(".parquet".utf8) || path.utf8.suffix(3).elementsEqual(".pq".utf8) { return true }
        // Of a file that cannot be read, whoever reads it says why.
        let bytes = SourceBytes.read(file: path, limit: 4 << 20, into: DiagnosticCollector())?.bytes
        return bytes.map { $0.starts(with: "PAR1".utf8) && $0.suffix(4).elementsEqual("PAR1".utf8) } ?? false
    }

    /// The fields `columns` and `rows`. Nil after a report.
    ///
    /// - Parameters:
    ///   - mostValues: rows times columns.
    ///   - failure: is told why the file cannot be read at all.
    package static func read(
        file path: String, limits: DocumentLimits = .init(), mostValues: Int, into diagnostics: DiagnosticCollector,
        failure: (String) -> Void
    ) -> Mapping? {
        let opening = DiagnosticCollector()
        guard let source = SourceBytes.read(file: path, limit: limits.bytes, remedy: "give fewer rows", into: opening) else {
            failure(opening.list?.diagnostics.first?.message ?? "cannot be read")
            return nil
        }
        func mark(row: Int?, column: Int?) -> Mark {
            if row == nil, column == nil { return Mark(wholeOf: source.name) }
            return Mark(file: source.name, line: (row ?? 0) + 1, column: (column ?? 0) + 1)
        }
        let file: ParquetFile
        do throws(ParquetError) {
            file = try ParquetFile(source.bytes, limits: ParquetLimits(values: mostValues, bytes: limits.bytes))
        } catch {
            diagnostics.report(error.message, at: mark(row: error.row, column: error.column))
            return nil
        }
        for (place, column) in file.columns.enumerated() {
            guard case .numbers(let numbers) = column.values, let row = numbers.firstIndex(where: { !$0.isFinite }) else { continue }
            diagnostics.report(
                "the column \(Excerpt.quoted(column.name)) is \(numbers[row]) in row \(row + 1); give a finite number",
                at: mark(row: row, column: place))
            return nil
        }
        let names = file.columns.enumerated().map { place, column in
            Node(.scalar(Scalar(column.name, style: .quoted)), at: mark(row: 0, column: place))
        }
        let rows = (0..<file.rows).map { row in
            let cells = file.columns.enumerated().map { place, column in
                Node(.scalar(column.values.scalar(at: row)), at: mark(row: row, column: place))
            }
            return Node(.sequence(cells), at: mark(row: row, column: 0))
        }
        func entry(_ key: String, _ items: [Node]) -> Mapping.Entry {
            Mapping.Entry(key: key, keyMark: items[0].mark, value: Node(.sequence(items), at: items[0].mark))
        }
        return Mapping([entry("columns", names), entry("rows", rows)])
    }
}

extension ParquetValues {
    /// As it would be written in a batch file: floats with a point or an exponent, texts in quotes.
    fileprivate func scalar(at row: Int) -> Scalar {
        switch self {
        case .bools(let values): Scalar(values[row] ? "true" : "false", style: .plain)
        case .integers(let values): Scalar("\(values[row])", style: .plain)
        case .numbers(let values): Scalar("\(values[row])", style: .plain)
        case .texts(let values): Scalar(values[row], style: .quoted)
        }
    }
}
