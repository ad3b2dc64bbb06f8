extension SchemaVersion {
    /// How much each tenant's contents have together, counted as they come and go.
    static let version8 = SchemaVersion(
        up: [
            """
            CREATE TABLE stored_bytes (
                tenant TEXT PRIMARY KEY NOT NULL,
                bytes BIGINT NOT NULL
            )
            """,
            "INSERT INTO stored_bytes (tenant, bytes) SELECT tenant, CAST(SUM(size) AS BIGINT) FROM blobs GROUP BY tenant",
        ],
        down: ["DROP TABLE stored_bytes"])
}
