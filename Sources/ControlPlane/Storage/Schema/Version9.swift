extension SchemaVersion {
    /// Where a runner's process is, and which session it took the place of: two machines may have copies of one identity.
    /// And a row to write when somebody asks whether the ledger can be written.
    static let version9 = SchemaVersion(
        up: [
            "ALTER TABLE runners ADD COLUMN machine TEXT",
            "ALTER TABLE runners ADD COLUMN replaced_session TEXT",
            "CREATE TABLE checks (id BIGINT PRIMARY KEY NOT NULL, checked_at BIGINT NOT NULL)",
        ],
        down: [
            "DROP TABLE checks",
            "ALTER TABLE runners DROP COLUMN replaced_session",
            "ALTER TABLE runners DROP COLUMN machine",
        ])
}
