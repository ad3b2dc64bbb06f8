extension SchemaVersion {
    /// Batches, jobs, attempts, results and runners.
    static let version1 = SchemaVersion(
        up: [
            """
            CREATE TABLE batches (
                batch_id TEXT PRIMARY KEY NOT NULL,
                name TEXT NOT NULL,
                simulation_name TEXT NOT NULL,
                simulation_type TEXT NOT NULL,
                submission TEXT NOT NULL,
                seed TEXT NOT NULL,
                max_parallel_jobs BIGINT,
                max_retries BIGINT NOT NULL,
                created_at BIGINT NOT NULL,
                completed_at BIGINT,
                status TEXT NOT NULL,
                cancel_requested BIGINT NOT NULL DEFAULT 0,
                last_turn BIGINT NOT NULL DEFAULT 0,
                total BIGINT NOT NULL,
                pending BIGINT NOT NULL,
                claimed BIGINT NOT NULL DEFAULT 0,
                running BIGINT NOT NULL DEFAULT 0,
                completed BIGINT NOT NULL DEFAULT 0,
                failed BIGINT NOT NULL DEFAULT 0,
                timed_out BIGINT NOT NULL DEFAULT 0,
                cancelled BIGINT NOT NULL DEFAULT 0,
                execution_secs DOUBLE PRECISION NOT NULL DEFAULT 0
            )
            """,
            "CREATE INDEX batches_by_age ON batches (created_at, batch_id)",
            "CREATE INDEX batches_by_turn ON batches (last_turn)",
            "CREATE INDEX batches_with_work ON batches (simulation_type) WHERE pending > 0",
            """
            CREATE TABLE jobs (
                batch_id TEXT NOT NULL REFERENCES batches (batch_id),
                run_index BIGINT NOT NULL,
                status TEXT NOT NULL,
                retries BIGINT NOT NULL DEFAULT 0,
                lost_attempts BIGINT NOT NULL DEFAULT 0,
                attempt BIGINT NOT NULL DEFAULT 0,
                cancel_requested BIGINT NOT NULL DEFAULT 0,
                claimed_at BIGINT,
                started_at BIGINT,
                completed_at BIGINT,
                lease_expires_at BIGINT,
                assigned_runner TEXT,
                session_id TEXT,
                error_message TEXT,
                PRIMARY KEY (batch_id, run_index)
            )
            """,
            "CREATE INDEX jobs_by_status ON jobs (batch_id, status, run_index)",
            "CREATE INDEX jobs_by_lease ON jobs (lease_expires_at) WHERE lease_expires_at IS NOT NULL",
            "CREATE INDEX jobs_by_runner ON jobs (assigned_runner) WHERE lease_expires_at IS NOT NULL",
            """
            CREATE TABLE attempts (
                batch_id TEXT NOT NULL,
                run_index BIGINT NOT NULL,
                attempt BIGINT NOT NULL,
                runner_id TEXT NOT NULL,
                session_id TEXT NOT NULL,
                claimed_at BIGINT NOT NULL,
                started_at BIGINT,
                ended_at BIGINT,
                outcome TEXT,
                message TEXT,
                PRIMARY KEY (batch_id, run_index, attempt),
                FOREIGN KEY (batch_id, run_index) REFERENCES jobs (batch_id, run_index)
            )
            """,
            """
            CREATE TABLE results (
                batch_id TEXT NOT NULL,
                run_index BIGINT NOT NULL,
                attempt BIGINT NOT NULL,
                summary TEXT NOT NULL,
                document_bytes BIGINT NOT NULL DEFAULT 0,
                document BLOB,
                PRIMARY KEY (batch_id, run_index),
                FOREIGN KEY (batch_id, run_index) REFERENCES jobs (batch_id, run_index)
            )
            """,
            """
            CREATE TABLE runners (
                runner_id TEXT PRIMARY KEY NOT NULL,
                session_id TEXT NOT NULL,
                name TEXT NOT NULL,
                version TEXT NOT NULL,
                protocol_version TEXT NOT NULL,
                capabilities TEXT NOT NULL,
                engines TEXT NOT NULL,
                registered_at BIGINT NOT NULL,
                last_heartbeat_at BIGINT NOT NULL,
                left_at BIGINT,
                drained BIGINT NOT NULL DEFAULT 0
            )
            """,
        ],
        down: ["results", "attempts", "jobs", "batches", "runners"].map { "DROP TABLE \($0)" })
}
