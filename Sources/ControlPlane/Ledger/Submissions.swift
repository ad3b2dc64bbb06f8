import FoundationEssentials
import LynxModel

extension Ledger {
    /// Queues all runs of a study; chooses the seed if it has none.
    ///
    /// - Parameters:
    ///   - submitter: whose call it is, for people.
    ///   - once: if this came before, nothing is queued, and the answer is the same.
    func submit(
        _ submission: BatchSubmission, tenant: String = Tenant.standard, by submitter: String? = nil, once: SubmissionKey? = nil
    ) async throws -> BatchReceipt {
        let runs = submission.firstJobs
        guard submission.runs <= policy.maxRunsPerBatch else { throw LedgerError.tooManyRuns(submission.runs, limit: policy.maxRunsPerBatch) }

        // Below 2⁵³, so that the seed survives readers whose numbers are doubles.
        let seed = submission.config.monteCarlo.seed ?? UInt64.random(in: 0..<(1 << 53))
        var submission = submission
        submission.config.monteCarlo.seed = seed
        let text = String(decoding: try WireJSON.encode(submission), as: UTF8.self)

        let (minutes, now) = try await estimatedMinutes(for: submission, tenant: tenant)
        let batchID = Self.newBatchID(at: Date(instant: now))
        let receipt = BatchReceipt(batchID: batchID, totalJobs: runs, estimatedCompletionTimeMins: minutes)

        let stored = submission
        let first = try RareEventStudy.firstRows(of: submission, seed: seed)
        let earlier = try await transaction { transaction -> BatchReceipt? in
            if let once, let earlier = try transaction.enter(once, tenant: tenant, receipt: receipt) { return earlier }
            let config = stored.config
            if let bundle = config.simulation.bundle?.sha256 { try transaction.use(bundle: bundle, tenant: tenant) }
            try transaction.connection.send(
                SQL.insertBatch,
                [
                    .text(batchID), .text(stored.name), .text(config.simulation.name), .text(text), .text(String(seed)),
                    .instant(transaction.now), .text(BatchStatus.pending.rawValue), .int(runs), .int(runs), .text(tenant), .text(submitter),
                ] + BatchTerms(stored).values)
            if let first { try transaction.append(first, to: batchID, at: 0) }
            try transaction.keepRetention(batchID, stored)
            // Its jobs get rows when they are claimed.
            transaction.announceWork()
            return nil
        }
        if let earlier { return earlier }
        plans.keep(RunPlan(batchID: batchID, tenant: tenant, submission: submission, runs: runs, seed: seed, appended: first ?? []))
        return receipt
    }

    /// `20260131T120000-0f3a9c51`: sorts by time, and two control planes never make the same.
    static func newBatchID(at date: Date) -> String {
        let format = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
        let time = format.format(date).prefix { $0 != "Z" }
        let random = String(UInt32.random(in: 0...UInt32.max), radix: 16)
        return "\(time)-\(String(repeating: "0", count: 8 - random.count))\(random)"
    }

    /// A guess: what such a run took before, or else how long it says it simulates, in waves over the pool's slots; and the
    /// time of the ledger.
    private func estimatedMinutes(for submission: BatchSubmission, tenant: String) async throws -> (minutes: Double, now: Instant) {
        let simulation = submission.config.simulation
        let route = submission.config.route.text
        let (pastMinutes, now) = try await read { connection, now -> (Double?, Instant) in
            let row = try connection.row(SQL.pastRuns, [.text(tenant), .text(simulation.name), .text(route)])
            guard let row, let runs = try row.optionalInt("runs"), runs > 0 else { return (nil, now) }
            return (try row.double("seconds") / 60 / Double(runs), now)
        }
        let slots = try await runners(tenant: tenant)
            .filter { $0.status != .offline && RunnerAbilities($0).runs(route) }
            .reduce(0) { $0 + $1.capabilities.maxConcurrentJobs }
        let parallel = max(1, min(slots, submission.config.compute.maxParallelJobs ?? slots))
        let waves = (submission.runs + parallel - 1) / parallel
        return (Double(waves) * (pastMinutes ?? simulation.durationMinutes ?? 1), now)
    }
}
