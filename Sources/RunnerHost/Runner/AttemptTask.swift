import EventLoop
import FoundationEssentials
import LynxModel

extension RunnerService {
    /// One attempt from its claim until its report is on disk.
    ///
    /// A stop may come before the executor knows the attempt: it is on record, and read again just before the run and
    /// once more when the process has started.
    func runAttempt(_ job: JobAssignment, _ log: AttemptLog) async {
        let key = job.key
        _ = try? await monitor.take { $0.letIn(key, type: job.runConfig.simulation.type) }
        var report: AttemptReport
        if let reason = monitor.with({ $0.stopReason(key) }) {
            report = .neverRan(
                job, runnerID: identity.runnerID, outcome: reason == .cancelled ? .cancelled : .lost,
                message: "stopped before it started")
        } else {
            let began = ContinuousClock.now
            let (starts, started) = AsyncStream.makeStream(of: Date.self)
            report = await withTaskGroup { group in
                group.addTask {
                    for await date in starts { await self.reportStart(of: job, at: date, log) }
                }
                let outlet = AttemptOutlet(key, self, log)
                let report = await executor.run(job, telemetry: outlet) { [monitor, executor] date in
                    started.yield(date)
                    if let reason = monitor.with({ $0.stopReason(key) }) { executor.stop(key, as: reason) }
                } onGone: { [monitor] in
                    monitor.with { $0.over(key, after: .now - began) }
                }
                // From here on the result says when it started.
                group.cancelAll()
                return report
            }
        }
        // Who ran it is not the executor's to know.
        report.runnerID = identity.runnerID
        report.result.metadata.runnerID = identity.runnerID
        if report.outcome == .simulatorFault, !monitor.with({ $0.knowsSimulatorFaults }) { report.result.metadata.outcome = .failure }
        log.ended(report)
        if monitor.with({ $0.stopReason(key) == .stale }) {
            log.forgotten()
            monitor.with { $0.release(key) }
            try? await blocking { [spool] in spool.removeChunks(of: key) }
        } else {
            await keep(report, log)
        }
    }

    private func reportStart(of job: JobAssignment, at date: Date, _ log: AttemptLog) async {
        log.started()
        // Of a short job the result alone tells, also when it started.
        try? await TaskTimers.shared.sleep(for: options.startReportDelay)
        let report = StartedReport(runnerID: identity.runnerID, attempt: job.attempt, startedAt: date)
        var backoff = options.backoff
        while !Task.isCancelled {
            let turn = monitor.with { $0.turn }
            do {
                try await client.started(report, jobID: job.jobID)
                return availability.answered()
            } catch let error as ControlPlaneError where error.advice == .stale {
                stop(job.key, as: .stale)
                return
            } catch let error as ControlPlaneError where error.advice == .refused {
                return log.startNotReported(error)
            } catch {
                await recover(from: error, turn, &backoff)
            }
        }
    }

    /// Writes a report down for delivery. Without room on the disk it is kept in memory, and delivered from there if
    /// the control plane is faster than the disk; this returns when either has happened.
    func keep(_ report: AttemptReport, _ log: AttemptLog) async {
        let key = AttemptKey(jobID: report.jobID, attempt: report.attempt)
        let spooled = SpooledReport(report)
        let basis = report.result.metadata.basis
        var backoff = options.backoff
        var isFirst = true
        var end: ContinuousClock.Instant?
        while true {
            do {
                try await blocking { [spool] in try spool.store(spooled.json, for: key, after: report.telemetryChunks ?? 0) }
                if isFirst { return monitor.with { $0.ended(key, restsOn: basis, copy: spooled) } }
                log.spooledLate()
                // Delivered in the meantime: nothing is to be delivered at the next start.
                if !monitor.with({ $0.spooled(key) }) { await forget(key) }
                return
            } catch {
                if isFirst {
                    log.notSpooled(error)
                    monitor.with { $0.ended(key, restsOn: basis, memory: spooled) }
                }
                isFirst = false
            }
            let turn = monitor.with { $0.turn }
            if turn.phase == .stopping { end = end ?? .now + (monitor.with { $0.isOrphaned } ? .zero : options.drainGrace) }
            let wait = backoff.next()
            _ = await succeeds(within: wait) { [monitor] in
                try await monitor.wait { $0.phase != turn.phase || !$0.undelivered.contains(key) }
            }
            let isDelivered = monitor.with { !$0.undelivered.contains(key) }
            if isDelivered || end.map({ $0 < .now }) == true {
                if !isDelivered { log.lost() }
                return monitor.with { $0.release(key) }
            }
        }
    }
}
