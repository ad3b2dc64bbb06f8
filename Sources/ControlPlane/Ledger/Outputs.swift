import FoundationEssentials
import LynxModel
import Support

/// The scalar results of one attempt, as they lie in the ledger: numbers in the order of a set of names.
struct StoredOutputs: Sendable {
    private let digest: String
    /// JSON: a list of `[name, units]`.
    private let names: String
    /// Little-endian doubles; NaN where the run gave no number.
    private let numbers: Data
    private let outcome: AttemptOutcome
    private let breach: String?
    private let simTime: Double?

    init(_ result: JobResult) throws {
        let outputs = result.outputs ?? []
        names = String(decoding: try WireJSON.encode(outputs.map { [$0.name, $0.units] }), as: UTF8.self)
        digest = SHA256.hash(Array(names.utf8)).hexadecimal
        numbers = OutputNumbers.encode(outputs.map { $0.value ?? .nan })
        outcome = result.metadata.outcome
        breach = result.metadata.breach?.condition
        simTime = result.metadata.breach?.simTimeS ?? result.metadata.simTimeS
    }

    fileprivate func set(of batchID: String) -> [LedgerValue] { [.text(batchID), .text(digest), .text(names)] }

    fileprivate func row(_ key: JobKey, attempt: Int) -> [LedgerValue] {
        key.values + [
            .int(attempt), .text(digest), .blob(numbers), .text(outcome.rawValue), .text(breach), simTime.map { .real($0) } ?? .null,
        ]
    }
}

enum OutputNumbers {
    static func encode(_ numbers: [Double]) -> Data {
        var data = Data(capacity: 8 * numbers.count)
        for number in numbers { withUnsafeBytes(of: number.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        return data
    }

    /// Hands each number to `body` with its place.
    static func forEach(in data: Data, _ body: (Int, Double) -> Void) {
        data.withUnsafeBytes { bytes in
            for place in 0..<bytes.count / 8 {
                body(place, Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self))))
            }
        }
    }
}

extension LedgerTransaction {
    func save(_ outputs: StoredOutputs, of key: JobKey, attempt: Int) throws {
        try connection.send(SQL.saveOutputSet, outputs.set(of: key.batchID))
        try connection.send(SQL.saveOutputs, outputs.row(key, attempt: attempt))
    }
}

extension SQL {
    /// Values: batch_id, digest, names.
    static let saveOutputSet = "INSERT INTO output_sets (batch_id, digest, names) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"

    /// Values: batch_id, run_index, attempt, then what there is.
    static let saveOutputs = """
        INSERT INTO outputs (batch_id, run_index, attempt, digest, numbers, outcome, breach, sim_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (batch_id, run_index, attempt) DO UPDATE SET digest = excluded.digest, numbers = excluded.numbers,
            outcome = excluded.outcome, breach = excluded.breach, sim_time = excluded.sim_time
        """

    static let outputSets = "SELECT digest, names FROM output_sets WHERE batch_id = ? ORDER BY digest"

    /// The runs that have ended, with what their latest attempts gave. Values: batch_id, the last run_index seen, the limit.
    static let endedRuns = """
        SELECT jobs.run_index AS run_index, jobs.status AS status, jobs.attempt AS attempt, jobs.retracted AS retracted,
            outputs.digest AS digest, outputs.numbers AS numbers, outputs.outcome AS outcome, outputs.breach AS breach,
            outputs.sim_time AS sim_time
        FROM jobs LEFT JOIN outputs ON outputs.batch_id = jobs.batch_id AND outputs.run_index = jobs.run_index
            AND outputs.attempt = jobs.attempt
        WHERE jobs.batch_id = ? AND jobs.run_index > ? AND jobs.completed_at IS NOT NULL ORDER BY jobs.run_index LIMIT ?
        """
}
