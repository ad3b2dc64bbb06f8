import LynxModel

extension Ledger {
    /// What a runner is to do, without renewing anything: what it named when its call began may have ended since.
    func orders(for request: HeartbeatRequest) async throws -> HeartbeatResponse {
        try await driver.read { connection in
            guard let row = try connection.row(SQL.runner, [.text(request.runnerID)]), try row.text("session_id") == request.sessionID,
                try row.instant("left_at") == nil
            else {
                throw LedgerError.unknownSession(runnerID: request.runnerID)
            }
            return HeartbeatResponse(cancel: try connection.cancellations(of: request), drain: try RunnerRecord(row).takesNoJobs)
        }
    }
}

extension LedgerConnection {
    /// The attempts that this session is to kill, also those that it claimed since it sent its request.
    func cancellations(of request: HeartbeatRequest) throws -> [AttemptKey] {
        try rows(SQL.cancellationsOfRunner, [.text(request.runnerID), .text(request.sessionID)]).map { row in
            let key = JobKey(batchID: try row.text("batch_id"), runIndex: try row.int("run_index"))
            return AttemptKey(jobID: key.jobID, attempt: try row.int("attempt"))
        }
    }
}

/// What runners are told to do.
extension SQL {
    static let runnersOfBatch = """
        SELECT DISTINCT assigned_runner FROM jobs WHERE batch_id = ? AND lease_expires_at IS NOT NULL AND assigned_runner IS NOT NULL
        """

    /// Values: runner_id, session_id.
    static let cancellationsOfRunner = """
        SELECT batch_id, run_index, attempt FROM jobs
        WHERE assigned_runner = ? AND session_id = ? AND lease_expires_at IS NOT NULL AND cancel_requested = 1
        ORDER BY batch_id, run_index
        """
}
