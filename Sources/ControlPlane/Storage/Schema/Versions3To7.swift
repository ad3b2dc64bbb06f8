extension SchemaVersion {
    /// Tenants, and what proves who calls. Of secrets there are only hashes.
    static let version3 = SchemaVersion(
        up: [
            "ALTER TABLE batches ADD COLUMN tenant TEXT NOT NULL DEFAULT 'default'",
            "ALTER TABLE runners ADD COLUMN tenant TEXT NOT NULL DEFAULT 'default'",
            "ALTER TABLE runners ADD COLUMN revoked_at BIGINT",
            "CREATE INDEX batches_by_tenant ON batches (tenant, created_at, batch_id)",
            """
            CREATE TABLE credentials (
                credential_id TEXT PRIMARY KEY NOT NULL,
                kind TEXT NOT NULL,
                tenant TEXT NOT NULL,
                name TEXT NOT NULL,
                secret_sha256 TEXT NOT NULL,
                scopes TEXT NOT NULL DEFAULT '',
                runner_id TEXT,
                allowed_types TEXT,
                capabilities TEXT,
                created_at BIGINT NOT NULL,
                expires_at BIGINT,
                first_used_at BIGINT,
                revoked_at BIGINT
            )
            """,
            "CREATE INDEX credentials_by_tenant ON credentials (tenant, created_at)",
            "CREATE INDEX credentials_by_runner ON credentials (runner_id)",
        ],
        down: [
            "DROP TABLE credentials",
            "DROP INDEX batches_by_tenant",
            "ALTER TABLE runners DROP COLUMN revoked_at",
            "ALTER TABLE runners DROP COLUMN tenant",
            "ALTER TABLE batches DROP COLUMN tenant",
        ])
}

extension SchemaVersion {
    /// Telemetry as chunks, which arrive while an attempt runs.
    static let version4 = SchemaVersion(
        up: [
            """
            CREATE TABLE telemetry_chunks (
                batch_id TEXT NOT NULL,
                run_index BIGINT NOT NULL,
                attempt BIGINT NOT NULL,
                seq BIGINT NOT NULL,
                bytes BIGINT NOT NULL,
                chunk BLOB NOT NULL,
                PRIMARY KEY (batch_id, run_index, attempt, seq),
                FOREIGN KEY (batch_id, run_index) REFERENCES jobs (batch_id, run_index)
            )
            """
        ],
        down: ["DROP TABLE telemetry_chunks"])
}

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

extension SchemaVersion {
    /// What jobs ask of a runner, and runners that keep failing.
    static let version6 = SchemaVersion(
        up: [
            // Batches from before ask for nothing: they were queued when nobody looked.
            "ALTER TABLE batches ADD COLUMN cpu_request DOUBLE PRECISION NOT NULL DEFAULT 0",
            "ALTER TABLE batches ADD COLUMN memory_request_gb DOUBLE PRECISION NOT NULL DEFAULT 0",
            "ALTER TABLE batches ADD COLUMN gpu_request BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE runners ADD COLUMN incidents BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE runners ADD COLUMN last_incident_at BIGINT",
            "ALTER TABLE runners ADD COLUMN quarantined_at BIGINT",
            "ALTER TABLE runners ADD COLUMN quarantine_reason TEXT",
        ],
        down: [
            "ALTER TABLE runners DROP COLUMN quarantine_reason",
            "ALTER TABLE runners DROP COLUMN quarantined_at",
            "ALTER TABLE runners DROP COLUMN last_incident_at",
            "ALTER TABLE runners DROP COLUMN incidents",
            "ALTER TABLE batches DROP COLUMN gpu_request",
            "ALTER TABLE batches DROP COLUMN memory_request_gb",
            "ALTER TABLE batches DROP COLUMN cpu_request",
        ])
}

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
