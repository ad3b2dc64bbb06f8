extension SchemaVersion {
    /// Who is logged in with a browser, and who submitted a batch.
    static let version14 = SchemaVersion(
        up: [
            """
            CREATE TABLE sessions (
                session_id TEXT PRIMARY KEY NOT NULL,
                session_sha256 TEXT NOT NULL,
                token_id TEXT NOT NULL REFERENCES credentials (credential_id),
                session_expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX sessions_by_end ON sessions (session_expires_at)",
            // The name of a token; NULL where nobody is asked who they are.
            "ALTER TABLE batches ADD COLUMN submitted_by TEXT",
        ],
        down: [
            "ALTER TABLE batches DROP COLUMN submitted_by",
            "DROP TABLE sessions",
        ])
}

extension SchemaVersion {
    /// What runners offer besides the default scenarios of their engines, and the code that comes with batches.
    static let version15 = SchemaVersion(
        up: [
            // A RunnerOffer as JSON.
            "ALTER TABLE runners ADD COLUMN offer TEXT",
            // The SHA-256 of the manifest of the bundle that the batch's jobs run.
            "ALTER TABLE batches ADD COLUMN bundle TEXT",
            "CREATE INDEX batches_by_bundle ON batches (tenant, bundle) WHERE bundle IS NOT NULL",
            """
            CREATE TABLE bundles (
                tenant TEXT NOT NULL,
                sha256 TEXT NOT NULL,
                last_used BIGINT NOT NULL,
                PRIMARY KEY (tenant, sha256)
            )
            """,
            // The contents of its files, and its manifest.
            """
            CREATE TABLE bundle_files (
                tenant TEXT NOT NULL,
                bundle TEXT NOT NULL,
                sha256 TEXT NOT NULL,
                size BIGINT NOT NULL,
                PRIMARY KEY (tenant, bundle, sha256)
            )
            """,
            "CREATE INDEX bundle_files_by_content ON bundle_files (tenant, sha256)",
        ],
        down: [
            "DROP TABLE bundle_files",
            "DROP TABLE bundles",
            "DROP INDEX batches_by_bundle",
            "ALTER TABLE batches DROP COLUMN bundle",
            "ALTER TABLE runners DROP COLUMN offer",
        ])
}
