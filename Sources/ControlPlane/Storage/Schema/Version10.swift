extension SchemaVersion {
    /// What results rest on, and the results that were taken back with it.
    static let version10 = SchemaVersion(
        up: [
            "ALTER TABLE attempts ADD COLUMN basis TEXT",
            """
            CREATE INDEX attempts_by_basis ON attempts (runner_id, basis, batch_id, run_index, attempt) WHERE basis IS NOT NULL
            """,
            // Whether the job's latest attempt was taken back.
            "ALTER TABLE jobs ADD COLUMN retracted BIGINT NOT NULL DEFAULT 0",
            """
            CREATE TABLE retractions (
                runner_id TEXT NOT NULL,
                basis TEXT NOT NULL,
                reason TEXT NOT NULL,
                retracted_at BIGINT NOT NULL,
                PRIMARY KEY (runner_id, basis)
            )
            """,
            // How many results of a batch went with each: those whose jobs run again, and those whose jobs do not.
            """
            CREATE TABLE batch_retractions (
                batch_id TEXT NOT NULL REFERENCES batches (batch_id),
                runner_id TEXT NOT NULL,
                basis TEXT NOT NULL,
                run_again BIGINT NOT NULL,
                dropped BIGINT NOT NULL,
                PRIMARY KEY (batch_id, runner_id, basis)
            )
            """,
        ],
        down: [
            "DROP TABLE batch_retractions",
            "DROP TABLE retractions",
            "ALTER TABLE jobs DROP COLUMN retracted",
            "DROP INDEX attempts_by_basis",
            "ALTER TABLE attempts DROP COLUMN basis",
            "UPDATE attempts SET outcome = 'lost' WHERE outcome = 'retracted'",
        ])
}
