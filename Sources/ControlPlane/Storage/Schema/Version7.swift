extension SchemaVersion {
    /// The files of attempts, the contents kept of them, and how long batches keep theirs.
    static let version7 = SchemaVersion(
        up: [
            // A tenant's contents, each once. `object` names the file: never used again after its row is gone.
            """
            CREATE TABLE blobs (
                tenant TEXT NOT NULL,
                sha256 TEXT NOT NULL,
                size BIGINT NOT NULL,
                object TEXT NOT NULL,
                last_used BIGINT NOT NULL,
                PRIMARY KEY (tenant, sha256)
            )
            """,
            // Without `location`, what is in `blobs`.
            """
            CREATE TABLE artifacts (
                batch_id TEXT NOT NULL,
                run_index BIGINT NOT NULL,
                attempt BIGINT NOT NULL,
                kind TEXT NOT NULL,
                path TEXT NOT NULL,
                tenant TEXT NOT NULL,
                sha256 TEXT NOT NULL,
                size BIGINT NOT NULL,
                media_type TEXT NOT NULL,
                location TEXT,
                PRIMARY KEY (batch_id, run_index, attempt, kind, path)
            )
            """,
            "CREATE INDEX artifacts_by_content ON artifacts (tenant, sha256)",
            """
            CREATE TABLE retention (
                batch_id TEXT PRIMARY KEY NOT NULL,
                retain_days DOUBLE PRECISION,
                collected_at BIGINT
            )
            """,
            "CREATE INDEX batches_by_end ON batches (completed_at) WHERE completed_at IS NOT NULL",
        ],
        down: ["DROP INDEX batches_by_end", "DROP TABLE retention", "DROP TABLE artifacts", "DROP TABLE blobs"])
}
