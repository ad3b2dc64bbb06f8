/// A table as text: rows of cells between separators, quoted as in RFC 4180.
struct TableText: Sendable {
    private let rows: [ArraySlice<UInt8>]
    private let separator: UInt8
    /// The columns' names in `differences`: the cells of the first row if those are names, otherwise numbers.
    private let names: [String]

    init(_ bytes: [UInt8], separator: UInt8 = UInt8(ascii: ",")) {
        var rows: [ArraySlice<UInt8>] = []
        var start = 0
        var isQuoted = false
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard byte == UInt8(ascii: "\n"), !isQuoted else { continue }
            rows.append(bytes[start..<index])
            start = index + 1
        }
        if start < bytes.count { rows.append(bytes[start...]) }
        self.rows = rows
        self.separator = separator
        let first = rows.first.map { Self.cells($0, separator) } ?? []
        let areNames = Set(first).count == first.count && first.allSatisfy { !$0.isEmpty && Double($0) == nil }
        names = first.indices.map { areNames ? first[$0] : "\($0 + 1)" }
    }

    private static func cells(_ row: ArraySlice<UInt8>, _ separator: UInt8) -> [String] {
        var cells: [String] = []
        var start = row.startIndex
        var isQuoted = false
        for index in row.indices {
            if row[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard row[index] == separator, !isQuoted else { continue }
            cells.append(String(decoding: row[start..<index], as: UTF8.self))
            start = index + 1
        }
        return cells + [String(decoding: row[start...], as: UTF8.self)]
    }

    private func cells(_ row: Int) -> [String] { Self.cells(rows[row], separator) }

    /// The columns in which two tables differ; nil if they have different shapes.
    static func differences(_ one: TableText, _ other: TableText) -> Set<String>? {
        guard one.rows.count == other.rows.count, one.names.count == other.names.count else { return nil }
        var found: Set<String> = []
        for row in one.rows.indices where one.rows[row] != other.rows[row] {
            let (first, second) = (one.cells(row), other.cells(row))
            guard first.count == second.count, first.count <= one.names.count else { return nil }
            for column in first.indices where first[column] != second[column] { found.insert(one.names[column]) }
        }
        return found
    }

    /// Calls `body` with each cell of the given columns.
    func forEachCell(of columns: Set<String>, _ body: (_ column: String, _ row: Int, _ cell: String) -> Void) {
        for row in rows.indices {
            for (column, cell) in zip(names, cells(row)) where columns.contains(column) { body(column, row, cell) }
        }
    }
}
