import LynxModel

extension Ledger {
    /// A runner takes back what rests on a basis: in one transaction the results that are here, of batches that have ended
    /// too, and from then on those that arrive. Their jobs run again, with all that they had left; those of cancelled
    /// batches do not. The same again changes nothing.
    ///
    /// - Returns: how many jobs have lost their results.
    /// - Throws: `LedgerError.noSuchRunner`.
    @discardableResult
    func retract(_ retraction: Retraction) async throws -> Int {
        let basis: [LedgerValue] = [.text(retraction.runnerID), .text(retraction.basis)]
        let expected = try await driver.read { try $0.batches(on: basis) }
        return try await transaction(WriteScope(runner: retraction.runnerID, batches: expected)) { transaction in
            _ = try transaction.runner(retraction.runnerID)
            let connection = transaction.connection
            try connection.send(SQL.saveRetraction, basis + [.text(retraction.reason), .instant(transaction.now)])
            let reason = try connection.row(SQL.retraction, basis)?.text("reason") ?? retraction.reason
            let batches = try connection.batches(on: basis)
            // All at once: each is locked before those whose ids come later.
            try connection.lock(WriteScope(batches: batches))
            return try batches.reduce(0) { try $0 + transaction.takeBack(of: $1, on: basis, reason: reason) }
        }
    }
}

extension LedgerTransaction {
    /// - Returns: how many jobs of the batch have lost their results.
    fileprivate func takeBack(of batchID: String, on basis: [LedgerValue], reason: String) throws -> Int {
        let isWanted = try batch(batchID).cancelledAt == nil
        let message = LedgerValue.text(Self.message(reason))
        let here = basis + [.text(batchID)]
        var (runAgain, dropped, completed) = (0, 0, 0)
        for row in try connection.rows(SQL.endedOnBasis, here) {
            let status: JobStatus = try row.token("status")
            let jobs = try row.int("jobs")
            if status == .completed { completed += jobs }
            let isRunAgain = try isWanted && status != .cancelled && !row.bool("cancel_requested")
            if isRunAgain { runAgain += jobs } else { dropped += jobs }
            countMove(batchID: batchID, from: status, to: isRunAgain ? .pending : .cancelled, jobs: jobs)
        }
        try connection.send(SQL.refundOnBasis, here + [.text(batchID)])
        if isWanted { try connection.send(SQL.requeueOnBasis, [message] + here) }
        try connection.send(SQL.cancelOnBasis, [message] + here)
        try connection.send(SQL.retractAttempts, [message] + here)
        if completed > 0 { try connection.send(SQL.forgetSeconds, [.int(completed), .text(batchID)]) }
        try countRetracted(batchID, basis, runAgain: runAgain, dropped: dropped)
        return runAgain + dropped
    }

    /// How an attempt counts in the ledger whose report has come: other than reported if what it rests on was taken back.
    /// That is none of the job's doing, unless the basis was taken back before the attempt was handed out: one that is named
    /// all the same has its jobs run again only as often as they may be lost.
    func judgedByBasis(_ report: AttemptReport, of reported: ReportedAttempt) throws -> (outcome: AttemptOutcome, message: String?) {
        let asReported = (report.outcome, report.result.errorMessage)
        guard let basis = report.result.metadata.basis else { return asReported }
        switch report.outcome {
        case .success, .failure, .breach, .timeout, .simulatorFault: break
        case .cancelled where reported.job.cancelRequested: break
        // There is nothing to take back, or nobody who could run it again.
        case .cancelled, .lost, .retracted: return asReported
        }
        guard let row = try connection.row(SQL.retraction, [.text(report.runnerID), .text(basis)]) else { return asReported }
        let reason = try row.text("reason")
        guard reported.claimedAt <= (try row.instant("retracted_at") ?? 0) else {
            return (.lost, "the runner's engine let it rest on what had been taken back already: \(reason)")
        }
        return (.retracted, Self.message(reason))
    }

    /// Notes what a report that was taken rests on, and how its attempt ended by that.
    func keepBasis(_ report: AttemptReport, of job: JobRecord, as outcome: AttemptOutcome) throws {
        guard let basis = report.result.metadata.basis else { return }
        try connection.send(SQL.noteBasis, [.text(basis)] + job.key.values + [.int(report.attempt)])
        guard outcome == .retracted else { return }
        let isRunAgain = job.status == .pending
        try countRetracted(
            job.key.batchID, [.text(report.runnerID), .text(basis)], runAgain: isRunAgain ? 1 : 0, dropped: isRunAgain ? 0 : 1)
    }

    private func countRetracted(_ batchID: String, _ basis: [LedgerValue], runAgain: Int, dropped: Int) throws {
        guard runAgain + dropped > 0 else { return }
        try connection.send(SQL.countRetracted, [.text(batchID)] + basis + [.int(runAgain), .int(dropped)])
        // Also where no job has moved.
        batchTold()
    }

    private static func message(_ reason: String) -> String { "its result was taken back: \(reason)" }
}

extension LedgerConnection {
    fileprivate func batches(on basis: [LedgerValue]) throws -> [String] {
        try rows(SQL.batchesOnBasis, basis).map { try $0.text("batch_id") }
    }

    /// What a person should know of each batch.
    func warnings(of batches: [BatchRecord]) throws -> [String: [String]] {
        let ids = Set(batches.map(\.batchID))
        guard let first = ids.min(), let last = ids.max() else { return [:] }
        var warnings: [String: [String]] = [:]
        for row in try rows(SQL.batchRetractions, [.text(first), .text(last)]) {
            let batchID = try row.text("batch_id")
            guard ids.contains(batchID) else { continue }
            let reason = try row.text("reason")
            for (count, what) in [(try row.int("run_again"), "taken back and run again"), (try row.int("dropped"), "taken back")] where count > 0 {
                warnings[batchID, default: []].append("\(count == 1 ? "1 result was" : "\(count) results were") \(what): \(reason)")
            }
        }
        return warnings
    }

    /// The batch with what there is to know of it.
    func model(of batch: BatchRecord) throws -> Batch { batch.model(warnings: try warnings(of: [batch])[batch.batchID]) }
}
