import FoundationEssentials
import LynxModel

/// A batch with jobs to hand out, and what it has of the pool already.
struct Claimant: Hashable, Sendable {
    var batchID: String
    var pending: Int
    var active: Int
    var maxParallelJobs: Int?
    /// When it was last served, as a number that only grows.
    var lastTurn: Int64
    /// The simulation type of its jobs: the text of their `JobRoute`.
    var type: String

    init(batchID: String, pending: Int, active: Int, maxParallelJobs: Int? = nil, lastTurn: Int64 = 0, type: String = "") {
        self.batchID = batchID
        self.type = type
        self.pending = pending
        self.active = active
        self.maxParallelJobs = maxParallelJobs
        self.lastTurn = lastTurn
    }

    private var canTakeMore: Bool { pending > 0 && maxParallelJobs.map { active < $0 } ?? true }

    /// Deals slots out one by one, each to the batch that has the fewest jobs running, and among equals to the
    /// one that has waited longest; no batch gets past its own limit, and no type past what `typeSlots` leaves it.
    ///
    /// - Returns: how many each gets, in the order of their first slot.
    static func share(
        slots: Int, typeSlots: [String: Int] = [:], among claimants: [Claimant]
    ) -> [(batchID: String, jobs: Int)] {
        var claimants = claimants
        var typeSlots = typeSlots
        var order: [String] = []
        var shares: [String: Int] = [:]
        for _ in 0..<slots {
            let open = claimants.indices.filter { claimants[$0].canTakeMore && (typeSlots[claimants[$0].type] ?? 1) > 0 }
            guard
                let next = open.min(by: {
                    let (a, b) = (claimants[$0], claimants[$1])
                    return (a.active, a.lastTurn, a.batchID) < (b.active, b.lastTurn, b.batchID)
                })
            else { break }
            claimants[next].pending -= 1
            claimants[next].active += 1
            typeSlots[claimants[next].type]? -= 1
            let batchID = claimants[next].batchID
            if shares[batchID] == nil { order.append(batchID) }
            shares[batchID, default: 0] += 1
        }
        return order.map { ($0, shares[$0]!) }
    }
}

extension Ledger {
    static let mostSlotsPerClaim = 256

    /// Hands out up to `slots` jobs, without waiting, each as a new attempt under a lease.
    func claim(_ request: ClaimRequest) async throws -> ClaimResponse {
        if let answer = try await answerWithoutWork(request) { return answer }
        var outcome = try await claim(request, waitingFor: [])
        // Others were changing all batches that have work. It is worth waiting for them: they are quick, and nobody
        // would ring when they are done.
        if outcome.jobs.isEmpty, !outcome.passedOver.isEmpty {
            outcome = try await claim(request, waitingFor: outcome.passedOver)
        }
        var assignments: [JobAssignment] = []
        for record in outcome.jobs {
            assignments.append(
                try await plan(batchID: record.key.batchID, runs: record.key.runIndex + 1).assignment(record.key, attempt: record.attempt))
        }
        return ClaimResponse(jobs: assignments, drain: outcome.drained)
    }

    /// What a claim is answered that finds nothing to do, and nothing that has to be written down; nil for any other. Whoever
    /// waits is woken by all work that appears, most of which others get: that is to cost no transaction.
    private func answerWithoutWork(_ request: ClaimRequest) async throws -> ClaimResponse? {
        try await read { [policy, onlyBatch] connection, now in
            guard let row = try connection.row(SQL.runner, [.text(request.runnerID)]), try row.text("session_id") == request.sessionID,
                try row.instant("left_at") == nil
            else { throw LedgerError.unknownSession(runnerID: request.runnerID) }
            let runner = try RunnerRecord(row)
            // That it is alive is written down by its heartbeats; a claim does so where they don't come.
            guard now - runner.lastHeartbeatAt < policy.leaseMilliseconds / 3, try connection.unheld(request).isEmpty else { return nil }
            if runner.takesNoJobs { return ClaimResponse(jobs: [], drain: true) }
            if let query = BatchesWithWork(for: runner, onlyBatch: onlyBatch, slots: 1, typeSlots: request.typeSlots ?? [:]),
                try connection.row(query.sql, query.values) != nil
            {
                return nil
            }
            return ClaimResponse(jobs: [])
        }
    }

    private func claim(_ request: ClaimRequest, waitingFor batches: Set<String>) async throws -> ClaimOutcome {
        let onlyBatch = onlyBatch
        let slots = min(request.slots, Self.mostSlotsPerClaim)
        return try await transaction(WriteScope(runner: request.runnerID, batches: batches)) { transaction in
            let runner = try transaction.runner(request.runnerID, session: request.sessionID)
            try transaction.connection.send(SQL.runnerAlive, [.instant(transaction.now), .text(request.runnerID)])
            try transaction.loseUnheld(request)
            var outcome = ClaimOutcome(drained: runner.takesNoJobs)
            if outcome.drained { return outcome }
            let (shares, passedOver) = try transaction.shares(
                for: runner, onlyBatch: onlyBatch, slots: slots, typeSlots: request.typeSlots ?? [:])
            outcome.passedOver = passedOver
            let held = shares.isEmpty ? [] : try transaction.held(by: request.runnerID)
            if held.contains(where: \.isSuspect) { return outcome }
            for share in shares {
                for job in try transaction.waiting(in: share) {
                    outcome.jobs.append(try transaction.claim(job, for: request))
                }
            }
            if outcome.jobs.isEmpty, held.isEmpty, let suspect = try transaction.suspect(in: shares) {
                outcome.jobs.append(try transaction.claim(suspect, for: request))
            }
            return outcome
        }
    }
}

private struct ClaimOutcome: Sendable {
    var jobs: [JobRecord] = []
    var drained: Bool
    /// Batches with work that somebody else had locked.
    var passedOver: Set<String> = []
}

/// The query for batches that have jobs for a runner.
private struct BatchesWithWork {
    let sql: String
    let values: [LedgerValue]

    /// - Returns: nil if the runner can take no job.
    init?(for runner: RunnerRecord, onlyBatch: String?, slots: Int, typeSlots: [String: Int]) {
        let capabilities = runner.capabilities
        let routes = runner.offer.routes(types: capabilities.supportedSimulationTypes).map(\.text)
        let types = routes.filter { (typeSlots[$0] ?? 1) > 0 }
        guard !types.isEmpty, slots > 0 else { return nil }
        sql = SQL.batchesWithWork(types: types.count, only: onlyBatch != nil)
        let has: [LedgerValue] = [.real(Double(capabilities.cpuCores)), .real(capabilities.memoryGB), .bool(capabilities.gpuAvailable)]
        values = [.text(runner.tenant)] + has + types.map { .text($0) } + (onlyBatch.map { [.text($0)] } ?? []) + [.int(slots)]
    }
}

extension LedgerConnection {
    /// The jobs that the runner was given in its session and has never heard of, if it says what it has.
    fileprivate func unheld(_ request: ClaimRequest) throws -> [JobRecord] {
        guard let held = request.held.map(Set.init) else { return [] }
        return try rows(SQL.jobsOfRunner, [.text(request.runnerID)]).map { try JobRecord($0) }.filter {
            $0.sessionID == request.sessionID && !held.contains(AttemptKey(jobID: $0.key.jobID, attempt: $0.attempt))
        }
    }
}

/// What one batch gets of a claim.
private struct ClaimShare {
    var batch: BatchRecord
    var jobs: Int
    var turn: Int64
}

extension LedgerTransaction {
    /// Gives up what the runner was given and has never heard of.
    fileprivate func loseUnheld(_ request: ClaimRequest) throws {
        for seen in try connection.unheld(request) {
            guard let job = try job(seen.key), job.isActive, job.attempt == seen.attempt else { continue }
            try endAttempt(of: job, .lost, message: "the answer that gave it to runner '\(request.runnerID)' was lost", isCounted: false)
        }
    }

    /// Decides which batches are served; names those that might have been, had nobody else been at them.
    fileprivate func shares(
        for runner: RunnerRecord, onlyBatch: String?, slots: Int, typeSlots: [String: Int]
    ) throws -> (shares: [ClaimShare], passedOver: Set<String>) {
        guard let query = BatchesWithWork(for: runner, onlyBatch: onlyBatch, slots: slots, typeSlots: typeSlots) else { return ([], []) }
        let rows = try connection.rowsOfUnlockedBatches(query.sql, query.values)
        var batches: [String: BatchRecord] = [:]
        let claimants = try rows.map { row in
            let batch = try BatchRecord(row)
            batches[batch.batchID] = batch
            return Claimant(
                batchID: batch.batchID, pending: batch.counts.pending, active: batch.counts.active,
                maxParallelJobs: batch.terms.maxParallelJobs, lastTurn: try row.instant("last_turn") ?? 0,
                type: batch.terms.requirement.type)
        }
        let shares = Claimant.share(slots: slots, typeSlots: typeSlots, among: claimants)
        if shares.isEmpty {
            let all = connection.isShared ? try connection.rows(query.sql, query.values) : []
            return ([], Set(try all.map { try $0.text("batch_id") }))
        }
        // The time would do, if no two claims fell into one millisecond.
        let turn = max(now, (try connection.row(SQL.latestTurn, [])?.instant("turn") ?? 0) + 1)
        let served = shares.map { ClaimShare(batch: batches[$0.batchID]!, jobs: $0.jobs, turn: turn) }
        return (served, [])
    }

    /// The jobs of a share: first those that were queued again, then those that had no row so far. Notes that the
    /// batch was served.
    fileprivate func waiting(in share: ClaimShare) throws -> [JobRecord] {
        let batch = share.batch
        var jobs = try connection.rows(SQL.pendingJobs, [.text(batch.batchID), .int(share.jobs)]).map { try JobRecord($0) }
        var nextIndex = batch.nextIndex
        if jobs.count < share.jobs {
            let fresh = try connection.runsWithoutRow(of: batch, from: nextIndex, limit: share.jobs - jobs.count)
            jobs += fresh.map { batch.jobWithoutRow($0) }
            nextIndex = fresh.last.map { $0 + 1 } ?? batch.total
        }
        try connection.send(SQL.takeTurn, [.integer(share.turn), .int(nextIndex), .text(batch.batchID)])
        return jobs
    }

    /// What the runner has now.
    fileprivate func held(by runnerID: String) throws -> [JobRecord] {
        try connection.rows(SQL.jobsOfRunner, [.text(runnerID)]).map { try JobRecord($0) }
    }

    /// A job that is only handed out to a runner that has nothing else: see `JobRecord.isSuspect`. Of those of all batches
    /// it is the one that was lost least often: the one that takes its runners down comes last, before it counts against a
    /// runner again that it has not let do anything else.
    fileprivate func suspect(in shares: [ClaimShare]) throws -> JobRecord? {
        let suspects = try shares.compactMap { try connection.row(SQL.pendingSuspect, [.text($0.batch.batchID)]).map(JobRecord.init) }
        return suspects.min { $0.lostAttempts < $1.lostAttempts }
    }

    fileprivate func claim(_ job: JobRecord, for request: ClaimRequest) throws -> JobRecord {
        var claimed = job
        try claimed.claim(runnerID: request.runnerID, sessionID: request.sessionID, now: now, leaseEnd: leaseEnd)
        try save(claimed, was: job)
        try connection.send(
            SQL.insertAttempt,
            job.key.values + [.int(claimed.attempt), .text(request.runnerID), .text(request.sessionID), .instant(now)])
        return claimed
    }
}
