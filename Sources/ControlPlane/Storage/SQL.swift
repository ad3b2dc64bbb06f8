/// Every statement of the ledger, in the SQL that SQLite and PostgreSQL share.
enum SQL {
    // Batches

    static let insertBatch = """
        INSERT INTO batches (batch_id, name, simulation_name, submission, seed, created_at, status, total, pending, tenant,
            submitted_by, \(BatchTerms.columns.joined(separator: ", ")))
        VALUES (\(marks(11 + BatchTerms.columns.count)))
        """

    static let batchColumns = """
        batch_id, name, status, seed, created_at, completed_at, cancel_requested, cancelled_at, next_index, tenant, total, first_runs, stop_reason, stopped_after, submitted_by, pending,
        claimed, running, completed, failed, timed_out, cancelled, \(BatchTerms.columns.joined(separator: ", "))
        """

    static let batch = "SELECT \(batchColumns) FROM batches WHERE batch_id = ?"

    static let submission = "SELECT submission, seed, tenant, total FROM batches WHERE batch_id = ?"

    /// Values: seven changes, seconds of execution, how many jobs have ended, batch_id.
    static let changeCounts = """
        UPDATE batches SET pending = pending + ?, claimed = claimed + ?, running = running + ?, completed = completed + ?,
            failed = failed + ?, timed_out = timed_out + ?, cancelled = cancelled + ?, execution_secs = execution_secs + ?,
            end_seq = end_seq + ?
        WHERE batch_id = ? RETURNING \(batchColumns), end_seq
        """

    static let setBatchStatus = "UPDATE batches SET status = ?, completed_at = ? WHERE batch_id = ?"

    static let requestBatchCancel = """
        UPDATE batches SET cancel_requested = 1, cancelled_at = COALESCE(cancelled_at, ?) WHERE batch_id = ?
        """

    static let cancelPendingJobs = """
        UPDATE jobs SET status = 'Cancelled', completed_at = ?, error_message = 'cancelled before it was run'
        WHERE batch_id = ? AND status = 'Pending'
        """

    static let requestCancelOfActiveJobs = """
        UPDATE jobs SET cancel_requested = 1 WHERE batch_id = ? AND lease_expires_at IS NOT NULL
        """

    /// Wall seconds and number of the completed runs in the latest batches of the same simulation.
    static let pastRuns = """
        SELECT SUM(execution_secs) AS seconds, SUM(completed) AS runs FROM
            (SELECT execution_secs, completed FROM batches
             WHERE tenant = ? AND simulation_name = ? AND simulation_type = ? AND completed > 0
             ORDER BY created_at DESC LIMIT 10) AS latest
        """

    /// Batches that have jobs to hand out for one of `types` simulation types, those owed most first. Values: tenant, what the
    /// runner has (cores, memory in GB, GPU), the types, batch_id if `only`, the limit.
    static func batchesWithWork(types: Int, only: Bool) -> String {
        """
        SELECT \(batchColumns), last_turn FROM batches
        WHERE pending > 0 AND tenant = ? AND cpu_request <= ? AND memory_request_gb <= ? AND gpu_request <= ?
            AND simulation_type IN (\(marks(types)))
            AND (max_parallel_jobs IS NULL OR claimed + running < max_parallel_jobs) \(only ? "AND batch_id = ?" : "")
        ORDER BY claimed + running, last_turn, batch_id LIMIT ?
        """
    }

    /// Values: an array of ids, where the database has arrays.
    static let lockBatches = "SELECT batch_id FROM batches WHERE batch_id = ANY (CAST(? AS TEXT[])) ORDER BY batch_id FOR UPDATE"

    /// Locks names, not rows: a runner that registers for the first time has none yet.
    static let lockRunners = """
        SELECT pg_advisory_xact_lock(number) FROM (
            SELECT DISTINCT hashtextextended(id, 1280922200) AS number FROM unnest(CAST(? AS TEXT[])) AS ids (id) ORDER BY number
        ) AS numbers
        """

    static let latestTurn = "SELECT MAX(last_turn) AS turn FROM batches"

    static let takeTurn = "UPDATE batches SET last_turn = ?, next_index = ? WHERE batch_id = ?"

    // Jobs

    private static let jobColumns = """
        jobs.batch_id AS batch_id, jobs.run_index AS run_index, jobs.status AS status, jobs.retries AS retries,
        jobs.lost_attempts AS lost_attempts, jobs.attempt AS attempt, jobs.cancel_requested AS cancel_requested,
        jobs.claimed_at AS claimed_at, jobs.started_at AS started_at, jobs.completed_at AS completed_at,
        jobs.lease_expires_at AS lease_expires_at, jobs.assigned_runner AS assigned_runner, jobs.session_id AS session_id,
        jobs.error_message AS error_message, jobs.retracted AS retracted, batches.created_at AS created_at,
        batches.total AS total, batches.cancelled_at AS batch_cancelled_at,
        \(BatchTerms.columns.map { "batches.\($0) AS \($0)" }.joined(separator: ", "))
        """

    private static let jobs = "SELECT \(jobColumns) FROM jobs JOIN batches ON batches.batch_id = jobs.batch_id"

    /// A row also for a job that has none of its own; its run_index is empty then. Values: run_index, batch_id.
    static let job = """
        SELECT \(jobColumns) FROM batches
        LEFT JOIN jobs ON jobs.batch_id = batches.batch_id AND jobs.run_index = ? WHERE batches.batch_id = ?
        """

    /// Without suspects. Values: batch_id, the limit.
    static let pendingJobs = """
        \(jobs) WHERE jobs.batch_id = ? AND jobs.status = 'Pending' AND jobs.lost_attempts < \(JobRecord.lossesOfSuspect)
        ORDER BY jobs.run_index LIMIT ?
        """

    /// The least suspect one. Values: batch_id.
    static let pendingSuspect = """
        \(jobs) WHERE jobs.batch_id = ? AND jobs.status = 'Pending' ORDER BY jobs.lost_attempts, jobs.run_index LIMIT 1
        """

    /// Values: batch_id, the first run_index, the one after the last.
    static let jobsInRange = "\(jobs) WHERE jobs.batch_id = ? AND jobs.run_index >= ? AND jobs.run_index < ? ORDER BY jobs.run_index"

    /// The runs in a range that have rows; values as of `jobsInRange`.
    static let storedRuns = "SELECT run_index FROM jobs WHERE batch_id = ? AND run_index >= ? AND run_index < ?"

    /// Values: batch_id, status, the last run_index seen, the limit.
    static let jobsInStatusAfter = """
        \(jobs) WHERE jobs.batch_id = ? AND jobs.status = ? AND jobs.run_index > ? ORDER BY jobs.run_index LIMIT ?
        """

    static let jobsPastLease = """
        \(jobs) WHERE jobs.lease_expires_at <= ? ORDER BY jobs.lease_expires_at LIMIT ?
        """

    static let jobsOfRunner = """
        \(jobs) WHERE jobs.assigned_runner = ? AND jobs.lease_expires_at IS NOT NULL ORDER BY jobs.batch_id, jobs.run_index
        """

    static let batchesOfRunner = "SELECT DISTINCT batch_id FROM jobs WHERE assigned_runner = ? AND lease_expires_at IS NOT NULL"

    /// Values as of `saveJob`.
    static let insertJob = """
        INSERT INTO jobs (status, retries, lost_attempts, attempt, cancel_requested, claimed_at,
            started_at, completed_at, lease_expires_at, assigned_runner, session_id, error_message, retracted, batch_id, run_index)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    static let saveJob = """
        UPDATE jobs SET status = ?, retries = ?, lost_attempts = ?, attempt = ?, cancel_requested = ?, claimed_at = ?,
            started_at = ?, completed_at = ?, lease_expires_at = ?, assigned_runner = ?, session_id = ?, error_message = ?,
            retracted = ?
        WHERE batch_id = ? AND run_index = ?
        """

    static let renewLease = "UPDATE jobs SET lease_expires_at = ? WHERE batch_id = ? AND run_index = ?"

    static let nextLeaseEnd = "SELECT MIN(lease_expires_at) AS lease_end FROM jobs WHERE lease_expires_at IS NOT NULL"

    static let extendLeases = "UPDATE jobs SET lease_expires_at = ? WHERE lease_expires_at < ?"

    // Attempts

    static let insertAttempt = """
        INSERT INTO attempts (batch_id, run_index, attempt, runner_id, session_id, claimed_at) VALUES (?, ?, ?, ?, ?, ?)
        """

    private static let chunksOfAttempt = """
        FROM telemetry_chunks WHERE telemetry_chunks.batch_id = attempts.batch_id
        AND telemetry_chunks.run_index = attempts.run_index AND telemetry_chunks.attempt = attempts.attempt
        """

    /// An attempt with its job as it is now, and what there is of its telemetry. Values: batch_id, run_index, attempt.
    static let reportedAttempt = """
        SELECT \(jobColumns), attempts.runner_id AS given_to, attempts.session_id AS given_in, attempts.outcome AS outcome,
            attempts.claimed_at AS given_at, attempts.started_at AS launched_at,
            (SELECT COUNT(*) \(chunksOfAttempt)) AS chunks, (SELECT MAX(seq) \(chunksOfAttempt)) AS last_chunk,
            (SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) \(chunksOfAttempt)) AS chunk_bytes
        FROM attempts JOIN batches ON batches.batch_id = attempts.batch_id
        JOIN jobs ON jobs.batch_id = attempts.batch_id AND jobs.run_index = attempts.run_index
        WHERE attempts.batch_id = ? AND attempts.run_index = ? AND attempts.attempt = ?
        """

    static let startAttempt = "UPDATE attempts SET started_at = ? WHERE batch_id = ? AND run_index = ? AND attempt = ?"

    static let endAttempt = """
        UPDATE attempts SET started_at = COALESCE(started_at, ?), ended_at = ?, outcome = ?, message = ? WHERE batch_id = ? AND run_index = ? AND attempt = ?
        """

    static let reopenAttempt = """
        UPDATE attempts SET ended_at = NULL, outcome = NULL, message = NULL WHERE batch_id = ? AND run_index = ? AND attempt = ?
        """

    // Results

    static let saveResult = """
        INSERT INTO results (batch_id, run_index, attempt, summary, document_bytes, document) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (batch_id, run_index, attempt) DO UPDATE SET summary = excluded.summary,
            document_bytes = excluded.document_bytes, document = excluded.document
        """

    /// A job's result is that of its latest attempt, once the job has ended, unless it was taken back.
    private static let ofEndedJobs = """
        FROM jobs JOIN results ON results.batch_id = jobs.batch_id AND results.run_index = jobs.run_index
            AND results.attempt = jobs.attempt
        WHERE jobs.completed_at IS NOT NULL AND jobs.retracted = 0 AND jobs.batch_id = ?
        """

    private static let wholeResult = """
        SELECT jobs.run_index AS run_index, jobs.attempt AS attempt, summary, document_bytes, document
        """

    static let result = "\(wholeResult) \(ofEndedJobs) AND jobs.run_index = ?"

    /// Values: batch_id, the last run_index seen, the limit.
    static let resultsAfter = "\(wholeResult) \(ofEndedJobs) AND jobs.run_index > ? ORDER BY jobs.run_index LIMIT ?"

    static let summariesAfter = """
        SELECT jobs.run_index AS run_index, summary \(ofEndedJobs) AND jobs.run_index > ? ORDER BY jobs.run_index LIMIT ?
        """

    // Runners

    static let saveRunner = """
        INSERT INTO runners (runner_id, session_id, name, version, protocol_version, capabilities, engines, registered_at,
            last_heartbeat_at, tenant, machine, replaced_session, offer)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (runner_id) DO UPDATE SET session_id = excluded.session_id, name = excluded.name,
            version = excluded.version, protocol_version = excluded.protocol_version, capabilities = excluded.capabilities,
            engines = excluded.engines, registered_at = excluded.registered_at,
            last_heartbeat_at = excluded.last_heartbeat_at, left_at = NULL, machine = excluded.machine, offer = excluded.offer,
            replaced_session = COALESCE(excluded.replaced_session, runners.replaced_session)
        """

    static let runner = "SELECT * FROM runners WHERE runner_id = ?"

    static let runnerAlive = "UPDATE runners SET last_heartbeat_at = ?, left_at = NULL WHERE runner_id = ?"

    static let runnerTold = "UPDATE runners SET last_heartbeat_at = ?, left_at = NULL, engines = ? WHERE runner_id = ?"

    static let runnerOffers = "UPDATE runners SET offer = ? WHERE runner_id = ?"

    static let runnerLeft = "UPDATE runners SET left_at = ? WHERE runner_id = ?"

    static let drainRunner = "UPDATE runners SET drained = 1 WHERE runner_id = ?"

    private static func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }
}
