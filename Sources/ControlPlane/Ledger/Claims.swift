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

    init(batchID: String, pending: Int, active: Int, maxParallelJobs: Int? = nil, lastTurn: Int64 = 0) {
        self.batchID = batchID
        self.pending = pending
        self.active = active
        self.maxParallelJobs = maxParallelJobs
        self.lastTurn = lastTurn
    }

    private var canTakeMore: Bool { pending > 0 && maxParallelJobs.map { active < $0 } ?? true }

    /// Deals slots out one by one, each to the batch that has the fewest jobs running, and among equals to the
    /// one that has waited longest; no batch gets past its own limit.
    ///
    /// - Returns: how many each gets, in the order of their first slot.
    static func share(slots: Int, among claimants: [Claimant]) -> [(batchID: String, jobs: Int)] {
        var claimants = claimants
        var order: [String] = []
        var shares: [String: Int] = [:]
        for _ in 0..<slots {
            let open = claimants.indices.filter { claimants[$0].canTakeMore }
            guard
                let next = open.min(by: {
                    let (a, b) = (claimants[$0], claimants[$1])
                    return (a.active, a.lastTurn, a.batchID) < (b.active, b.lastTurn, b.batchID)
                })
            else { break }
            claimants[next].pending -= 1
            claimants[next].active += 1
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
        let onlyBatch = onlyBatch
        let slots = min(request.slots, Self.mostSlotsPerClaim)
        let (claimed, drained) = try await transaction { transaction -> ([JobRecord], Bool) in
            let runner = try transaction.runner(request.runnerID, session: request.sessionID)
            try transaction.connection.run(SQL.runnerAlive, [.instant(transaction.now), .text(request.runnerID)])
            if runner.drained { return ([], true) }

            var records: [JobRecord] = []
            for share in try transaction.claimants(
                types: runner.capabilities.supportedSimulationTypes, onlyBatch: onlyBatch, slots: slots)
            {
                let rows = try transaction.connection.rows(SQL.pendingJobs, [.text(share.batchID), .int(share.jobs)])
                for row in rows {
                    records.append(try transaction.claim(try JobRecord(row), for: request))
                }
            }
            return (records, false)
        }
        var assignments: [JobAssignment] = []
        for record in claimed {
            assignments.append(try await plan(batchID: record.key.batchID).assignment(record.key, attempt: record.attempt))
        }
        return ClaimResponse(jobs: assignments, drain: drained)
    }
}

extension LedgerTransaction {
    /// Decides which batches are served, and notes that they were.
    fileprivate func claimants(types: [String], onlyBatch: String?, slots: Int) throws -> [(batchID: String, jobs: Int)] {
        guard !types.isEmpty, slots > 0 else { return [] }
        let rows = try connection.rows(
            SQL.batchesWithWork(types: types.count, only: onlyBatch != nil),
            types.map { .text($0) } + (onlyBatch.map { [.text($0)] } ?? []) + [.int(slots)])
        let claimants = try rows.map { row in
            Claimant(
                batchID: try row.text("batch_id"), pending: try row.int("pending"), active: try row.int("active"),
                maxParallelJobs: try row.optionalInt("max_parallel_jobs"), lastTurn: try row.instant("last_turn") ?? 0)
        }
        let shares = Claimant.share(slots: slots, among: claimants)
        if shares.isEmpty { return [] }
        // The time would do, if no two claims fell into one millisecond.
        let turn = max(now, (try connection.row(SQL.latestTurn, [])?.instant("turn") ?? 0) + 1)
        for share in shares { try connection.run(SQL.takeTurn, [.integer(turn), .text(share.batchID)]) }
        return shares
    }

    fileprivate func claim(_ job: JobRecord, for request: ClaimRequest) throws -> JobRecord {
        var claimed = job
        claimed.claim(runnerID: request.runnerID, sessionID: request.sessionID, now: now, leaseEnd: leaseEnd)
        try connection.run(
            SQL.insertAttempt,
            job.key.values + [.int(claimed.attempt), .text(request.runnerID), .text(request.sessionID), .instant(now)])
        try save(claimed, was: job)
        return claimed
    }
}
