import FoundationEssentials
import GRDB

/// A row of a long answer, read by the places of its columns and valid only while it is lent: nothing of it is copied that
/// is not asked for.
protocol LedgerColumns {
    func integer(_ column: Int) throws -> Int64?

    /// Also of a whole number.
    func real(_ column: Int) throws -> Double?

    func text(_ column: Int) throws -> String?

    /// Lends the bytes of a blob, or of a text's UTF-8, to `body`; nil of NULL.
    func withBytes<Value>(_ column: Int, _ body: (UnsafeRawBufferPointer?) throws -> Value) throws -> Value
}

extension LedgerConnection {
    /// Databases that send an answer as a whole.
    func forEachRow(_ sql: String, _ values: [LedgerValue], _ body: (any LedgerColumns) throws -> Void) throws {
        for row in try rows(sql, values) { try body(row) }
    }
}

extension LedgerRow: LedgerColumns {
    func integer(_ column: Int) throws -> Int64? {
        switch values[column] {
        case .null: nil
        case .integer(let value): value
        case let other: throw StorageError.unexpected("column \(column) holds \(other), not an integer")
        }
    }

    func real(_ column: Int) throws -> Double? {
        switch values[column] {
        case .null: nil
        case .real(let value): value
        case .integer(let value): Double(value)
        case let other: throw StorageError.unexpected("column \(column) holds \(other), not a number")
        }
    }

    func text(_ column: Int) throws -> String? {
        switch values[column] {
        case .null: nil
        case .text(let value): value
        case let other: throw StorageError.unexpected("column \(column) holds \(other), not text")
        }
    }

    func withBytes<Value>(_ column: Int, _ body: (UnsafeRawBufferPointer?) throws -> Value) throws -> Value {
        switch values[column] {
        case .null: return try body(nil)
        case .blob(let value): return try value.withUnsafeBytes { try body($0) }
        case .text(let value): return try Array(value.utf8).withUnsafeBytes { try body($0) }
        case let other: throw StorageError.unexpected("column \(column) holds \(other), not bytes")
        }
    }
}

/// A row of a statement that SQLite has stepped to.
struct SQLiteColumns: LedgerColumns {
    let row: Row

    func integer(_ column: Int) throws -> Int64? { try row.decode(Int64?.self, atIndex: column) }

    func real(_ column: Int) throws -> Double? { try row.decode(Double?.self, atIndex: column) }

    func text(_ column: Int) throws -> String? { try row.decode(String?.self, atIndex: column) }

    func withBytes<Value>(_ column: Int, _ body: (UnsafeRawBufferPointer?) throws -> Value) throws -> Value {
        try row.withUnsafeData(atIndex: column) { data in
            guard let data else { return try body(nil) }
            return try data.withUnsafeBytes { try body($0) }
        }
    }
}
