import EventLoop
import FoundationEssentials
import LynxModel
import Synchronization

/// One attempt at a job on this runner, from its admission until its report is in the spool.
///
/// `run` is its whole life. `stop` ends it early, from any thread and at any moment after `init`. `DeliveryLoop` delivers the
/// report afterwards.
final class Attempt: Sendable {
    let key: AttemptKey
    let assignment: JobAssignment
    let log: AttemptLog
    /// The progress and whether the attempt was stopped; see `Attempt+Stop`.
    let state = Mutex(State())
    private let draft: Mutex<ReportDraft>

    init(_ assignment: JobAssignment, _ log: AttemptLog) {
        key = assignment.key
        self.assignment = assignment
        self.log = log
        draft = Mutex(ReportDraft(assignment))
    }

    var simulationType: String { assignment.runConfig.simulation.type }

    /// Reads or changes the report under construction.
    @discardableResult
    func report<Value: Sendable>(_ body: (inout ReportDraft) -> Value) -> Value { draft.withLock { body(&$0) } }

    /// Waits for a slot, runs the simulation, and stores the report in the spool. Every failure becomes the report's outcome.
    func run(on runner: RunnerService) async {
        await waitForSlot(on: runner)
        if let cause {
            report { $0.neverStarted("stopped before it started", cause) }
        } else {
            await simulate(on: runner)
        }
        let report = completedReport(runner)
        log.ended(report)
        guard !isStale else { return await forget(on: runner) }
        await keep(report, on: runner)
    }

    /// Reports an attempt for which there was no slot as lost.
    func turnAway(on runner: RunnerService) async {
        report { $0.neverStarted("the runner had no room for the job any more", .lost) }
        await keep(completedReport(runner), on: runner)
    }

    /// Waits until the runner and the engine have a free slot, or until the attempt is stopped.
    private func waitForSlot(on runner: RunnerService) async {
        // A stop does not change the runner's state, so the waiters are made to check it again.
        whenStopped { [monitor = runner.monitor] in monitor.with { _ in } }
        _ = try? await runner.monitor.take { $0.running.assignSlot(to: self) }
        whenStopped(nil)
    }

    private func completedReport(_ runner: RunnerService) -> AttemptReport {
        var report = report { $0.build(runnerID: runner.identity.runnerID) }
        if report.outcome == .simulatorFault, !runner.monitor.with({ $0.knowsSimulatorFaults }) { report.result.metadata.outcome = .failure }
        if let provenance = report.result.metadata.provenance {
            report.records = runner.host.undeliveredRecords(of: provenance, batchID: assignment.batchID)
        }
        return report
    }

    /// Reports to the control plane that the simulation has started, unless it ends soon: then the result alone carries that
    /// time. Returns when its task is cancelled.
    ///
    /// - Parameter date: nil if it has not started.
    func tellStart(_ date: Date?, to runner: RunnerService) async {
        guard let date else { return }
        do { try await TaskTimers.shared.sleep(for: runner.options.startReportDelay) } catch { return }
        let report = StartedReport(runnerID: runner.identity.runnerID, attempt: key.attempt, startedAt: date)
        var backoff = runner.options.backoff
        while !Task.isCancelled {
            let turn = runner.monitor.with { $0.turn }
            do {
                try await runner.client.started(report, jobID: key.jobID)
                return runner.availability.answered()
            } catch let error as ControlPlaneError where error.advice == .stale {
                stop(.stale)
                return
            } catch let error as ControlPlaneError where error.advice == .refused {
                return log.startNotReported(error)
            } catch {
                await runner.recover(from: error, turn, &backoff)
            }
        }
    }

    /// Drops the report, as the job belongs to another attempt.
    private func forget(on runner: RunnerService) async {
        log.forgotten()
        runner.monitor.with { $0.release(key) }
        try? await runner.blocking { [spool = runner.spool, key] in spool.removeChunks(of: key) }
    }

    /// Stores the report in the spool for delivery. Without room on the disk it is kept in memory, and delivered from there if
    /// the control plane responds before the disk has room; this returns when either has happened.
    private func keep(_ report: AttemptReport, on runner: RunnerService) async {
        let monitor = runner.monitor
        let spooled = SpooledReport(report)
        let basis = report.result.metadata.basis
        var backoff = runner.options.backoff
        var isFirst = true
        var end: ContinuousClock.Instant?
        while true {
            do {
                try await runner.blocking { [spool = runner.spool, key] in
                    try spool.store(spooled.json, for: key, after: report.telemetryChunks ?? 0)
                }
                if isFirst { return monitor.with { $0.ended(key, restsOn: basis, copy: spooled) } }
                log.spooledLate()
                // The report was delivered in the meantime, so the next start must not deliver it again.
                if !monitor.with({ $0.spooled(key) }) { await runner.forget(key) }
                return
            } catch {
                if isFirst {
                    log.notSpooled(error)
                    monitor.with { $0.ended(key, restsOn: basis, memory: spooled) }
                }
                isFirst = false
            }
            let turn = monitor.with { $0.turn }
            if turn.phase == .stopping { end = end ?? .now + (monitor.with { $0.isOrphaned } ? .zero : runner.options.drainGrace) }
            let wait = backoff.next()
            _ = await succeeds(within: wait) { [key] in
                try await monitor.wait { $0.phase != turn.phase || !$0.outbox.holds(key) }
            }
            let isDelivered = monitor.with { !$0.outbox.holds(key) }
            if isDelivered || end.map({ $0 < .now }) == true {
                if !isDelivered { log.lost() }
                return monitor.with { $0.release(key) }
            }
        }
    }
}

extension JobAssignment {
    /// The attempt's identity in every report.
    var key: AttemptKey { AttemptKey(jobID: jobID, attempt: attempt) }
}
