import FoundationEssentials
import LynxModel
import TestSupport

@testable import ControlPlane

/// What a ledger may be kept in; every test of the ledger runs on each.
enum TestDriver: CaseIterable, Sendable {
    case sqlite, postgres
}

/// A real database, there as long as this value.
enum TestDatabase: Sendable {
    case sqlite(TemporaryDirectory)
    case postgres(PostgresDatabase)

    init(_ driver: TestDriver) throws {
        switch driver {
        case .sqlite: self = .sqlite(try TemporaryDirectory())
        case .postgres: self = .postgres(try PostgresDatabase())
        }
    }

    /// - Parameter directory: where an SQLite file is put.
    init(_ driver: TestDriver, in directory: TemporaryDirectory) throws {
        self = driver == .sqlite ? .sqlite(directory) : try TestDatabase(driver)
    }

    /// As `lynxctl serve --database` takes it.
    var name: String {
        switch self {
        case .sqlite(let directory): directory.file("ledger.sqlite")
        case .postgres(let database): database.url
        }
    }
}

/// A ledger in a real database, on a clock that stands still.
struct TestLedger: Sendable {
    let database: TestDatabase
    let clock: ManualClock
    let policy: LedgerPolicy
    let ledger: Ledger

    init(_ driver: TestDriver = .sqlite, policy: LedgerPolicy = .init()) throws {
        try self.init(on: try TestDatabase(driver), policy: policy)
    }

    init(on database: TestDatabase, policy: LedgerPolicy = .init(), clock: ManualClock = ManualClock()) throws {
        self.database = database
        self.clock = clock
        self.policy = policy
        ledger = Ledger(driver: try LedgerDatabase.open(database.name), clock: clock, policy: policy)
    }

    /// Closes the database and opens it again, as a restarted control plane does.
    func reopened() throws -> TestLedger {
        try ledger.driver.close()
        return try TestLedger(on: database, policy: policy, clock: clock)
    }

    /// Another control plane on the same database; PostgreSQL only.
    func another() throws -> TestLedger { try TestLedger(on: database, policy: policy, clock: clock) }

    /// What a control plane finds that starts after another was killed: the files as they are on disk now, or what the
    /// server has.
    func killed() throws -> TestLedger {
        guard case .sqlite(let directory) = database else { return try another() }
        let copy = try TemporaryDirectory()
        for file in ["ledger.sqlite", "ledger.sqlite-wal"] {
            try FileManager.default.copyItem(atPath: directory.file(file), toPath: copy.file(file))
        }
        return try TestLedger(on: .sqlite(copy), policy: policy, clock: clock)
    }

    static func submission(
        name: String = "study", runs: Int = 3, type: String = "basilisk", simulation: String = "orbit", seed: UInt64? = 7,
        maxRetries: Int = 0, maxParallel: Int? = nil, durationMinutes: Double? = nil, container: ContainerSpec? = nil, gpu: Bool? = nil
    ) -> BatchSubmission {
        BatchSubmission(
            name: name,
            config: BatchConfig(
                simulation: SimulationSpec(name: simulation, type: type, durationMinutes: durationMinutes),
                monteCarlo: MonteCarloSpec(runs: runs, seed: seed),
                dispersions: ["mass": Dispersion(distribution: .uniform(min: 1, max: 2), units: "kg")],
                compute: ComputeSpec(
                    container: container, maxParallelJobs: maxParallel, jobTimeoutSeconds: 60, maxRetries: maxRetries, gpu: gpu)))
    }

    @discardableResult
    func submit(
        runs: Int = 3, type: String = "basilisk", maxRetries: Int = 0, maxParallel: Int? = nil
    ) async throws -> String {
        try await ledger.submit(Self.submission(runs: runs, type: type, maxRetries: maxRetries, maxParallel: maxParallel)).batchID
    }

    func register(_ runner: String = "r1", session: String = "s1", types: [String] = ["basilisk"], slots: Int = 4) async throws {
        try await ledger.register(Self.registration(runner, session: session, types: types, slots: slots))
    }

    static func registration(
        _ runner: String = "r1", session: String = "s1", types: [String] = ["basilisk"], slots: Int = 4
    ) -> RegisterRequest {
        RegisterRequest(
            runnerID: runner, sessionID: session, name: "bench \(runner)", version: "0.1",
            capabilities: RunnerCapabilities(
                maxConcurrentJobs: slots, cpuCores: 2, memoryGB: 4, gpuAvailable: false, supportedSimulationTypes: types),
            engines: [RunnerEngine(id: "basilisk", version: "2.5")])
    }

    func claim(_ runner: String = "r1", session: String = "s1", slots: Int = 1) async throws -> [JobAssignment] {
        try await ledger.claim(ClaimRequest(runnerID: runner, sessionID: session, slots: slots, waitSeconds: 0)).jobs
    }

    func start(_ job: JobAssignment, runner: String = "r1") async throws {
        try await ledger.started(
            jobID: job.jobID, StartedReport(runnerID: runner, attempt: job.attempt, startedAt: clock.now()))
    }

    func report(
        _ job: JobAssignment, _ outcome: AttemptOutcome, runner: String = "r1", retryable: Bool = true, message: String? = nil,
        telemetry: [String: TelemetrySeries] = [:], started: Bool = true, basis: String? = nil
    ) async throws {
        try await ledger.ended(
            jobID: job.jobID,
            Self.report(
                job, outcome, runner: runner, retryable: retryable, message: message, telemetry: telemetry, started: started, basis: basis))
    }

    static func report(
        _ job: JobAssignment, _ outcome: AttemptOutcome, runner: String = "r1", retryable: Bool = true, message: String? = nil,
        telemetry: [String: TelemetrySeries] = [:], started: Bool = true, basis: String? = nil
    ) -> AttemptReport {
        let metadata = ResultMetadata(
            runID: "\(job.jobID)/attempt-\(job.attempt)", runIndex: job.runConfig.runIndex, attempt: job.attempt,
            simulationName: "orbit", simulationVersion: "1.0", engine: "basilisk", engineVersion: "2.5", runnerID: runner,
            outcome: outcome, startedAt: started ? Date(timeIntervalSince1970: 1_800_000_000) : nil, basis: basis)
        let result = JobResult(
            jobID: job.jobID, success: outcome == .success, executionTimeSecs: 12.5, outputFiles: ["/out/summary.json"],
            telemetryData: telemetry, metadata: metadata, errorMessage: message)
        return AttemptReport(runnerID: runner, batchID: job.batchID, attempt: job.attempt, retryable: retryable, result: result)
    }

    func heartbeat(
        _ jobs: [JobAssignment], runner: String = "r1", session: String = "s1"
    ) async throws -> HeartbeatResponse {
        try await ledger.heartbeat(
            HeartbeatRequest(
                runnerID: runner, sessionID: session,
                attempts: jobs.map { AttemptKey(jobID: $0.jobID, attempt: $0.attempt) }))
    }

    func job(_ job: JobAssignment) async throws -> Job { try await ledger.job(job.jobID) }

    func batch(_ id: String) async throws -> Batch { try await ledger.overview(batchID: id).batch }

    /// All that the database holds, to show that a call changed nothing.
    func contents() async throws -> [String] {
        try await ledger.driver.read { connection in
            try ["batches", "jobs", "attempts", "results", "retractions", "batch_retractions"].flatMap { table in
                try connection.rows("SELECT * FROM \(table) ORDER BY 1, 2", []).map { "\(table) \($0.values)" }
            }
        }
    }

    /// Counts that don't agree with the rows, in words; empty when all is well.
    func disagreements() async throws -> [String] {
        try await ledger.driver.read { connection in
            var found: [String] = []
            for row in try connection.rows("SELECT * FROM batches", []) {
                let batch = try BatchRecord(row)
                var counted = JobCounts()
                for job in try connection.rows(
                    "SELECT status, COUNT(*) AS jobs FROM jobs WHERE batch_id = ? GROUP BY status", [.text(batch.batchID)])
                {
                    counted[try job.token("status", as: JobStatus.self)] = try job.int("jobs")
                }
                counted[batch.statusWithoutRow] += batch.total - JobStatus.allCases.reduce(0) { $0 + counted[$1] }
                let handedOut = try connection.rows(SQL.storedRuns, [.text(batch.batchID), .int(0), .int(batch.nextIndex)])
                if handedOut.count != batch.nextIndex { found.append("\(batch.batchID): runs below \(batch.nextIndex) without rows") }
                if counted != batch.counts { found.append("\(batch.batchID): rows \(counted), counts \(batch.counts)") }
                if batch.status != batch.statusByCounts { found.append("\(batch.batchID): \(batch.status), not \(batch.statusByCounts)") }
                if batch.status.isTerminal != (batch.completedAt != nil) { found.append("\(batch.batchID): end of \(batch.status)") }
            }
            let odd = try connection.rows(
                """
                SELECT batch_id, run_index FROM jobs
                WHERE (status IN ('Claimed', 'Running')) <> (lease_expires_at IS NOT NULL)
                   OR (status IN ('Completed', 'Failed', 'Timeout', 'Cancelled')) <> (completed_at IS NOT NULL)
                   OR (status IN ('Claimed', 'Running')) <> EXISTS (
                       SELECT 1 FROM attempts WHERE attempts.batch_id = jobs.batch_id AND attempts.run_index = jobs.run_index
                           AND attempts.attempt = jobs.attempt AND attempts.outcome IS NULL)
                   OR attempt <> (SELECT COUNT(*) FROM attempts
                       WHERE attempts.batch_id = jobs.batch_id AND attempts.run_index = jobs.run_index)
                   OR lost_attempts > (SELECT COUNT(*) FROM attempts
                       WHERE attempts.batch_id = jobs.batch_id AND attempts.run_index = jobs.run_index AND outcome IN ('lost', 'simulator_fault'))
                   OR (status = 'Completed') <> EXISTS (
                       SELECT 1 FROM attempts WHERE attempts.batch_id = jobs.batch_id AND attempts.run_index = jobs.run_index
                           AND outcome = 'success')
                """, [])
            return found + (try odd.map { "job \(try $0.text("batch_id"))-\(try $0.int("run_index")) contradicts itself" })
        }
    }
}
