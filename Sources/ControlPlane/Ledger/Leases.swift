import LynxModel

extension Ledger {
    /// Renews the leases of what a runner still has, and tells it what to kill.
    func heartbeat(_ request: HeartbeatRequest) async throws -> HeartbeatResponse {
        let batches = request.attempts.compactMap { JobKey(jobID: $0.jobID)?.batchID }
        let engines = try request.engines.map { LedgerValue.text(String(decoding: try WireJSON.encode($0), as: UTF8.self)) }
        return try await transaction(WriteScope(runner: request.runnerID, batches: batches)) { transaction in
            let runner = try transaction.runner(request.runnerID, session: request.sessionID)
            if let engines {
                try transaction.connection.send(SQL.runnerTold, [.instant(transaction.now), engines, .text(request.runnerID)])
            } else {
                try transaction.connection.send(SQL.runnerAlive, [.instant(transaction.now), .text(request.runnerID)])
            }
            if let offer = request.offer, offer != runner.offer {
                try transaction.connection.send(SQL.runnerOffers, [try offer.stored, .text(request.runnerID)])
                // Its claim may be waiting for jobs that it can take only now.
                transaction.announceWork()
            }
            var response = HeartbeatResponse(drain: runner.takesNoJobs)
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
    /// - Parameter onLost: told of those lost, once they are.
    /// - Returns: the time, and when to look again: when the next lease ends, or may end that another control plane has
    ///   given; nil while there is none.
    func expireLeases(onLost: @Sendable ([JobRecord]) -> Void = { _ in }) async throws -> (now: Instant, next: Instant?) {
        let atOnce = 500
        try await payLeases()
        while true {
            let due = try await read { connection, now in
                try connection.rows(SQL.jobsPastLease, [.instant(now), .int(atOnce)]).map { try JobRecord($0) }
            }
            if due.isEmpty { break }
            var scope = WriteScope(batches: due.map(\.key.batchID))
            scope.runners = Set(due.compactMap(\.assignedRunner))
            let lost = try await transaction(scope) { transaction in try transaction.loseExpired(due) }
            if !lost.isEmpty {
                metrics.add(lost.count, to: .expiredLeases)
                onLost(lost)
            }
        }
        let (now, next) = try await read { ($1, try $0.row(SQL.nextLeaseEnd, [])?.instant("lease_end")) }
        return (now, driver.isShared ? min(next ?? .max, now + policy.leaseMilliseconds) : next)
    }

    /// Gives every attempt that is out a whole lease from now on. For the start of the control plane: while it
    /// was away, no runner could renew its leases. Not where another was at work meanwhile.
    func extendLeases() async throws {
        guard driver.foundAlone else { return }
        try await giveWholeLeases()
    }

    /// The same where the ledger had no room for what runners said.
    private func payLeases() async throws {
        guard room.takeLeaseDebt() else { return }
        do {
            try await giveWholeLeases()
        } catch {
            room.oweLeases()
            throw error
        }
    }

    private func giveWholeLeases() async throws {
        try await transaction { transaction in
            _ = try transaction.connection.run(SQL.extendLeases, [.instant(transaction.leaseEnd), .instant(transaction.leaseEnd)])
        }
    }
}

extension LedgerTransaction {
    /// Those of the jobs whose leases have ended still: another control plane may have seen to them.
    fileprivate func loseExpired(_ due: [JobRecord]) throws -> [JobRecord] {
        let lost = try due.compactMap { seen -> JobRecord? in
            guard let job = try job(seen.key), let end = job.leaseExpiresAt, end <= now else { return nil }
            return job
        }
        for (runner, jobs) in Dictionary(grouping: lost, by: { $0.assignedRunner ?? "?" }).sorted(by: { $0.key < $1.key }) {
            try note(.silence(attempts: jobs.count), of: runner)
            // Leases that end later are lost to the same silence.
            let held = try connection.rows(SQL.jobsOfRunner, [.text(runner)]).count
            for job in jobs {
                try endAttempt(
                    of: job, .lost, message: "runner '\(runner)' has sent no heartbeat within its lease", company: max(held, jobs.count) - 1)
            }
        }
        return lost
    }

    fileprivate func renew(_ attempt: AttemptKey, runnerID: String, session: String) throws -> JobRecord {
        guard let key = JobKey(jobID: attempt.jobID) else {
            throw LedgerError.staleAttempt(jobID: attempt.jobID, attempt: attempt.attempt, reason: "this runner was not given it")
        }
        let job = try hold(try reported(key, attempt: attempt.attempt, runnerID: runnerID), session: session)
        try connection.send(SQL.renewLease, [.instant(leaseEnd)] + key.values)
        return job
    }
}
