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

extension SchemaVersion {
    /// The scalar results of runs, in columns, and what became of a batch that is judged while it runs or grows.
    static let version11 = SchemaVersion(
        up: [
            // Which numbers a run gives, in which order; nearly all runs of a batch give the same.
            """
            CREATE TABLE output_sets (
                batch_id TEXT NOT NULL REFERENCES batches (batch_id),
                digest TEXT NOT NULL,
                names TEXT NOT NULL,
                PRIMARY KEY (batch_id, digest)
            )
            """,
            """
            CREATE TABLE outputs (
                batch_id TEXT NOT NULL,
                run_index BIGINT NOT NULL,
                attempt BIGINT NOT NULL,
                digest TEXT NOT NULL,
                numbers BLOB NOT NULL,
                outcome TEXT NOT NULL,
                breach TEXT,
                sim_time DOUBLE PRECISION,
                PRIMARY KEY (batch_id, run_index, attempt),
                FOREIGN KEY (batch_id, run_index) REFERENCES jobs (batch_id, run_index)
            )
            """,
            // How many runs the batch was submitted with, if it was extended since.
            "ALTER TABLE batches ADD COLUMN first_runs BIGINT",
            // Why the batch ended before all its runs were done, and on how many of them that rests.
            "ALTER TABLE batches ADD COLUMN stop_reason TEXT",
            "ALTER TABLE batches ADD COLUMN stopped_after BIGINT",
            // Whether it is judged after every run.
            "ALTER TABLE batches ADD COLUMN stops_early BIGINT NOT NULL DEFAULT 0",
        ],
        down: [
            "ALTER TABLE batches DROP COLUMN stops_early",
            "ALTER TABLE batches DROP COLUMN stopped_after",
            "ALTER TABLE batches DROP COLUMN stop_reason",
            "ALTER TABLE batches DROP COLUMN first_runs",
            "DROP TABLE outputs",
            "DROP TABLE output_sets",
        ])
}

extension SchemaVersion {
    /// Batches that grow while they run: by rows that their user appends, or by the runs that their method asks for.
    static let version12 = SchemaVersion(
        up: [
            // Whether a batch whose runs have all ended goes on.
            "ALTER TABLE batches ADD COLUMN is_open BIGINT NOT NULL DEFAULT 0",
            // How many runs its method may ask for; NULL where no method does.
            "ALTER TABLE batches ADD COLUMN most_runs BIGINT",
            // The parameters of appended runs, as a JSON list of rows, each in the order of the batch's columns.
            """
            CREATE TABLE appended_runs (
                batch_id TEXT NOT NULL REFERENCES batches (batch_id),
                first_run BIGINT NOT NULL,
                row_count BIGINT NOT NULL,
                parameters TEXT NOT NULL,
                PRIMARY KEY (batch_id, first_run)
            )
            """,
        ],
        down: [
            "DROP TABLE appended_runs",
            "ALTER TABLE batches DROP COLUMN most_runs",
            "ALTER TABLE batches DROP COLUMN is_open",
        ])
}

extension SchemaVersion {
    /// Which results hold their series, found without a look at all others. Versions before 4 stored them so.
    static let version13 = SchemaVersion(
        up: ["CREATE INDEX results_with_document ON results (batch_id, run_index) WHERE document IS NOT NULL"],
        down: ["DROP INDEX results_with_document"])
}
