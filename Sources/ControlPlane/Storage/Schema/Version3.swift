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
