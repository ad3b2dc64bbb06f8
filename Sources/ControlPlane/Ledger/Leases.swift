import LynxModel

extension Ledger {
    /// Renews the leases of what a runner still has, and tells it what to kill.
    func heartbeat(_ request: HeartbeatRequest) async throws -> HeartbeatResponse {
        try await transaction { transaction in
            let runner = try transaction.runner(request.runnerID, session: request.sessionID)
            try transaction.connection.run(SQL.runnerAlive, [.instant(transaction.now), .text(request.runnerID)])
            var response = HeartbeatResponse(drain: runner.drained)
            for attempt in request.attempts {
                do {
                    let job = try transaction.renew(attempt, runnerID: request.runnerID, session: request.sessionID)
                    if job.cancelRequested { response.cancel.append(attempt) }
                } catch is LedgerError {
                    response.stale.append(attempt)
                }
            }
            if request.waitSeconds != nil {
                let named = Set(response.cancel)
                response.cancel += try transaction.connection.cancellations(of: request).filter { !named.contains($0) }
            }
            return response
        }
    }

    /// Counts attempts whose leases have ended as lost, and puts their jobs back into the queue.
    ///
    /// - Returns: when the next lease ends; nil while there is none.
    func expireLeases() async throws -> Instant? {
        let atOnce = 500
        while true {
            let expired = try await transaction { transaction in
                let rows = try transaction.connection.rows(SQL.jobsPastLease, [.instant(transaction.now), .int(atOnce)])
                for row in rows {
                    let job = try JobRecord(row)
                    let runner = job.assignedRunner ?? "?"
                    try transaction.endAttempt(of: job, .lost, message: "runner '\(runner)' has sent no heartbeat within its lease")
                }
                return rows.count
            }
            if expired < atOnce { break }
        }
        return try await driver.read { try $0.row(SQL.nextLeaseEnd, [])?.instant("lease_end") }
    }

    /// Gives every attempt that is out a whole lease from now on. For the start of the control plane: while it
    /// was away, no runner could renew its leases.
    func extendLeases() async throws {
        try await transaction { transaction in
            _ = try transaction.connection.run(SQL.extendLeases, [.instant(transaction.leaseEnd), .instant(transaction.leaseEnd)])
        }
    }
}

extension LedgerTransaction {
    fileprivate func renew(_ attempt: AttemptKey, runnerID: String, session: String) throws -> JobRecord {
        guard let key = JobKey(jobID: attempt.jobID) else {
            throw LedgerError.staleAttempt(jobID: attempt.jobID, attempt: attempt.attempt, reason: "this runner was not given it")
        }
        let job = try hold(try reported(key, attempt: attempt.attempt, runnerID: runnerID), session: session)
        try connection.run(SQL.renewLease, [.instant(leaseEnd)] + key.values)
        return job
    }
}
