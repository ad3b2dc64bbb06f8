extension SchemaVersion {
    /// What the provenance of a batch's results refers to.
    static let version16 = SchemaVersion(
        up: [
            """
            CREATE TABLE provenance_records (
                batch_id TEXT NOT NULL REFERENCES batches (batch_id),
                sha256 TEXT NOT NULL,
                record TEXT NOT NULL,
                PRIMARY KEY (batch_id, sha256)
            )
            """
        ],
        down: ["DROP TABLE provenance_records"])
}
