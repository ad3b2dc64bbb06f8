import ArrowIPC
import FoundationEssentials
import LynxModel
import Sampling

/// A part of a batch's runs, one after the other, as the ledger has them.
struct RunRows: Sendable {
    let runs: Range<Int>
    /// By run from the first of `runs`; each has a place in `JobStatus.allCases`.
    private(set) var status: [Int32]
    fileprivate var outcome: [Int32?]
    fileprivate var breach: [Int32?]
    fileprivate var attempt: [Int64]
    fileprivate var retries: [Int64]
    fileprivate var runner: [Int32?]
    /// In milliseconds since 1970, as are the others.
    fileprivate var claimed: [Instant?]
    fileprivate var started: [Instant?]
    fileprivate var completed: [Instant?]
    fileprivate var message: [String?]
    /// By the place of the output; NaN where the run gave none. Empty for those that are not wanted.
    fileprivate var outputs: [[Double]]
    fileprivate var created: Instant = 0

    fileprivate init(_ runs: Range<Int>, _ batch: BatchRecord, outputs: [Bool]) {
        self.runs = runs
        let isCancelled = batch.statusWithoutRow == .cancelled
        let none: [Int32?] = Array(repeating: nil, count: runs.count), never: [Instant?] = Array(repeating: nil, count: runs.count)
        status = Array(repeating: JobStatus.place(of: batch.statusWithoutRow.rawValue) ?? 0, count: runs.count)
        (outcome, breach, runner) = (none, none, none)
        attempt = Array(repeating: 0, count: runs.count)
        retries = attempt
        (claimed, started) = (never, never)
        completed = isCancelled ? Array(repeating: batch.cancelledAt, count: runs.count) : never
        message = Array(repeating: isCancelled ? JobRecord.cancelledBeforeItRan : nil, count: runs.count)
        self.outputs = outputs.map { $0 ? Array(repeating: .nan, count: runs.count) : [] }
        created = batch.createdAt
    }
}

/// Reads parts of a batch's runs.
struct RunReader: Sendable {
    let catalogue: RunCatalogue
    /// By the place of the output.
    private let wanted: [Bool]
    /// Of stopping conditions and of runners.
    private var breaches = Names()
    private var runners = Names()

    /// - Parameter columns: the places of those that are looked at.
    init(_ catalogue: RunCatalogue, columns: Set<Int>) {
        self.catalogue = catalogue
        wanted = catalogue.outputs.indices.map { output in columns.contains { catalogue.columns[$0] == .output(output) } }
    }

    mutating func rows(_ runs: Range<Int>, _ ledger: Ledger) async throws -> RunRows {
        let start = self
        let (rows, reader) = try await ledger.driver.read { connection in
            var reader = start
            return (try reader.read(runs, connection), reader)
        }
        self = reader
        return rows
    }

    private mutating func read(_ runs: Range<Int>, _ connection: any LedgerConnection) throws -> RunRows {
        let batchID = catalogue.batchID
        guard let row = try connection.row(SQL.batch, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
        var rows = RunRows(runs, try BatchRecord(row), outputs: wanted)
        let stored = try connection.rows(SQL.runsInRange, [.text(batchID), .int(runs.lowerBound), .int(runs.upperBound)])
        guard let first = stored.first else { return rows }
        let sets = wanted.contains(true) ? try places(of: try connection.outputSets(of: batchID)) : [:]
        let columns = try RowPlaces(first)
        for row in stored {
            guard case .integer(let run) = row.values[columns.run], runs.contains(Int(run)) else { continue }
            take(row, columns, at: Int(run) - runs.lowerBound, sets, into: &rows)
        }
        return rows
    }

    /// By digest, for each number of a set the place of its output; −1 for those that are not wanted.
    private func places(of sets: [(digest: String, outputs: [OutputName])]) throws -> [String: [Int]] {
        let known = Dictionary(zip(catalogue.outputs, catalogue.outputs.indices), uniquingKeysWith: { first, _ in first })
        return Dictionary(
            sets.map { set in (set.digest, set.outputs.map { output in known[output.name].flatMap { wanted[$0] ? $0 : nil } ?? -1 }) },
            uniquingKeysWith: { first, _ in first })
    }

    private mutating func take(_ row: LedgerRow, _ columns: RowPlaces, at place: Int, _ sets: [String: [Int]], into rows: inout RunRows) {
        func text(_ column: Int) -> String? { if case .text(let text) = row.values[column] { text } else { nil } }
        func integer(_ column: Int) -> Int64? { if case .integer(let number) = row.values[column] { number } else { nil } }
        rows.take(
            at: place, status: text(columns.status).flatMap { JobStatus.place(of: $0) } ?? 0, attempt: integer(columns.attempt) ?? 0,
            retries: integer(columns.retries) ?? 0, claimed: integer(columns.claimed), started: integer(columns.started),
            completed: integer(columns.completed), message: text(columns.message))
        rows.runner[place] = text(columns.runner).map { runners.place(of: $0) }
        rows.outcome[place] = text(columns.outcome).flatMap { AttemptOutcome.place(of: $0) }
        rows.breach[place] = text(columns.breach).map { breaches.place(of: $0) }
        guard case .blob(let numbers) = row.values[columns.numbers], let outputs = text(columns.digest).flatMap({ sets[$0] }) else { return }
        OutputNumbers.forEach(in: numbers) { number, value in
            if number < outputs.count, outputs[number] >= 0 { rows.outputs[outputs[number]][place] = value }
        }
    }

    /// A column of some rows.
    func column(_ place: Int, of rows: RunRows) -> ArrowColumn {
        switch catalogue.columns[place] {
        case .ledger(let column): ledgerColumn(column, of: rows)
        case .parameter(let name, let type): parameter(name, type, of: rows.runs)
        case .output(let output): Self.output(rows.outputs[output])
        case .nominal: ArrowColumn(.bool(rows.runs.map { $0 == catalogue.nominalRun }))
        }
    }

    private func ledgerColumn(_ column: RunColumn.LedgerColumn, of rows: RunRows) -> ArrowColumn {
        switch column {
        case .run: return ArrowColumn(.int64(rows.runs.map { Int64($0) }))
        case .jobID: return ArrowColumn(.utf8(ArrowText(rows.runs.lazy.map { JobKey(batchID: catalogue.batchID, runIndex: $0).jobID })))
        case .status: return ArrowColumn(.dictionary(rows.status, of: JobStatus.allCases.map(\.rawValue)))
        case .outcome: return Self.names(rows.outcome, AttemptOutcome.allCases.map(\.rawValue))
        case .breach: return Self.names(rows.breach, breaches.all)
        case .attempt: return ArrowColumn(.int64(rows.attempt))
        case .retries: return ArrowColumn(.int64(rows.retries))
        case .assignedRunner: return Self.names(rows.runner, runners.all)
        case .createdAt: return Self.times(Array(repeating: rows.created, count: rows.runs.count))
        case .claimedAt: return Self.times(rows.claimed)
        case .startedAt: return Self.times(rows.started)
        case .completedAt: return Self.times(rows.completed)
        case .durationSecs:
            let seconds = zip(rows.started, rows.completed).map { started, completed -> Double in
                if let started, let completed { Double(completed - started) / 1000 } else { .nan }
            }
            return Self.output(seconds)
        case .errorMessage:
            return ArrowColumn(.utf8(ArrowText(rows.message.lazy.map { $0 ?? "" })), isNull: rows.message.map { $0 == nil })
        }
    }

    private static func names(_ places: [Int32?], _ names: [String]) -> ArrowColumn {
        ArrowColumn(.dictionary(places.map { $0 ?? 0 }, of: names), isNull: places.map { $0 == nil })
    }

    private static func times(_ times: [Instant?]) -> ArrowColumn {
        ArrowColumn(.timestamp(times.map { ($0 ?? 0) * 1000 }), isNull: times.map { $0 == nil })
    }

    private static func output(_ numbers: [Double]) -> ArrowColumn {
        let isNull = numbers.map(\.isNaN)
        return ArrowColumn(.float64(numbers), isNull: isNull.contains(true) ? isNull : nil)
    }

    private func parameter(_ name: String, _ type: ParameterType, of runs: Range<Int>) -> ArrowColumn {
        if type == .number, let numbers = catalogue.sampler.numbers(of: name, in: runs) { return ArrowColumn(.float64(numbers)) }
        let values = catalogue.sampler.values(of: name, in: runs) ?? []
        return switch type {
        case .integer: ArrowColumn(.int64(values.map { if case .integer(let value) = $0 { value } else { 0 } }))
        case .number: ArrowColumn(.float64(values.map { if case .number(let value) = $0 { value } else { .nan } }))
        case .bool: ArrowColumn(.bool(values.map { $0 == .bool(true) }))
        case .text, .mixed: ArrowColumn(.utf8(ArrowText(values.map(\.plainText))))
        }
    }
}

extension RunRows {
    fileprivate mutating func take(
        at place: Int, status: Int32, attempt: Int64, retries: Int64, claimed: Instant?, started: Instant?, completed: Instant?,
        message: String?
    ) {
        self.status[place] = status
        self.attempt[place] = attempt
        self.retries[place] = retries
        self.claimed[place] = claimed
        self.started[place] = started
        self.completed[place] = completed
        self.message[place] = message
    }
}

/// Where the columns of `SQL.runsInRange` stand in its rows.
private struct RowPlaces {
    let run, status, attempt, retries, claimed, started, completed, runner, message, digest, numbers, outcome, breach: Int

    init(_ row: LedgerRow) throws {
        func place(_ name: String) throws -> Int {
            guard let place = row.columns[name] else { throw StorageError.unexpected("no column '\(name)' in the answer") }
            return place
        }
        (run, status, attempt, retries) = (try place("run_index"), try place("status"), try place("attempt"), try place("retries"))
        (claimed, started, completed) = (try place("claimed_at"), try place("started_at"), try place("completed_at"))
        (runner, message, digest) = (try place("assigned_runner"), try place("error_message"), try place("digest"))
        (numbers, outcome, breach) = (try place("numbers"), try place("outcome"), try place("breach"))
    }
}

extension CaseIterable where Self: RawRepresentable<String>, AllCases == [Self] {
    /// The place of a case among all, by its name.
    fileprivate static func place(of name: String) -> Int32? { allCases.firstIndex { $0.rawValue == name }.map { Int32($0) } }
}

extension SQL {
    /// The runs in a range that have rows, with what the attempts gave that are the jobs' results. Values: batch_id, the first
    /// run_index, the one after the last.
    static let runsInRange = """
        SELECT jobs.run_index AS run_index, jobs.status AS status, jobs.attempt AS attempt, jobs.retries AS retries,
            jobs.claimed_at AS claimed_at, jobs.started_at AS started_at, jobs.completed_at AS completed_at,
            CASE WHEN jobs.status = 'Pending' THEN NULL ELSE jobs.assigned_runner END AS assigned_runner,
            jobs.error_message AS error_message, outputs.digest AS digest, outputs.numbers AS numbers, outputs.outcome AS outcome,
            outputs.breach AS breach
        FROM jobs LEFT JOIN outputs ON outputs.batch_id = jobs.batch_id AND outputs.run_index = jobs.run_index
            AND outputs.attempt = jobs.attempt AND jobs.retracted = 0 AND jobs.completed_at IS NOT NULL
        WHERE jobs.batch_id = ? AND jobs.run_index >= ? AND jobs.run_index < ? ORDER BY jobs.run_index
        """
}
