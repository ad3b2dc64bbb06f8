extension SQL {
    /// Values: the number of the end, batch_id, run_index.
    static let numberEnd = "UPDATE jobs SET end_seq = ? WHERE batch_id = ? AND run_index = ?"

    private static let endColumns = "run_index, status, attempt, error_message, end_seq"

    /// Values: batch_id, the last end_seq seen, the limit.
    static let endsAfter = """
        SELECT \(endColumns) FROM jobs WHERE batch_id = ? AND end_seq > ? AND completed_at IS NOT NULL ORDER BY end_seq LIMIT ?
        """

    /// Jobs that were cancelled all at once, or ended before ends were numbered. Values: batch_id, the last run_index
    /// seen, the limit.
    static let unnumberedEndsAfter = """
        SELECT \(endColumns) FROM jobs
        WHERE batch_id = ? AND run_index > ? AND end_seq IS NULL AND completed_at IS NOT NULL ORDER BY run_index LIMIT ?
        """
}
