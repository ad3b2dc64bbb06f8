extension SchemaVersion {
    /// The order in which the jobs of a batch ended, and submissions that may be repeated.
    static let version5 = SchemaVersion(
        up: [
            "ALTER TABLE batches ADD COLUMN end_seq BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE jobs ADD COLUMN end_seq BIGINT",
            "CREATE INDEX jobs_by_end ON jobs (batch_id, end_seq) WHERE end_seq IS NOT NULL",
            """
            CREATE TABLE idempotency_keys (
                tenant TEXT NOT NULL,
                idempotency_key TEXT NOT NULL,
                body_sha256 TEXT NOT NULL,
                answer TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                PRIMARY KEY (tenant, idempotency_key)
            )
            """,
            "CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at)",
        ],
        down: [
            "DROP TABLE idempotency_keys",
            "DROP INDEX jobs_by_end",
            "ALTER TABLE jobs DROP COLUMN end_seq",
            "ALTER TABLE batches DROP COLUMN end_seq",
        ])
}
