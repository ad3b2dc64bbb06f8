import ArrowIPC
import LynxModel

/// Which runs of a batch are asked for, and which columns of them.
struct RunTableQuery: Sendable {
    /// Their places in the catalogue, in the order in which they are wanted.
    var columns: [Int]
    var status: JobStatus?
    var runs: Range<Int>
    /// Only these, ascending; nil: all.
    var only: [Int]?
    var condition: RowCondition?
    /// Nil: by run index.
    var order: RowOrder?

    /// All columns that are looked at.
    var neededColumns: Set<Int> { Set(columns).union(condition?.columns ?? []).union(order.map { [$0.column] } ?? []) }
}

/// By what rows are ordered. Nulls come last, and of equals the run of the lower index first.
struct RowOrder: Hashable, Sendable {
    var column: Int
    var isDescending: Bool

    /// The places of the rows of a column in their order.
    func places(of values: ArrowColumn) -> [Int] {
        let vector = RowVector(.column(0)) { _ in values }
        return switch RowValueKind(values.type) {
        case .integer, .time: places(values.count, vector.integer)
        case .number: places(values.count, vector.number)
        case .bool: places(values.count, vector.bool)
        default: places(values.count, vector.text)
        }
    }

    private func places<Value: Comparable>(_ count: Int, _ value: (Int) -> Value?) -> [Int] {
        let keys = (0..<count).map { (value($0), $0) }
        return keys.sorted { left, right in
            switch (left.0, right.0) {
            case (let first?, let second?) where first != second: isDescending ? first > second : first < second
            case (.some, nil): true
            case (nil, .some): false
            default: left.1 < right.1
            }
        }.map(\.1)
    }
}

/// Reads the table of a batch's runs part by part.
struct RunTable: Sendable {
    /// So many runs are read at a time.
    static let part = 8192

    let catalogue: RunCatalogue
    let query: RunTableQuery

    var schema: ArrowSchema {
        ArrowSchema(query.columns.map { catalogue.fields[$0] }, metadata: ["batch_id": catalogue.batchID])
    }

    /// Hands on the columns of the rows asked for, at most `part` rows at a time. Only with an order are they in memory together.
    func forEachPart(_ ledger: Ledger, _ take: ([ArrowColumn]) async throws -> Void) async throws {
        var reader = RunReader(catalogue, columns: query.neededColumns)
        var gathered: [Int: ArrowColumn] = [:]
        for start in stride(from: query.runs.lowerBound, to: query.runs.upperBound, by: Self.part) {
            try Task.checkCancellation()
            let part = start..<min(start + Self.part, query.runs.upperBound)
            let only = query.only.map { runs in runs.filter { part.contains($0) } }
            if only?.isEmpty == true { continue }
            let rows = try await reader.rows(only.map { $0[0]..<($0[$0.count - 1] + 1) } ?? part, ledger)
            var columns: [Int: ArrowColumn] = [:]
            let places = places(in: rows, only: only) { place in
                if columns[place] == nil { columns[place] = reader.column(place, of: rows) }
                return columns[place]!
            }
            if places.isEmpty { continue }
            let isWhole = places.count == rows.runs.count
            func column(_ place: Int) -> ArrowColumn {
                let whole = columns[place] ?? reader.column(place, of: rows)
                return isWhole ? whole : whole.rows(places)
            }
            guard let order = query.order else {
                try await take(query.columns.map(column))
                continue
            }
            for place in Set(query.columns + [order.column]) {
                let new = column(place)
                if gathered[place] == nil { gathered[place] = new } else { gathered[place]!.append(new) }
            }
        }
        guard let order = query.order, let keys = gathered[order.column] else { return }
        let sorted = order.places(of: keys)
        for start in stride(from: 0, to: sorted.count, by: Self.part) {
            let places = Array(sorted[start..<min(start + Self.part, sorted.count)])
            try await take(query.columns.map { gathered[$0]!.rows(places) })
        }
    }

    /// The rows that are asked for.
    private func places(in rows: RunRows, only: [Int]?, _ column: (Int) -> ArrowColumn) -> [Int] {
        var places = only.map { runs in runs.map { $0 - rows.runs.lowerBound } } ?? Array(0..<rows.runs.count)
        if let status = query.status {
            let wanted = JobStatus.allCases.firstIndex(of: status).map { Int32($0) }
            places = places.filter { rows.status[$0] == wanted }
        }
        guard let condition = query.condition, !places.isEmpty else { return places }
        let matching = condition.places(rows: rows.runs.count, column)
        return query.status == nil && only == nil ? matching : Array(Set(matching).intersection(places)).sorted()
    }
}
