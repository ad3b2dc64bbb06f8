import FoundationEssentials
import EventLoop
package import Logging
package import LynxModel
import Support

/// A runner's life: register, claim jobs up to the free slots, run them, deliver what they bring, leave.
///
/// Each loop has a file of its own; what they share is `RunnerState` behind a `Monitor`, on which they wait for work.
package final class RunnerService: Sendable {
    let identity: RunnerIdentity
    let capabilities: RunnerCapabilities
    let engines: EngineReports
    let client: ControlPlaneClient
    let spool: Spool
    let executor: any AttemptExecutor
    let options: RunnerOptions
    let log: RunnerLog
    let monitor: Monitor<RunnerState>
    let availability: Availability
    let resultCalls: ResultCalls
    let conditions: RunnerConditions
    /// What blocks on the spool's disk has threads of its own: an engine that hangs holds up no result.
    private let spoolThreads = CallThreads(name: "lynx-spool", most: 8)

    /// The client stays the caller's to shut down, after `run` returned.
    package init(
        identity: RunnerIdentity, capabilities: RunnerCapabilities, engines: EngineReports, client: ControlPlaneClient,
        spool: Spool, executor: any AttemptExecutor, logger: Logger, options: RunnerOptions = RunnerOptions(),
        engineLimits: [String: Int] = [:], conditions: RunnerConditions = RunnerConditions([:])
    ) {
        self.identity = identity
        self.capabilities = capabilities
        self.engines = engines
        self.client = client
        self.spool = spool
        self.executor = executor
        self.options = options
        log = RunnerLog(logger: logger)
        let limits = EngineLimits(engines: engines.ids, limits: engineLimits)
        monitor = Monitor(RunnerState(capacity: max(1, capabilities.maxConcurrentJobs), limits: limits))
        availability = Availability(log: log)
        resultCalls = ResultCalls(client: client, runnerID: identity.runnerID)
        self.conditions = conditions
        conditions.observe { [monitor, log, weak conditions] in
            guard let conditions else { return }
            let changes = monitor.with { $0.changed(troubles: conditions.troubles) }
            for (engine, trouble) in changes { log.troubleChanged(engine, trouble) }
        }
    }

    /// Runs until the runner has left, by `drain` or `stopNow`. Cancelling the task means `stopNow`. To be called once.
    /// - Throws: `FileError` when the spool can't be read; `ControlPlaneError` when the control plane will not have this runner.
    package func run() async throws {
        // Cancellation must not tear the calls that report what was stopped: it only begins the orderly end.
        let life = Task { try await live() }
        try await withTaskCancellationHandler {
            try await life.value
        } onCancel: {
            stopNow()
        }
    }

    /// Takes no new jobs; when those running have finished and their results are delivered, `run` returns.
    package func drain() { leave(in: .draining) }

    /// Stops the running attempts as lost; when they are reported, `run` returns.
    package func stopNow() {
        leave(in: .stopping)
        for key in monitor.with({ $0.runningAttempts }) { stop(key, as: .lost) }
    }

    /// `stopNow`, when the process that was this runner's control plane is gone: it does not come back, so nothing is
    /// waited for, and what is not delivered stays in the spool.
    package func orphaned() {
        monitor.with { $0.orphaned() }
        stopNow()
    }

    /// Ends everything at once; what is not delivered stays in the spool.
    func revoked(_ error: ControlPlaneError) {
        guard monitor.with({ $0.revoked(error) }) else { return }
        log.revoked(error)
        client.discardCredential()
        for key in monitor.with({ $0.runningAttempts }) { stop(key, as: .lost) }
    }

    private func leave(in phase: RunnerPhase) {
        let counts = monitor.with { state in
            state.advance(to: phase) ? (state.runningAttempts.count, state.undelivered.count) : nil
        }
        if let (running, undelivered) = counts { log.leaving(phase, running: running, undelivered: undelivered) }
    }

    /// Has a running attempt end; false when it does not run. Safe at any time of its life: see `runAttempt`.
    @discardableResult
    func stop(_ key: AttemptKey, as reason: StopReason) -> Bool {
        guard monitor.with({ $0.stopRequested(key, as: reason) }) else { return false }
        log.attempt(key).stopRequested(reason)
        executor.stop(key, as: reason)
        return true
    }

    private func live() async throws {
        try await adoptSpool()
        try await adoptRetractions()
        await withTaskGroup { loops in
            loops.addTask { await self.prepareSpares() }
            loops.addTask { await self.conditionLoop() }
            loops.addTask { await self.registrationLoop() }
            loops.addTask { await self.heartbeatLoop() }
            loops.addTask { await self.retractionLoop() }
            for _ in 0..<max(1, options.concurrentDeliveries) { loops.addTask { await self.deliveryLoop() } }
            for _ in 0..<2 { loops.addTask { await self.chunkLoop() } }
            await claimLoop()
            await awaitDeliveries()
            loops.cancelAll()
        }
        await signOff()
        if let failure = monitor.with({ $0.failure }) { throw failure }
    }

    /// Checks the conditions again for as long as one of them fails.
    private func conditionLoop() async {
        while (try? await monitor.wait { !$0.troubles.isEmpty }) != nil {
            await conditions.lookAgain()
            do { try await TaskTimers.shared.sleep(for: options.conditionInterval) } catch { return }
        }
    }

    /// Jobs that begin together fill their first chunks together, and what waits for a file waits in memory.
    private func prepareSpares() async {
        let files = min(4 * max(1, capabilities.maxConcurrentJobs), Self.mostSpares)
        try? await blocking { self.spool.spares.prepare(files) }
    }

    private static let mostSpares = 256

    private func adoptSpool() async throws {
        let scan = try await blocking { try self.spool.scan() }
        for file in scan.corrupt { log.setAside(corrupt: file) }
        try await blocking { try self.spool.removeOrphanedChunks(except: scan.reports) }
        for key in scan.reports { _ = adopt(try await blocking { try self.spool.chunks(of: key) }, of: key) }
        guard !scan.reports.isEmpty else { return }
        log.foundUndelivered(scan.reports.count)
        monitor.with { $0.adopt(scan.reports, bases: scan.bases) }
    }

    /// Waits until every result is acknowledged, or none has been, and no file has moved, for the time of grace.
    private func awaitDeliveries() async {
        while true {
            // A control plane that never took this runner in does not take its results either.
            let (left, chunks, moved, isHopeless) = monitor.with {
                (
                    $0.awaited, $0.chunks.count, $0.movedPieces,
                    $0.isCutOff || $0.failure != nil && $0.registrations == 0
                )
            }
            if left == 0 { return }
            if isHopeless { return log.leftInSpool(left) }
            let isMoving = await succeeds(within: options.drainGrace) { [monitor] in
                try await monitor.wait {
                    $0.awaited < left || $0.chunks.count < chunks || $0.movedPieces != moved || $0.isCutOff
                }
            }
            if !isMoving { return log.leftInSpool(left) }
        }
    }

    /// Tells the control plane that this runner's session is over. With results left in the spool it does not: the
    /// next start may deliver them while their leases last.
    private func signOff() async {
        guard monitor.with({ !$0.isCutOff && $0.registrations > 0 && $0.undelivered.isEmpty }) else { return }
        let request = LeaveRequest(runnerID: identity.runnerID, sessionID: identity.sessionID)
        let hasLeft = await succeeds(within: options.drainGrace) { [client, options] in
            var backoff = options.backoff
            while true {
                do {
                    return try await client.leave(request)
                } catch let error as ControlPlaneError {
                    guard case .retry(let notBefore) = error.advice else { throw error }
                    try await Task.sleep(for: max(backoff.next(), notBefore ?? .zero))
                }
            }
        }
        if hasLeft { log.left() } else { log.leaveFailed() }
    }

    /// Runs what blocks on the disk away from the threads that tasks share.
    func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await spoolThreads.run(body)
    }
}
