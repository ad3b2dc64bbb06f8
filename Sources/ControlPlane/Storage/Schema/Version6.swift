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
