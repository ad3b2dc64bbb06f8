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

    /// The latest attempts that have telemetry. Values: batch_id, the last run_index seen, the limit.
    static let attemptsWithTelemetry = """
        SELECT run_index, attempt FROM jobs WHERE batch_id = ? AND run_index > ? AND retracted = 0 AND (
            EXISTS (SELECT 1 FROM telemetry_chunks WHERE telemetry_chunks.batch_id = jobs.batch_id
                AND telemetry_chunks.run_index = jobs.run_index AND telemetry_chunks.attempt = jobs.attempt)
            OR EXISTS (SELECT 1 FROM results WHERE results.batch_id = jobs.batch_id AND results.run_index = jobs.run_index
                AND results.attempt = jobs.attempt AND results.document IS NOT NULL))
        ORDER BY run_index LIMIT ?
        """
}
