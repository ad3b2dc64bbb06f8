import FoundationEssentials
import LynxModel
import LynxTelemetry

extension Ledger {
    /// Stores the chunk numbered `seq` of an attempt's telemetry. The same number again changes nothing.
    ///
    /// - Parameter chunk: checked by the caller.
    /// - Throws: `LedgerError.staleAttempt` if no result of this attempt would be taken any more, `.tooMuchTelemetry`.
    func takeTelemetry(jobID: String, attempt: Int, seq: Int, runnerID: String, chunk: Data) async throws {
        guard let key = JobKey(jobID: jobID) else {
            throw LedgerError.staleAttempt(jobID: jobID, attempt: attempt, reason: "this runner was not given it")
        }
        try await transaction(WriteScope(runner: runnerID, batches: [key.batchID])) { transaction in
            let reported = try transaction.reported(key, attempt: attempt, runnerID: runnerID)
            if let last = reported.lastChunk, seq <= last {
                guard try !transaction.chunkNumbers(of: reported).contains(seq) else { return }
            }
            let job = reported.job
            guard job.attempt == attempt, job.isActive || (job.status == .pending && reported.outcome == .lost) else {
                throw reported.stale(job.attempt == attempt ? "the job is \(job.status.rawValue)" : "attempt \(job.attempt) has taken its place")
            }
            let policy = transaction.policy
            guard reported.chunkBytes + chunk.count <= policy.telemetryBytesPerAttempt, reported.chunks < policy.telemetryChunksPerAttempt
            else {
                throw LedgerError.tooMuchTelemetry(jobID: jobID, limit: policy.telemetryBytesPerAttempt)
            }
            try transaction.saveChunk(chunk, key, attempt: attempt, seq: seq)
        }
    }
}

extension LedgerTransaction {
    /// What the report brings of the series, as the last chunk; those before it must be here.
    ///
    /// - Throws: `LedgerError.missingTelemetry`.
    func saveTail(_ end: AttemptEnd, of reported: ReportedAttempt) throws {
        let announced = end.report.telemetryChunks
        // Their numbers are counted from 0: as many as that, and none beyond, are all.
        if let announced, reported.chunks != announced || (reported.lastChunk ?? -1) != announced - 1 {
            let missing = Set(0..<announced).subtracting(try chunkNumbers(of: reported))
            guard missing.isEmpty else {
                throw LedgerError.missingTelemetry(jobID: end.key.jobID, chunks: announced, missing: missing.sorted())
            }
        }
        guard let tail = end.tail else { return }
        try saveChunk(tail, end.key, attempt: reported.attempt, seq: announced ?? (reported.lastChunk ?? -1) + 1)
    }

    fileprivate func chunkNumbers(of reported: ReportedAttempt) throws -> [Int] {
        try connection.rows(SQL.chunkNumbers, reported.job.key.values + [.int(reported.attempt)]).map { try $0.int("seq") }
    }

    fileprivate func saveChunk(_ chunk: Data, _ key: JobKey, attempt: Int, seq: Int) throws {
        try connection.send(SQL.saveChunk, key.values + [.int(attempt), .int(seq), .int(chunk.count), .blob(chunk)])
    }
}

extension AttemptReport {
    /// The points that came with the result, and how far the series was thinned at the end; nil if there is neither.
    func encodedTail() throws -> Data? {
        let tail = TelemetryChunk(
            columns: result.telemetryData.sorted { $0.key < $1.key }.compactMap { name, series in
                let position = telemetryTail?[name]
                guard !series.values.isEmpty || position != nil else { return nil }
                return .init(name: name, units: series.units, position: position ?? .init(), timeS: series.timeS, values: series.values)
            })
        return tail.columns.isEmpty ? nil : try tail.encoded()
    }
}

/// Chunks of telemetry. An attempt is named by batch_id, run_index and attempt, in this order.
extension SQL {
    /// Values: the attempt, seq, the number of bytes, the chunk.
    static let saveChunk = """
        INSERT INTO telemetry_chunks (batch_id, run_index, attempt, seq, bytes, chunk) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (batch_id, run_index, attempt, seq) DO UPDATE SET bytes = excluded.bytes, chunk = excluded.chunk
        """

    private static let ofAttempt = "FROM telemetry_chunks WHERE batch_id = ? AND run_index = ? AND attempt = ?"

    static let chunks = "SELECT chunk \(ofAttempt) ORDER BY seq"

    static let chunkNumbers = "SELECT seq \(ofAttempt) ORDER BY seq"

    /// The result of an attempt, of which older versions of the ledger hold the series too.
    static let attemptResult = """
        SELECT summary, document_bytes, document FROM results WHERE batch_id = ? AND run_index = ? AND attempt = ?
        """

    private static let inRange = "WHERE batch_id = ? AND run_index >= ? AND run_index < ?"

    /// Runs of which any attempt has telemetry, with their latest attempts and whether these have some. Read from the telemetry's
    /// side, so that a few such runs among many cost no look at the others.
    ///
    /// Values: batch_id, the first run_index, the one after the last, the limit; the same once more; the limit; batch_id.
    static let runsWithTelemetry = """
        WITH runs AS (
            SELECT run_index FROM (SELECT DISTINCT run_index FROM telemetry_chunks \(inRange) ORDER BY run_index LIMIT ?) AS chunked
            UNION
            SELECT run_index FROM
                (SELECT run_index FROM results \(inRange) AND document IS NOT NULL ORDER BY run_index LIMIT ?) AS documented
            ORDER BY run_index LIMIT ?)
        SELECT jobs.run_index AS run_index, attempt, status, CASE WHEN retracted = 0 AND (
            EXISTS (SELECT 1 FROM telemetry_chunks WHERE telemetry_chunks.batch_id = jobs.batch_id
                AND telemetry_chunks.run_index = jobs.run_index AND telemetry_chunks.attempt = jobs.attempt)
            OR EXISTS (SELECT 1 FROM results WHERE results.batch_id = jobs.batch_id AND results.run_index = jobs.run_index
                AND results.attempt = jobs.attempt AND results.document IS NOT NULL)) THEN 1 ELSE 0 END AS has_telemetry
        FROM runs JOIN jobs ON jobs.batch_id = ? AND jobs.run_index = runs.run_index ORDER BY jobs.run_index
        """
}
