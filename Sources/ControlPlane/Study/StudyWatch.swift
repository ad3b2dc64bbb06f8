import FoundationEssentials
import Logging
import LynxModel
import Sampling
import ServiceLifecycle

/// Follows batches as their runs end: ends those whose requirements are decided, and lets those grow whose method asks for
/// further runs.
struct StudyWatch: Service {
    let ledger: Ledger
    let logger: Logger

    /// Changes made by another control plane on the same ledger ring no bell here.
    private static let lookAgain = 2.0
    /// Between two looks at the least; and so many times as long as the look took, so that judging never takes the machine.
    private static let pace = 0.1
    private static let rest = 5.0

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if ledger.changes.isSilenced {
                    // The control plane ends; a service that ended before it is told to would be taken for a failure.
                    try? await Task.sleep(for: .seconds(1))
                    continue
                }
                let strokes = ledger.changes.strokes
                let begin = ContinuousClock.now
                do {
                    for batchID in try await ledger.batchesToJudge() { await alone(batchID, judge) }
                    for batchID in try await ledger.openBatches() { await alone(batchID, grow) }
                } catch is CancellationError {
                    return
                } catch {
                    logger.batchesNotJudged(error)
                }
                let took = (ContinuousClock.now - begin) / .seconds(1)
                try? await Task.sleep(for: .seconds(max(Self.pace, Self.rest * took)))
                await ledger.changes.wait(
                    after: strokes, until: ledger.clock.now().addingTimeInterval(Self.lookAgain), clock: ledger.clock)
            }
        }
    }

    /// One batch that cannot be followed keeps no other from it.
    private func alone(_ batchID: String, _ follow: (String) async throws -> Void) async {
        do { try await follow(batchID) } catch is CancellationError {} catch { logger.batchesNotJudged(error) }
    }

    /// Appends the runs that the method of the batch asks for next, or closes the batch when it asks for none.
    private func grow(_ batchID: String) async throws {
        guard let (study, batch) = try await ledger.rareEventStudy(batchID: batchID) else { return }
        if study.isBroken {
            return try await closed(batchID, "results that later runs were chosen by have changed; submit the batch again with the same seed")
        }
        let rows = study.nextRows
        if rows.isEmpty { return try await closed(batchID, nil) }
        let total = study.settled + rows.count
        guard total > batch.total else { return }
        if let most = batch.terms.mostRuns, total > most {
            return try await closed(batchID, "the next step would take \(total) runs, more than the \(most) that monte_carlo.runs allows")
        }
        _ = try await ledger.append(rows, to: batchID, at: study.settled)
    }

    private func closed(_ batchID: String, _ reason: String?) async throws {
        try await ledger.close(batchID: batchID, reason: reason)
        if let reason { logger.batchStopped(batchID, reason) }
    }

    private func judge(_ batchID: String) async throws {
        let judge = try await ledger.judge(of: batchID)
        guard let stop = judge.stop else { return }
        let table = try await ledger.study(batchID: batchID, outputs: judge.judgedOutputs)
        guard let runs = judge.decidedAfter(table) else { return }
        let verdicts = judge.verdicts(on: table, first: runs)
        let found = verdicts.map { "\($0.name) \($0.verdict.rawValue)" }.joined(separator: ", ")
        let reason = "decided after \(runs) of \(table.total) runs by \(verdicts[0].rule): \(found)"
        try await ledger.stop(batchID: batchID, after: runs, reason: reason, running: stop.running)
        logger.batchStopped(batchID, reason)
    }
}
