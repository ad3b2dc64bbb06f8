import FoundationEssentials
import Glibc
import LynxModel

/// The runs of a batch in columns, as statistics read them. A row is a run index, whether or not the run has ended.
struct StudyTable: Sendable {
    enum RunState: UInt8, Sendable {
        /// It has not ended.
        case pending
        case completed
        /// A stopping condition killed it.
        case breached
        /// The simulation failed.
        case failed
        /// It ended without saying anything of what it simulates: it was lost, it ran out of time, or the simulator failed.
        case unanswered
        case cancelled
    }

    struct Output: Sendable {
        var name: String
        var units: String
        /// By run index; NaN where the run gave none.
        var values: [Double]
    }

    let batchID: String
    let total: Int
    var states: [RunState]
    /// The names of the stopping conditions that killed runs.
    private(set) var conditions: [String] = []
    /// By run index the place in `conditions` of the one that killed it; −1 where none did.
    private(set) var breaches: [Int32]
    /// By run index the simulated time of the breach, or else of the latest sample, in seconds; NaN where there is none.
    private(set) var simTimes: [Double]
    /// In the order in which runs report them.
    private(set) var outputs: [Output] = []
    private var places: [String: Int] = [:]

    init(batchID: String, total: Int) {
        self.batchID = batchID
        self.total = total
        states = Array(repeating: .pending, count: total)
        breaches = Array(repeating: -1, count: total)
        simTimes = Array(repeating: .nan, count: total)
    }

    func output(_ name: String) -> Output? { places[name].map { outputs[$0] } }

    /// The runs that ended by themselves or by a breach, or without an answer; neither those to come nor those cancelled.
    var ended: Int { states.count { $0 != .pending && $0 != .cancelled } }

    /// Whether a run ended by itself or by a breach, or without an answer.
    func hasEnded(_ run: Int) -> Bool { states[run] != .pending && states[run] != .cancelled }

    /// How many runs a stopping condition killed.
    func breached(by condition: String) -> Int {
        guard let place = conditions.firstIndex(of: condition) else { return 0 }
        return breaches.count { $0 == Int32(place) }
    }

    func condition(of run: Int) -> String? { breaches[run] < 0 ? nil : conditions[Int(breaches[run])] }

    /// Takes an output that was made elsewhere, in place of one of that name.
    mutating func add(_ output: Output) {
        let place = place(of: output.name, units: output.units)
        outputs[place] = output
    }

    /// The place of an output, which is made if it is new.
    fileprivate mutating func place(of name: String, units: String) -> Int {
        if let place = places[name] {
            if outputs[place].units.isEmpty { outputs[place].units = units }
            return place
        }
        places[name] = outputs.count
        outputs.append(Output(name: name, units: units, values: Array(repeating: .nan, count: total)))
        return outputs.count - 1
    }

    /// - Parameters:
    ///   - numbers: little-endian doubles.
    ///   - places: of the output of each; −1 for those that are not kept.
    fileprivate mutating func set(_ run: Int, _ numbers: UnsafeRawBufferPointer, at places: [Int]) {
        for number in 0..<min(numbers.count / 8, places.count) where places[number] >= 0 {
            let bits = UInt64(littleEndian: numbers.loadUnaligned(fromByteOffset: 8 * number, as: UInt64.self))
            outputs[places[number]].values[run] = Double(bitPattern: bits)
        }
    }

    fileprivate mutating func end(_ run: Int, _ state: RunState, breach: String?, simTime: Double?) {
        states[run] = state
        if let simTime { simTimes[run] = simTime }
        guard let breach else { return }
        let place = conditions.firstIndex(of: breach) ?? conditions.count
        if place == conditions.count { conditions.append(breach) }
        breaches[run] = Int32(place)
    }
}

/// Reads the ends of runs into a table, as often as there are new ones.
struct StudyReader {
    /// Those that matter; nil for all.
    let wanted: Set<String>?
    private(set) var table: StudyTable
    private var sets: [OutputSet] = []

    /// Numbers of one set of names, as runs report them together.
    private struct OutputSet {
        /// Its digest, as UTF-8.
        var digest: [UInt8]
        /// The table's place of each number; −1 for those that do not matter.
        var places: [Int]

        func has(_ digest: UnsafeRawBufferPointer) -> Bool {
            self.digest.count == digest.count && self.digest.withUnsafeBytes { memcmp($0.baseAddress!, digest.baseAddress!, digest.count) == 0 }
        }
    }

    private static let part = 4096

    init(batchID: String, total: Int, wanted: Set<String>? = nil) {
        self.wanted = wanted
        table = StudyTable(batchID: batchID, total: total)
    }

    /// Reads every run that has ended.
    mutating func readAll(_ connection: any LedgerConnection) throws {
        try readSets(connection)
        var last = -1
        var count = Self.part
        // In parts, as some databases send an answer as a whole.
        while count == Self.part {
            count = 0
            try connection.forEachRow(SQL.endedRuns, [.text(table.batchID), .int(last), .int(Self.part)]) { row in
                count += 1
                last = Int(try row.integer(Column.run.rawValue) ?? 0)
                try take(row, run: last)
            }
        }
    }

    /// Reads which outputs there are, and nothing of runs.
    mutating func readSets(_ connection: any LedgerConnection) throws {
        sets = try connection.rows(SQL.outputSets, [.text(table.batchID)]).map { row in
            let names = try WireJSON.decode([[String]].self, from: Data(try row.text("names").utf8))
            let places = names.map { entry in
                wanted?.contains(entry[0]) == false ? -1 : table.place(of: entry[0], units: entry.count > 1 ? entry[1] : "")
            }
            return OutputSet(digest: Array(try row.text("digest").utf8), places: places)
        }
    }

    /// In the order of `SQL.endedRuns`.
    private enum Column: Int {
        case run, status, attempt, retracted, digest, numbers, outcome, breach, simTime
    }

    private mutating func take(_ row: any LedgerColumns, run: Int) throws {
        guard run < table.total else { return }
        guard let status = try row.text(Column.status.rawValue).flatMap({ JobStatus(rawValue: $0) }) else {
            throw StorageError.unexpected("run \(run) of batch '\(table.batchID)' has no status")
        }
        let outcome = try row.text(Column.outcome.rawValue).flatMap { AttemptOutcome(rawValue: $0) }
        table.end(
            run, Self.state(status, outcome, isRetracted: try row.integer(Column.retracted.rawValue) != 0),
            breach: try row.text(Column.breach.rawValue), simTime: try row.real(Column.simTime.rawValue))
        let set = try row.withBytes(Column.digest.rawValue) { digest in digest.flatMap { digest in sets.firstIndex { $0.has(digest) } } }
        guard let set, sets[set].places.contains(where: { $0 >= 0 }) else { return }
        try row.withBytes(Column.numbers.rawValue) { bytes in
            if let bytes { table.set(run, bytes, at: sets[set].places) }
        }
    }

    private static func state(_ status: JobStatus, _ outcome: AttemptOutcome?, isRetracted: Bool) -> StudyTable.RunState {
        switch status {
        case .pending, .claimed, .running: .pending
        case .completed: .completed
        case .cancelled: .cancelled
        case .timeout: .unanswered
        case .failed where isRetracted: .unanswered
        case .failed:
            switch outcome {
            case .breach: .breached
            case .failure: .failed
            default: .unanswered
            }
        }
    }
}

extension Ledger {
    /// The runs of a batch's sample as far as they have ended, with the outputs named, or with all.
    ///
    /// - Throws: `LedgerError.noSuchBatch`.
    func study(batchID: String, outputs: Set<String>? = nil) async throws -> StudyTable {
        let left = try await plan(batchID: batchID).submission.config.hasNominal ? 1 : 0
        return try await driver.read { connection in
            guard let row = try connection.row(SQL.batch, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
            var reader = StudyReader(batchID: batchID, total: try BatchRecord(row).total - left, wanted: outputs)
            try reader.readAll(connection)
            return reader.table
        }
    }
}
