extension SchemaVersion {
    /// Jobs without rows until they are claimed, and a result for each attempt.
    static let version2 = SchemaVersion(
        up: [
            "ALTER TABLE batches ADD COLUMN next_index BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE batches ADD COLUMN cancelled_at BIGINT",
            // So far every job had a row from its submission on.
            "UPDATE batches SET next_index = total",
            "UPDATE batches SET cancelled_at = COALESCE(completed_at, created_at) WHERE cancel_requested = 1",
            results(key: "batch_id, run_index, attempt"),
            copyResults,
            "DROP TABLE results",
            "ALTER TABLE results_copy RENAME TO results",
        ],
        down: [
            """
            INSERT INTO jobs (batch_id, run_index, status, completed_at, error_message)
            WITH RECURSIVE runs (batch_id, i, total) AS (
                SELECT batch_id, next_index, total FROM batches WHERE next_index < total
                UNION ALL
                SELECT batch_id, i + 1, total FROM runs WHERE i + 1 < total
            )
            SELECT batches.batch_id, runs.i,
                CASE WHEN batches.cancel_requested = 1 THEN 'Cancelled' ELSE 'Pending' END,
                CASE WHEN batches.cancel_requested = 1 THEN batches.cancelled_at END,
                CASE WHEN batches.cancel_requested = 1 THEN 'cancelled before it was run' END
            FROM runs JOIN batches ON batches.batch_id = runs.batch_id
            WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.batch_id = runs.batch_id AND jobs.run_index = runs.i)
            """,
            // Only a job's own result has room: that of its latest attempt, once it has ended.
            """
            DELETE FROM results WHERE NOT EXISTS (
                SELECT 1 FROM jobs WHERE jobs.batch_id = results.batch_id AND jobs.run_index = results.run_index
                    AND jobs.attempt = results.attempt AND jobs.completed_at IS NOT NULL)
            """,
            results(key: "batch_id, run_index"),
            copyResults,
            "DROP TABLE results",
            "ALTER TABLE results_copy RENAME TO results",
            "ALTER TABLE batches DROP COLUMN next_index",
            "ALTER TABLE batches DROP COLUMN cancelled_at",
        ])

    /// SQLite cannot give a table another key, so the table is copied.
    private static func results(key: String) -> String {
        """
        CREATE TABLE results_copy (
            batch_id TEXT NOT NULL,
            run_index BIGINT NOT NULL,
            attempt BIGINT NOT NULL,
            summary TEXT NOT NULL,
            document_bytes BIGINT NOT NULL DEFAULT 0,
            document BLOB,
            PRIMARY KEY (\(key)),
            FOREIGN KEY (batch_id, run_index) REFERENCES jobs (batch_id, run_index)
        )
        """
    }

    private static let copyResults = """
        INSERT INTO results_copy (batch_id, run_index, attempt, summary, document_bytes, document)
        SELECT batch_id, run_index, attempt, summary, document_bytes, document FROM results
        """
}
