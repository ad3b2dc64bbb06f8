import ArrowIPC

/// Which rows of a table are wanted: comparisons of columns with values and with each other. As in SQL, a comparison with a null
/// is neither true nor false, and only rows for which the whole is true are kept.
indirect enum RowCondition: Hashable, Sendable {
    case compare(RowOperand, RowComparison, RowOperand, as: RowValueKind)
    case isNull(column: Int)
    case not(RowCondition)
    case and(RowCondition, RowCondition)
    case or(RowCondition, RowCondition)

    /// The places of the columns that it looks at.
    var columns: Set<Int> {
        switch self {
        case .compare(let left, _, let right, _): Set([left, right].compactMap { if case .column(let place) = $0 { place } else { nil } })
        case .isNull(let column): [column]
        case .not(let condition): condition.columns
        case .and(let left, let right), .or(let left, let right): left.columns.union(right.columns)
        }
    }
}

enum RowOperand: Hashable, Sendable {
    case column(Int)
    case integer(Int64)
    case number(Double)
    case text(String)
    case bool(Bool)
    /// Microseconds since 1970-01-01T00:00:00Z.
    case time(Int64)
}

enum RowComparison: String, CaseIterable, Sendable {
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case notEqual = "!="
    case equal = "="
    case less = "<"
    case greater = ">"
}

/// As what values are compared.
enum RowValueKind: Hashable, Sendable {
    case integer, number, text, bool, time

    init?(_ type: ArrowType) {
        switch type {
        case .int64: self = .integer
        case .float64: self = .number
        case .bool: self = .bool
        case .utf8, .dictionary: self = .text
        case .timestamp: self = .time
        case .float64List: return nil
        }
    }
}

extension RowCondition {
    /// The rows for which it is true, by their places.
    ///
    /// - Parameter column: gives a column by its place.
    func places(rows: Int, _ column: (Int) -> ArrowColumn) -> [Int] {
        let truths = truths(rows: rows, column)
        return truths.indices.filter { truths[$0] == .true }
    }

    /// Ordered so that `and` is the least and `or` the greatest of two.
    fileprivate enum Truth: UInt8 {
        case `false`, unknown, `true`
    }

    private func truths(rows: Int, _ column: (Int) -> ArrowColumn) -> [Truth] {
        switch self {
        case .compare(let left, let comparison, let right, let kind):
            let (left, right) = (RowVector(left, column), RowVector(right, column))
            return switch kind {
            case .integer, .time: comparison.truths(rows, left.integer, right.integer)
            case .number: comparison.truths(rows, left.number, right.number)
            case .bool: comparison.truths(rows, left.bool, right.bool)
            case .text: comparison.truths(rows, left.text, right.text)
            }
        case .isNull(let place):
            let isNull = column(place).isNull
            return (0..<rows).map { isNull?[$0] == true ? .true : .false }
        case .not(let condition):
            return condition.truths(rows: rows, column).map { $0 == .unknown ? .unknown : $0 == .true ? .false : .true }
        case .and(let left, let right):
            return zip(left.truths(rows: rows, column), right.truths(rows: rows, column)).map { $0.rawValue < $1.rawValue ? $0 : $1 }
        case .or(let left, let right):
            return zip(left.truths(rows: rows, column), right.truths(rows: rows, column)).map { $0.rawValue > $1.rawValue ? $0 : $1 }
        }
    }
}

extension RowComparison {
    fileprivate func truths<Value: Comparable>(_ rows: Int, _ left: (Int) -> Value?, _ right: (Int) -> Value?) -> [RowCondition.Truth] {
        let holds: (Value, Value) -> Bool =
            switch self {
            case .equal: (==)
            case .notEqual: (!=)
            case .less: (<)
            case .lessOrEqual: (<=)
            case .greater: (>)
            case .greaterOrEqual: (>=)
            }
        return (0..<rows).map { row in
            guard let left = left(row), let right = right(row) else { return .unknown }
            return holds(left, right) ? .true : .false
        }
    }
}

/// Text in the order of its UTF-8, which is that of its code points.
struct RowText: Comparable {
    let utf8: ArraySlice<UInt8>

    static func == (left: RowText, right: RowText) -> Bool { left.utf8.elementsEqual(right.utf8) }
    static func < (left: RowText, right: RowText) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }
}

/// The values of an operand by row; nil for nulls.
struct RowVector {
    private let operand: RowOperand
    private let column: ArrowColumn?
    /// The texts of a dictionary.
    private let entries: [RowText]

    init(_ operand: RowOperand, _ column: (Int) -> ArrowColumn) {
        self.operand = operand
        if case .column(let place) = operand { self.column = column(place) } else { self.column = nil }
        if case .dictionary(_, let entries) = self.column?.values {
            self.entries = entries.map { RowText(utf8: Array($0.utf8)[...]) }
        } else if case .text(let text) = operand {
            entries = [RowText(utf8: Array(text.utf8)[...])]
        } else {
            entries = []
        }
    }

    private func isNull(_ row: Int) -> Bool { column?.isNull?[row] == true }

    func integer(_ row: Int) -> Int64? {
        if isNull(row) { return nil }
        switch (column?.values, operand) {
        case (.int64(let values), _), (.timestamp(let values), _): return values[row]
        case (nil, .integer(let value)), (nil, .time(let value)): return value
        default: return nil
        }
    }

    func number(_ row: Int) -> Double? {
        if isNull(row) { return nil }
        switch (column?.values, operand) {
        case (.float64(let values), _): return values[row]
        case (.int64(let values), _): return Double(values[row])
        case (nil, .integer(let value)): return Double(value)
        case (nil, .number(let value)): return value
        default: return nil
        }
    }

    /// False before true.
    func bool(_ row: Int) -> Int? {
        if isNull(row) { return nil }
        switch (column?.values, operand) {
        case (.bool(let values), _): return values[row] ? 1 : 0
        case (nil, .bool(let value)): return value ? 1 : 0
        default: return nil
        }
    }

    func text(_ row: Int) -> RowText? {
        if isNull(row) { return nil }
        switch column?.values {
        case .utf8(let texts): return RowText(utf8: texts.utf8(at: row))
        case .dictionary(let places, _): return entries[Int(places[row])]
        default: return entries.first
        }
    }
}
