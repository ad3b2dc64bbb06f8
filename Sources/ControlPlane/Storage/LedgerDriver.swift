import FoundationEssentials

/// A database that can hold the ledger. Drivers differ in how they connect, lock and commit; the statements,
/// with `?` for their values, are the same for all.
protocol LedgerDriver: Sendable {
    /// Runs `body` on a consistent snapshot.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any LedgerConnection) throws -> Value) async throws -> Value

    /// Runs `body` in a transaction of its own, which is on stable storage when this returns and has left no
    /// trace when this throws. Not cancelled with the calling task: what has begun is finished.
    ///
    /// `body` may be run more than once; only its last run counts.
    ///
    /// - Parameter scope: what it will change, as far as that is known.
    func write<Value: Sendable>(
        _ scope: WriteScope, _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
    ) async throws -> Value

    /// Several control planes may be at work on the database at once.
    var isShared: Bool { get }

    /// No other control plane was at work when this one opened the database.
    var foundAlone: Bool { get }

    /// Tells the other control planes, if there may be any.
    func tell(_ news: LedgerNews)

    /// Calls `hear` with what other control planes tell.
    func onNews(_ hear: @escaping @Sendable (LedgerNews) -> Void)

    /// The folder of its files; nil where they are another machine's.
    var folder: String? { get }

    /// How many transactions have shared how many flushes; nil where each has its own.
    var commitCounts: CommitCounts? { get }

    /// Ends all connections. Nothing may be called afterwards.
    func close() throws
}

struct CommitCounts: Hashable, Sendable {
    var writes = 0
    var groups = 0
}

extension LedgerDriver {
    func write<Value: Sendable>(_ body: @escaping @Sendable (any LedgerConnection) throws -> Value) async throws -> Value {
        try await write(WriteScope(), body)
    }

    var commitCounts: CommitCounts? { nil }

    var folder: String? { nil }
}

/// One connection inside a transaction; valid only in the closure it was given to.
protocol LedgerConnection {
    func rows(_ sql: String, _ values: [LedgerValue]) throws -> [LedgerRow]

    /// Lends the rows of an answer to `body`, one after the other, without keeping them.
    func forEachRow(_ sql: String, _ values: [LedgerValue], _ body: (any LedgerColumns) throws -> Void) throws

    /// The number of rows changed.
    @discardableResult
    func run(_ sql: String, _ values: [LedgerValue]) throws -> Int

    /// A change of which nobody asks how many rows it met. It may still be on its way when this returns: what is wrong with
    /// it is then thrown by a later call, or by the end of the write.
    func send(_ sql: String, _ values: [LedgerValue]) throws

    /// Undoes what was done since a savepoint, whatever became of what was sent, and forgets the savepoint.
    func rollBack(to savepoint: String) throws

    /// The time by the database's clock at the beginning of the transaction; nil where that is this machine's.
    var time: Instant? { get }

    /// Others may be changing the database at the same time.
    var isShared: Bool { get }

    /// Keeps others from changing these rows until the transaction ends. To be called before what is to be changed is
    /// read, for what the write's scope does not name.
    func lock(_ scope: WriteScope) throws

    /// The rows of a query of `batches`, locked; without those that somebody else has locked.
    func rowsOfUnlockedBatches(_ sql: String, _ values: [LedgerValue]) throws -> [LedgerRow]
}

/// What a database does that one process has for itself.
extension LedgerConnection {
    var time: Instant? { nil }

    var isShared: Bool { false }

    func send(_ sql: String, _ values: [LedgerValue]) throws { try run(sql, values) }

    func rollBack(to savepoint: String) throws {
        try run("ROLLBACK TO SAVEPOINT \(savepoint)")
        try run("RELEASE SAVEPOINT \(savepoint)")
    }

    func lock(_ scope: WriteScope) throws {}

    func rowsOfUnlockedBatches(_ sql: String, _ values: [LedgerValue]) throws -> [LedgerRow] { try rows(sql, values) }
}

extension LedgerConnection {
    func row(_ sql: String, _ values: [LedgerValue]) throws -> LedgerRow? { try rows(sql, values).first }

    @discardableResult
    func run(_ sql: String) throws -> Int { try run(sql, []) }
}

enum LedgerValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob(Data)

    /// No database's text can hold U+0000 without cutting it there, or refusing it; a simulation's last words may.
    static func storable(_ text: String) -> String {
        text.utf8.contains(0) ? String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 })) : text
    }

    static func int(_ value: Int) -> LedgerValue { .integer(Int64(value)) }
    static func int(_ value: Int?) -> LedgerValue { value.map { .integer(Int64($0)) } ?? .null }
    static func instant(_ value: Instant?) -> LedgerValue { value.map { .integer($0) } ?? .null }
    static func text(_ value: String?) -> LedgerValue { value.map { .text($0) } ?? .null }
    static func bool(_ value: Bool) -> LedgerValue { .integer(value ? 1 : 0) }
    static func blob(_ value: Data?) -> LedgerValue { value.map { .blob($0) } ?? .null }
}

/// One row of an answer, its values by column name.
struct LedgerRow: Sendable {
    let columns: [String: Int]
    let values: [LedgerValue]

    func value(_ column: String) throws -> LedgerValue {
        guard let index = columns[column] else { throw StorageError.unexpected("no column '\(column)' in the answer") }
        return values[index]
    }

    func instant(_ column: String) throws -> Instant? {
        switch try value(column) {
        case .null: nil
        case .integer(let value): value
        case let other: throw StorageError.unexpected("column '\(column)' holds \(other), not an integer")
        }
    }

    func optionalInt(_ column: String) throws -> Int? { try instant(column).map { Int($0) } }

    func int(_ column: String) throws -> Int { try required(column, optionalInt(column)) }

    func bool(_ column: String) throws -> Bool { try int(column) != 0 }

    func double(_ column: String) throws -> Double {
        switch try value(column) {
        case .real(let value): value
        case .integer(let value): Double(value)
        case let other: throw StorageError.unexpected("column '\(column)' holds \(other), not a number")
        }
    }

    func optionalText(_ column: String) throws -> String? {
        switch try value(column) {
        case .null: nil
        case .text(let value): value
        case let other: throw StorageError.unexpected("column '\(column)' holds \(other), not text")
        }
    }

    func text(_ column: String) throws -> String { try required(column, optionalText(column)) }

    func blob(_ column: String) throws -> Data? {
        switch try value(column) {
        case .null: nil
        case .blob(let value): value
        case .text(let value): Data(value.utf8)
        case let other: throw StorageError.unexpected("column '\(column)' holds \(other), not bytes")
        }
    }

    /// A text that names a case of `Value`.
    func token<Value: RawRepresentable<String>>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        let text = try text(column)
        guard let value = Value(rawValue: text) else { throw StorageError.unexpected("column '\(column)' holds '\(text)'") }
        return value
    }

    private func required<Value>(_ column: String, _ value: Value?) throws -> Value {
        guard let value else { throw StorageError.unexpected("column '\(column)' is empty") }
        return value
    }
}
