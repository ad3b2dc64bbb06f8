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
